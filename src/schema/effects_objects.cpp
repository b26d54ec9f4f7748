// What concerns a table as a whole, and what other objects do to tables: options, partitions,
// drops, views, triggers, sequences, rows.
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <array>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;
constexpr LockMode weak = LockMode::share_update_exclusive;
constexpr LockMode trigger_mode = LockMode::share_row_exclusive;

// Options that do not take SHARE UPDATE EXCLUSIVE (src/backend/access/common/reloptions.c).
bool takes_full_lock(std::string_view option) {
  constexpr std::array<std::string_view, 8> options{
      "user_catalog_table", "fastupdate",       "gin_pending_list_limit", "buffering",
      "security_barrier",   "security_invoker", "check_option",           "pages_per_range"};
  return std::find(options.begin(), options.end(), option) != options.end();
}

void attach(Evaluation& at, const AttachPartition& op) {
  const Record* parent = at.lock_named(op.table, weak);
  const Record* child = at.lock_named(op.partition, full, "the table that is attached");
  if (!parent) return;
  if (child)
    for (const Record* each : at.tree(*child)) {
      at.lock(*each, full, "the table that is attached");
      at.scan(*each, "to check that every row belongs into the partition");
    }
  if (const Record* rest = default_partition(at, *parent)) {
    at.lock(*rest, full, "the default partition");
    at.scan(*rest, "to check that no row belongs into the new partition");
  }
  for (const Constraint& each : parent->facts.constraints)
    if (each.kind == ConstraintKind::foreign_key)
      if (const Record* target = at.find(each.references()))
        at.lock(*target, trigger_mode, "the foreign key references it");
}

void detach(Evaluation& at, const DetachPartition& op) {
  at.now->fails_in_transaction = op.concurrently;
  const bool lightly = op.concurrently || op.finalize;
  const Record* parent = at.lock_named(op.table, lightly ? weak : full);
  at.lock_named(op.partition, full, "the partition that is detached");
  if (op.concurrently) at.waits(Effects::WaitsFor::table_users);
  if (!parent) return;
  if (const Record* rest = default_partition(at, *parent)) {
    if (op.concurrently) at.fails("it has a default partition");
    if (!lightly) at.lock(*rest, full, "the default partition");
  }
  for (const Key& key : at.facts().referencing(parent->key()))
    if (const Record* child = at.find(key)) at.lock(*child, full, "its foreign key references it");
}

void create_table(Evaluation& at, const CreateTable& op) {
  if (at.find(op.table)) {
    if (!op.if_not_exists && op.within == Within::statement)
      at.fails(cat("there is a relation ", op.table.name, " already"));
    return;
  }
  const auto references = [&](const ConstraintDefinition& each) {
    if (each.kind != ConstraintKind::foreign_key) return;
    if (each.references.name == op.table.name) return;
    const Record* parent =
        at.lock_named(each.references, trigger_mode, "the foreign key references it");
    if (parent) at.lock_below(*parent, trigger_mode, "the foreign key references it");
  };
  for (const ColumnDefinition& column : op.columns)
    for (const ConstraintDefinition& each : column.constraints) references(each);
  for (const ConstraintDefinition& each : op.constraints) references(each);
  for (const LikeClause& like : op.likes) at.lock_named(like.table, LockMode::access_share);
  for (const Name& parent : op.inherits) at.lock_named(parent, weak, "inherited from");
  if (op.partition_of.name.empty()) return;
  const Record* parent = at.lock_named(op.partition_of, full, "gets a new partition");
  if (!parent) return;
  if (const Record* rest = default_partition(at, *parent)) {
    at.lock(*rest, full, "the default partition");
    at.scan(*rest, "to check that no row belongs into the new partition");
  }
}

