// What concerns a table as a whole, and what other objects do to tables: options, partitions,
// drops, views, triggers, sequences.
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <array>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;
constexpr LockMode weak = LockMode::share_update_exclusive;
constexpr LockMode trigger_mode = LockMode::share_row_exclusive;

void set_logged(Evaluation& at, const SetLogged& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  const bool unlogged = table->facts.persistence == Persistence::unlogged;
  if (table->partitioned() && !op.logged && at.version >= 18)
    at.fails("a partitioned table cannot be unlogged");
  // A permanent table may not reference an unlogged one (ATPrepChangePersistence).
  if (!op.logged && !unlogged) {
    for (const Key& key : at.facts().referencing(table->key())) {
      const Record* child = at.find(key);
      if (child && child != table && child->facts.persistence == Persistence::permanent)
        at.fails(cat("the logged table ", printed(*child), " references it"));
    }
  }
  if (op.logged && unlogged) {
    for (const Constraint& each : table->facts.constraints) {
      if (each.kind != ConstraintKind::foreign_key) continue;
      const Record* parent = at.find(each.references());
      if (parent && parent != table && parent->facts.persistence == Persistence::unlogged)
        at.fails(cat("it references the unlogged table ", printed(*parent)));
    }
  }
  if (unlogged == op.logged) at.rewrite(*table, "the table is written anew");
}

void set_tablespace(Evaluation& at, const SetTablespace& op) {
  const auto move = [&](const Record& table) {
    const Rarity* rarity = at.facts().rarity(table.key());
    const std::string_view now =
        !rarity || rarity->tablespace.empty() ? std::string_view("pg_default") : rarity->tablespace;
    if (now != op.tablespace) at.copy_file(table);
  };
  if (op.from.empty()) {
    if (const Record* table = at.lock_named(op.name, full)) move(*table);
    return;
  }
  for (const Key& key : at.replay.in_tablespace(op)) {
    const Record* table = at.find(key);
    if (!table) continue;
    at.lock(*table, full, cat("it lies in ", op.from));
    move(*table);
  }
}

// Options that do not take SHARE UPDATE EXCLUSIVE (src/backend/access/common/reloptions.c).
bool takes_full_lock(std::string_view option) {
  constexpr std::array<std::string_view, 8> options{
      "user_catalog_table", "fastupdate",       "gin_pending_list_limit", "buffering",
      "security_barrier",   "security_invoker", "check_option",           "pages_per_range"};
  return std::find(options.begin(), options.end(), option) != options.end();
}