void drop_table(Evaluation& at, const Record& table, bool cascade) {
  for (const Record* each : at.tree(table, !table.partitioned() && !cascade)) {
    at.lock(*each, full, each == &table ? "" : "dropped with its parent");
    at.lock_indexes(*each, full, "dropped with the table");
    for (const Key& key : each->owned)
      if (const Record* sequence = at.find(key)) at.lock(*sequence, full, "dropped with the table");
    for (const Constraint& constraint : each->facts.constraints)
      if (constraint.kind == ConstraintKind::foreign_key)
        if (const Record* parent = at.find(constraint.references()))
          at.lock(*parent, full, "its foreign key triggers are dropped");
    for (const Key& key : at.facts().referencing(each->key())) {
      const Record* child = at.find(key);
      if (!child || child == each || at.together.dropped_relations.contains(key)) continue;
      if (cascade)
        at.lock(*child, full, "loses its foreign key");
      else if (each == &table)
        at.fails(cat("the foreign key of ", printed(*child), " depends on it"));
    }
    for (const Key& key : at.facts().reading(each->key())) {
      const Record* view = at.find(key);
      if (!view || at.together.dropped_relations.contains(key)) continue;
      if (!cascade) {
        at.fails(cat("the view ", printed(*view), " depends on it"));
        continue;
      }
      drop_table(at, *view, true);
    }
  }
  if (table.facts.partition_of.empty() || table.parents.empty()) return;
  const Record* parent = at.find(table.parents.front());
  if (!parent) return;
  at.lock(*parent, full, "loses a partition");
  if (const Record* rest = default_partition(at, *parent))
    at.lock(*rest, full, "the default partition");
}

void drop_named(Evaluation& at, const Name& name, bool cascade) {
  if (const Record* record = at.lock_named(name, full)) drop_table(at, *record, cascade);
}

// Writes rows: the table and, of a parent, what lies below it.
void write_rows(Evaluation& at, const Name& name, bool below) {
  const Record* table = at.lock_named(name, LockMode::row_exclusive);
  if (!table) return;
  if (below) at.lock_below(*table, LockMode::row_exclusive, "holds rows of it");
}

void scan_for(Evaluation& at, const Name& name, const Expression& where) {
  const Record* table = at.find(name);
  if (!table) return;
  const auto indexed = [&](const Text& column) {
    return std::any_of(table->facts.indexes.begin(), table->facts.indexes.end(),
                       [&](const Index& index) {
                         return !index.columns.empty() && index.columns.front() == column;
                       });
  };
  const bool by_index = where && !where.always_true &&
                        std::any_of(where.columns.begin(), where.columns.end(), indexed);
  if (by_index) return;
  for (const Record* each : at.tree(*table)) at.scan(*each, "no index tells the rows apart");
}

void truncate(Evaluation& at, const Truncate& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  std::vector<const Record*> pending = at.tree(*table);
  std::set<const Record*> seen(pending.begin(), pending.end());
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const Record& each = *pending[done];
    at.lock(each, full, done == 0 ? "" : "emptied with it");
    at.lock_indexes(each, full);
    for (const Key& key : each.owned)
      if (const Record* sequence = at.find(key); sequence && op.restart_identity)
        at.lock(*sequence, full, "starts anew");
    for (const Key& key : at.facts().referencing(each.key())) {
      const Record* child = at.find(key);
      if (!child || at.together.dropped_relations.contains(key) || seen.contains(child)) continue;
      if (op.cascade) {
        seen.insert(child);
        pending.push_back(child);
      } else {
        at.fails(cat("the foreign key of ", printed(*child), " references it"));
      }
    }
  }
}

}  // namespace

bool work_out_alter_table(Evaluation& at, const Op& op) {
  if (const auto* each = std::get_if<AttachPartition>(&op)) {
    attach(at, *each);
  } else if (const auto* away = std::get_if<DetachPartition>(&op)) {
    detach(at, *away);
  } else if (const auto* state = std::get_if<SetTriggerState>(&op)) {
    at.lock_named(state->table, state->rule ? full : trigger_mode);
  } else if (const auto* options = std::get_if<SetOptions>(&op)) {
    const bool strong =
        options->object == ObjectKind::view ||
        std::any_of(options->options.begin(), options->options.end(),
                    [](const OptionValue& option) { return takes_full_lock(option.name); });
    at.lock_named(options->name, strong ? full : weak);
  } else if (const auto* logged = std::get_if<SetLogged>(&op)) {
    const Record* table = at.lock_named(logged->table, full);
    if (!table) return true;
    const bool unlogged = table->facts.persistence == Persistence::unlogged;
    if (unlogged == logged->logged) at.rewrite(*table, "the table is written anew");
  } else if (const auto* space = std::get_if<SetTablespace>(&op)) {
    if (const Record* table = at.lock_named(space->name, full))
      at.copy_file(*table);
  } else if (const auto* method = std::get_if<SetAccessMethod>(&op)) {
    if (const Record* table = at.lock_named(method->table, full))
      if (method->method != "heap") at.rewrite(*table, "the table is written anew");
  } else if (const auto* identity = std::get_if<SetReplicaIdentity>(&op)) {
    const Record* table = at.lock_named(identity->table, full);
    if (table && !identity->index.empty()) at.lock_index(*table, identity->index, LockMode::share);
  } else if (const auto* other = std::get_if<AlterTableOther>(&op)) {
    const bool light = other->clause == "set_statistics" || other->clause == "cluster_on" ||
                       other->clause == "set_without_cluster";
    if (other->object != ObjectKind::type) at.lock_named(other->table, light ? weak : full);
  } else if (const auto* security = std::get_if<SetRowSecurity>(&op)) {
    at.lock_named(security->table, full);
  } else if (const auto* inherit = std::get_if<SetInheritance>(&op)) {
    at.lock_named(inherit->table, full);
    at.lock_named(inherit->parent, inherit->inherit ? weak : LockMode::access_share);
  } else if (const auto* owner = std::get_if<SetOwner>(&op)) {
    if (at.find(owner->name)) at.lock_named(owner->name, full);
  } else if (const auto* schema = std::get_if<SetSchema>(&op)) {
    if (at.find(schema->name)) at.lock_named(schema->name, full);
  } else if (const auto* table = std::get_if<RenameTable>(&op)) {
    at.lock_named(table->table, full);
  } else if (const auto* column = std::get_if<RenameColumn>(&op)) {
    if (const Record* record = at.lock_named(column->table, full))
      at.lock_below(*record, full, "inherits the column");
  } else {
    return false;
  }
  return true;
}

bool work_out_drop(Evaluation& at, const Op& op) {
  if (const auto* table = std::get_if<DropTable>(&op)) {
    drop_named(at, table->table, table->cascade);
  } else if (const auto* view = std::get_if<DropView>(&op)) {
    drop_named(at, view->view, view->cascade);
  } else if (const auto* sequence = std::get_if<DropSequence>(&op)) {
    drop_named(at, sequence->sequence, sequence->cascade);
  } else if (const auto* object = std::get_if<DropTableObject>(&op)) {
    const Record* record = at.find(object->table);
    const auto& triggers = record ? record->facts.triggers : std::vector<Text>();
    const bool absent = record && object->if_exists && object->object == ObjectKind::trigger &&
                        std::find(triggers.begin(), triggers.end(), object->name) == triggers.end();
    if (!absent) at.lock_named(object->table, full);
  } else if (const auto* schema = std::get_if<DropSchema>(&op)) {
    for (const Key& key : at.facts().relations.keys(schema->schema))
      if (const Record* record = at.find(key)) drop_table(at, *record, true);
    if (!schema->cascade) at.now->locks.clear();
  } else if (const auto* type = std::get_if<DropType>(&op)) {
    for (const Key& key : at.facts().using_type(at.replay.key_of_type(type->type))) {
      const Record* user = at.find(key);
      if (!user) continue;
      if (type->cascade)
        at.lock(*user, full, "loses its columns of the type");
      else
        at.fails(cat(printed(*user), " has a column of the type"));
    }
  } else if (const auto* function = std::get_if<DropFunction>(&op)) {
    for (const Key& key : at.facts().calling(at.replay.key_of_function(function->function))) {
      const Record* user = at.find(key);
      if (!user) continue;
      if (function->cascade)
        at.lock(*user, full, "loses its trigger");
      else
        at.fails(cat("a trigger of ", printed(*user), " calls it"));
    }
  } else {
    return false;
  }
  return true;
}