// Attributes of a composite type: tables OF the type follow with CASCADE, and columns of the type
// keep an attribute's type as it is (find_composite_type_dependencies).
void alter_composite(Evaluation& at, const AlterTableOther& op) {
  const Key type = at.replay.key_of_type(op.table);
  for (const auto& [key, rarity] : at.facts().rare) {
    if (rarity.of_type != type) continue;
    const Record* table = at.find(key);
    if (!table) continue;
    if (!op.cascade) at.fails(cat(printed(*table), " is a table of the type"));
    at.lock(*table, full, "a table of the type");
    if (op.clause == "alter_attribute_type") at.rewrite(*table, "the attribute is written anew");
  }
  if (op.clause == "alter_attribute_type")
    for (const Key& key : at.facts().using_type(type))
      if (const Record* user = at.find(key))
        at.fails(cat(printed(*user), " has a column of the type"));
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
  if (lightly) return;
  for (const Constraint& each : parent->facts.constraints)
    if (each.kind == ConstraintKind::foreign_key)
      if (const Record* target = at.find(each.references()))
        at.lock(*target, trigger_mode, "the foreign key references it");
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
  for (const Constraint& each : parent->facts.constraints)
    if (each.kind == ConstraintKind::foreign_key)
      if (const Record* target = at.find(each.references()))
        at.lock(*target, trigger_mode, "the foreign key references it");
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

// What a dropped sequence takes along: the defaults that take their values from it.
void drop_defaults(Evaluation& at, const Record& sequence, bool cascade) {
  for (const auto& [table, column] : at.facts().defaults_from(sequence.key())) {
    const Record* user = at.find(table);
    if (!user) continue;
    if (cascade)
      at.lock(*user, full, cat("the default of ", column, " is dropped"));
    else
      at.fails(cat("the default of ", column, " in ", printed(*user), " needs it"));
  }
}

void drop_extension(Evaluation& at, const DropExtension& op) {
  for (const ExtensionUse& use : extension_uses(at.facts(), op.extension)) {
    const Record* user = at.find(use.relation);
    if (!user) continue;
    const std::string_view kind = use.part == ExtensionUse::Part::column     ? "the column "
                                  : use.part == ExtensionUse::Part::default_ ? "the default of "
                                                                             : "the index ";
    if (!op.cascade) {
      at.fails(cat(kind, use.name, " of ", printed(*user), " needs it"));
      continue;
    }
    at.lock(*user, full, cat("loses ", kind, use.name));
    if (use.part == ExtensionUse::Part::index)
      at.lock_index(*user, use.name, full, "dropped with the extension");
  }
}

void drop_owned(Evaluation& at, const DropOwned& op) {
  for (const Key& key : at.replay.owned_by(op.roles)) {
    const Record* record = at.find(key);
    if (!record) continue;
    at.lock(*record, full, "dropped with all that its owner has");
    drop_table(at, *record, op.cascade);
  }
  at.now->known = false;
}

void drop_statistics(Evaluation& at, const DropObject& op) {
  const auto found = at.facts().statistics.find(at.replay.key_to_create(op.name));
  if (found == at.facts().statistics.end()) return;
  for (const Key& key : found->second)
    if (const Record* table = at.find(key)) at.lock(*table, weak, "has the statistics");
}

// Statistics and publications lock the tables they name; what inherits from a published table is
// published, too (OpenTableList in src/backend/commands/publicationcmds.c).
void create_object(Evaluation& at, const CreateObject& op) {
  const bool publication = op.object == ObjectKind::publication;
  for (const Name& name : op.tables) {
    const Record* table = at.lock_named(name, weak, publication ? "published" : "");
    if (table && publication && !op.only && !table->partitioned())
      at.lock_below(*table, weak, "published with its parent");
  }
}

void alter_object(Evaluation& at, const AlterObject& op) {
  for (const Name& name : op.tables) at.lock_named(name, weak, "published");
  if (op.object == ObjectKind::publication && op.action == "set") {
    const auto found = at.facts().publications.find(op.name.name);
    if (found != at.facts().publications.end())
      for (const Key& key : found->second)
        if (const Record* table = at.find(key)) at.lock(*table, weak, "no longer published");
  }
  if (op.object == ObjectKind::trigger && at.find(Name{{}, op.name.schema}))
    at.lock_named(Name{{}, op.name.schema}, LockMode::access_share);
  if (op.action != "reassign_owned") return;
  for (const Key& key : at.replay.owned_by({&op.name.name, 1}))
    if (const Record* record = at.find(key)) at.lock(*record, full, "gets another owner");
}

// The defaults, checks, indexes, policies and generated columns that call a function.
void drop_function_users(Evaluation& at, const DropFunction& op) {
  for (const FunctionUse& use : at.facts().uses_of(at.replay.key_of_function(op.function))) {
    const Record* user = at.find(use.relation);
    if (!user) continue;
    if (!op.cascade) {
      at.fails(cat(in_words(use.part), use.name, " of ", printed(*user), " calls it"));
      continue;
    }
    at.lock(*user, full, cat("loses ", in_words(use.part), use.name));
    if (use.part == FunctionUse::Part::index)
      at.lock_index(*user, use.name, full, "dropped with the function");
  }
}

void drop_named(Evaluation& at, const Name& name, bool cascade) {
  if (const Record* record = at.lock_named(name, full)) drop_table(at, *record, cascade);
}

}  // namespace