bool work_out_object(Evaluation& at, const Op& op) {
  if (const auto* table = std::get_if<CreateTable>(&op)) {
    create_table(at, *table);
  } else if (const auto* as = std::get_if<CreateTableAs>(&op)) {
    at.lock_reads(as->reads, as->with_data, "read by the query");
  } else if (const auto* view = std::get_if<CreateView>(&op)) {
    for (const Name& name : view->reads) at.lock_named(name, LockMode::access_share);
    if (view->or_replace && at.find(view->view)) at.lock_named(view->view, full);
  } else if (const auto* matview = std::get_if<CreateMaterializedView>(&op)) {
    at.lock_reads(matview->reads, matview->with_data, "read by the query");
  } else if (const auto* refresh = std::get_if<RefreshMaterializedView>(&op)) {
    const Record* record =
        at.lock_named(refresh->view, refresh->concurrently ? LockMode::exclusive : full);
    if (!record) return true;
    std::vector<Name> reads;
    for (const Key& key : record->reads) reads.push_back(key);
    if (refresh->with_data) at.lock_reads(reads, true, "read by the query");
    if (!refresh->concurrently) {
      at.lock_indexes(*record, full, "built again");
      return true;
    }
    at.scan(*record, "to compare it with the new rows");
    if (std::none_of(record->facts.indexes.begin(), record->facts.indexes.end(),
                     [](const Index& each) { return each.unique && !each.partial; }))
      at.fails("REFRESH CONCURRENTLY needs a unique index");
  } else if (const auto* rename = std::get_if<RenameView>(&op)) {
    at.lock_named(rename->view, full);
  } else if (const auto* sequence = std::get_if<CreateSequence>(&op)) {
    at.lock_named(sequence->owned_by_table, LockMode::access_share);
  } else if (const auto* alter = std::get_if<AlterSequence>(&op)) {
    at.lock_named(alter->sequence, trigger_mode);
    at.lock_named(alter->owned_by_table, LockMode::access_share);
  } else if (const auto* other = std::get_if<RenameSequence>(&op)) {
    at.lock_named(other->sequence, full);
  } else if (const auto* trigger = std::get_if<CreateTrigger>(&op)) {
    const Record* record = at.lock_named(trigger->table, trigger_mode);
    if (record && trigger->row && record->partitioned())
      at.lock_below(*record, trigger_mode, "a partition gets the trigger");
  } else if (const auto* policy = std::get_if<CreatePolicy>(&op)) {
    at.lock_named(policy->table, full);
  } else if (const auto* rule = std::get_if<CreateRule>(&op)) {
    at.lock_named(rule->table, full);
  } else if (const auto* object = std::get_if<RenameObject>(&op)) {
    if (!object->table.name.empty() && at.find(object->table)) at.lock_named(object->table, full);
  } else if (const auto* domain = std::get_if<AlterDomain>(&op)) {
    const bool checks = (domain->action == "add_constraint" && !domain->constraint.not_valid) ||
                        domain->action == "validate_constraint" || domain->action == "set_not_null";
    if (!checks) return true;
    for (const Key& key : at.facts().using_type(at.replay.key_of_type(domain->domain)))
      if (const Record* user = at.find(key)) {
        at.lock(*user, LockMode::share, "has columns of the domain");
        at.scan(*user, "to check every value of the domain");
      }
  } else if (const auto* grant = std::get_if<Grant>(&op)) {
    if (at.version >= 18 && grant->object == ObjectKind::table)
      for (const Name& name : grant->objects)
        if (at.find(name)) at.lock_named(name, LockMode::access_share);
  } else if (const auto* comment = std::get_if<Comment>(&op)) {
    switch (comment->object) {
      case ObjectKind::table:
      case ObjectKind::view:
      case ObjectKind::materialized_view:
      case ObjectKind::sequence:
      case ObjectKind::index:
        at.lock_named(comment->name, weak);
        break;
      case ObjectKind::column:
        if (const Record* record = at.find(Name{{}, comment->name.schema})) at.lock(*record, weak);
        break;
      default:
        break;
    }
  } else if (std::holds_alternative<NonTransactional>(op) ||
             std::holds_alternative<CreateDatabase>(op) ||
             std::holds_alternative<DropDatabase>(op)) {
    at.now->fails_in_transaction = true;
  } else if (const auto* opaque = std::get_if<Opaque>(&op)) {
    at.now->known = !opaque->may_change_schema;
  } else {
    return false;
  }
  return true;
}