bool work_out_alter_table(Evaluation& at, const Op& op) {
  if (const auto* each = std::get_if<AttachPartition>(&op)) {
    attach(at, *each);
  } else if (const auto* away = std::get_if<DetachPartition>(&op)) {
    detach(at, *away);
  } else if (const auto* state = std::get_if<SetTriggerState>(&op)) {
    const Record* table = at.lock_named(state->table, state->rule ? full : trigger_mode);
    if (table && table->partitioned() && !state->rule && !state->only)
      at.lock_below(*table, trigger_mode, "a partition has the trigger, too");
  } else if (const auto* options = std::get_if<SetOptions>(&op)) {
    const bool strong =
        options->object == ObjectKind::view ||
        std::any_of(options->options.begin(), options->options.end(),
                    [](const OptionValue& option) { return takes_full_lock(option.name); });
    at.lock_named(options->name, strong ? full : weak);
  } else if (const auto* logged = std::get_if<SetLogged>(&op)) {
    set_logged(at, *logged);
  } else if (const auto* space = std::get_if<SetTablespace>(&op)) {
    set_tablespace(at, *space);
  } else if (const auto* method = std::get_if<SetAccessMethod>(&op)) {
    if (const Record* table = at.lock_named(method->table, full))
      if (method->method != "heap") at.rewrite(*table, "the table is written anew");
  } else if (const auto* identity = std::get_if<SetReplicaIdentity>(&op)) {
    const Record* table = at.lock_named(identity->table, full);
    if (table && !identity->index.empty()) at.lock_index(*table, identity->index, LockMode::share);
  } else if (const auto* other = std::get_if<AlterTableOther>(&op)) {
    const bool light = other->clause == "set_statistics" || other->clause == "cluster_on" ||
                       other->clause == "set_without_cluster";
    if (other->object == ObjectKind::type) {
      alter_composite(at, *other);
    } else {
      const Record* table = at.lock_named(other->table, light ? weak : full);
      if (table && other->clause == "cluster_on") at.lock_index(*table, other->value, weak);
    }
  } else if (const auto* security = std::get_if<SetRowSecurity>(&op)) {
    at.lock_named(security->table, full);
  } else if (const auto* inherit = std::get_if<SetInheritance>(&op)) {
    at.lock_named(inherit->table, full);
    at.lock_named(inherit->parent, inherit->inherit ? weak : LockMode::access_share);
  } else if (const auto* owner = std::get_if<SetOwner>(&op)) {
    if (const Record* record = at.find(owner->name)) {
      at.lock(*record, full);
      at.lock_indexes(*record, full, "goes with its table");
      for (const Key& key : record->owned)
        if (const Record* sequence = at.find(key)) at.lock(*sequence, full, "goes with its table");
    }
  } else if (const auto* schema = std::get_if<SetSchema>(&op)) {
    if (const Record* record = at.find(schema->name)) {
      at.lock(*record, full);
      for (const Key& key : record->owned)
        if (const Record* sequence = at.find(key)) at.lock(*sequence, full, "goes with its table");
    }
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
    if (const Record* record = at.find(sequence->sequence))
      drop_defaults(at, *record, sequence->cascade);
    drop_named(at, sequence->sequence, sequence->cascade);
  } else if (const auto* object = std::get_if<DropTableObject>(&op)) {
    const Record* record = at.find(object->table);
    const auto has = [&](const std::vector<Text>& names) {
      return std::find(names.begin(), names.end(), object->name) != names.end();
    };
    const Rarity* rarity = record ? at.facts().rarity(record->key()) : nullptr;
    const bool absent = record && object->if_exists && record->facts.create_seen &&
                        !(object->object == ObjectKind::trigger  ? has(record->facts.triggers)
                          : object->object == ObjectKind::policy ? has(record->facts.policies)
                                                                 : rarity && has(rarity->rules));
    if (absent) return true;
    at.lock_named(object->table, full);
    if (record && record->partitioned() && object->object == ObjectKind::trigger)
      at.lock_below(*record, full, "a partition loses the trigger, too");
  } else if (const auto* extension = std::get_if<DropExtension>(&op)) {
    drop_extension(at, *extension);
  } else if (const auto* owned = std::get_if<DropOwned>(&op)) {
    drop_owned(at, *owned);
  } else if (const auto* other = std::get_if<DropObject>(&op)) {
    if (other->object == ObjectKind::statistics) drop_statistics(at, *other);
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
    drop_function_users(at, *function);
  } else {
    return false;
  }
  return true;
}