bool work_out_rows(Evaluation& at, const Op& op) {
  if (const auto* insert = std::get_if<Insert>(&op)) {
    write_rows(at, insert->table, false);
    if (const Record* table = at.find(insert->table))
      for (const Constraint& each : table->facts.constraints)
        if (each.kind == ConstraintKind::foreign_key)
          if (const Record* parent = at.find(each.references()))
            at.lock(*parent, LockMode::row_share, "the foreign key references it");
  } else if (const auto* update = std::get_if<Update>(&op)) {
    write_rows(at, update->table, true);
    at.lock_reads(update->from, false, {});
    scan_for(at, update->table, update->where);
  } else if (const auto* remove = std::get_if<Delete>(&op)) {
    write_rows(at, remove->table, true);
    at.lock_reads(remove->using_, false, {});
    scan_for(at, remove->table, remove->where);
    const Record* table = at.find(remove->table);
    if (!table) return true;
    for (const Key& key : at.facts().referencing(table->key()))
      if (const Record* child = at.find(key)) {
        at.lock(*child, LockMode::row_exclusive, "its foreign key references it");
        for (const Constraint& each : child->facts.constraints) {
          if (each.kind != ConstraintKind::foreign_key || each.columns.empty() ||
              each.references() != table->key())
            continue;
          const bool indexed = std::any_of(
              child->facts.indexes.begin(), child->facts.indexes.end(), [&](const Index& index) {
                return !index.columns.empty() && index.columns.front() == each.columns.front();
              });
          if (!indexed) at.scan(*child, "no index leads with the columns of its foreign key");
        }
      }
  } else if (const auto* merge = std::get_if<Merge>(&op)) {
    write_rows(at, merge->table, true);
  } else if (const auto* copy = std::get_if<Copy>(&op)) {
    if (copy->from)
      write_rows(at, copy->table, false);
    else
      at.lock_reads({&copy->table, 1}, true, {});
  } else if (const auto* select = std::get_if<Select>(&op)) {
    at.lock_reads(select->reads, false, {});
  } else if (const auto* empty = std::get_if<Truncate>(&op)) {
    truncate(at, *empty);
  } else if (const auto* explicitly = std::get_if<LockTable>(&op)) {
    for (std::size_t mode = 0; mode < 8; ++mode)
      if (to_string(static_cast<LockMode>(mode)) == explicitly->mode)
        if (const Record* table = at.lock_named(explicitly->table, static_cast<LockMode>(mode))) {
          at.lock_below(*table, static_cast<LockMode>(mode), "locked with its parent");
          if (table->facts.kind == RelationKind::view)
            for (const Key& key : table->reads)
              if (const Record* read = at.find(key))
                at.lock(*read, static_cast<LockMode>(mode), "locked with the view");
        }
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