namespace {

// CREATE OR REPLACE VIEW may add columns at the end, and nothing else (checkViewColumns in
// src/backend/commands/view.c).
void replace_view(Evaluation& at, const Record& before, const CreateView& op) {
  at.lock(before, full);
  if (!before.facts.create_seen || op.columns.empty()) return;
  const std::vector<Column>& columns = before.facts.columns;
  const bool told = std::none_of(op.columns.begin(), op.columns.end(),
                                 [](const Text& name) { return name.empty(); });
  if (!told) return;
  if (op.columns.size() < columns.size())
    at.fails("columns of a view cannot be dropped by replacing it");
  for (std::size_t place = 0; place < std::min(columns.size(), op.columns.size()); ++place)
    if (columns[place].name != op.columns[place])
      at.fails(cat("the view's column ", columns[place].name, " cannot be renamed to ",
                   op.columns[place], " by replacing it"));
}

}  // namespace

bool work_out_object(Evaluation& at, const Op& op) {
  if (const auto* table = std::get_if<CreateTable>(&op)) {
    create_table(at, *table);
  } else if (const auto* as = std::get_if<CreateTableAs>(&op)) {
    at.lock_reads(as->reads, as->with_data, "read by the query");
  } else if (const auto* view = std::get_if<CreateView>(&op)) {
    for (const Name& name : view->reads) at.lock_named(name, LockMode::access_share);
    const Record* before = view->or_replace ? at.find(view->view) : nullptr;
    if (before) replace_view(at, *before, *view);
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
      if (refresh->with_data) at.fill(*record, "the query is run again");
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
    at.lock_named(trigger->from, LockMode::access_share, "the trigger names it");
    if (record && trigger->row && record->partitioned())
      at.lock_below(*record, trigger_mode, "a partition gets the trigger");
  } else if (const auto* policy = std::get_if<CreatePolicy>(&op)) {
    at.lock_named(policy->table, full);
  } else if (const auto* rule = std::get_if<CreateRule>(&op)) {
    at.lock_named(rule->table, full);
  } else if (const auto* object = std::get_if<RenameObject>(&op)) {
    const Record* record = object->table.name.empty() ? nullptr : at.find(object->table);
    if (record) at.lock(*record, full);
    if (record && record->partitioned() && object->object == ObjectKind::trigger)
      at.lock_below(*record, full, "a partition has the trigger, too");
  } else if (const auto* domain = std::get_if<AlterDomain>(&op)) {
    const bool checks = (domain->action == "add_constraint" && !domain->constraint.not_valid) ||
                        domain->action == "validate_constraint" || domain->action == "set_not_null";
    if (!checks) return true;
    // Columns of domains over it, too (get_rels_with_domain in src/backend/commands/typecmds.c).
    std::vector<Key> domains{at.replay.key_of_type(domain->domain)};
    for (std::size_t done = 0; done < domains.size(); ++done) {
      for (const Type* each : at.facts().types.all())
        if (each->kind == TypeKind::domain && each->base.lookup_name() == domains[done] &&
            std::find(domains.begin(), domains.end(), Key{each->schema, each->name}) ==
                domains.end())
          domains.push_back({each->schema, each->name});
      for (const Key& key : at.facts().using_type(domains[done]))
        if (const Record* user = at.find(key)) {
          at.lock(*user, LockMode::share, "has columns of the domain");
          at.scan(*user, "to check every value of the domain");
        }
    }
  } else if (const auto* made = std::get_if<CreateObject>(&op)) {
    create_object(at, *made);
  } else if (const auto* altered = std::get_if<AlterObject>(&op)) {
    alter_object(at, *altered);
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
        if (at.find(comment->table)) at.lock_named(comment->table, weak);
        break;
      case ObjectKind::constraint:
      case ObjectKind::trigger:
      case ObjectKind::policy:
      case ObjectKind::rule:
        if (at.find(comment->table)) at.lock_named(comment->table, LockMode::access_share);
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

}  // namespace migguard::schema
