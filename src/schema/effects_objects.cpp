// What concerns a table as a whole, and what other objects do to tables: options, views, triggers,
// sequences.
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
  const Key key = at.replay.key_of_type(op.table);
  const bool retyped = op.clause == "alter_attribute_type";
  const Type* type = at.facts().types.find(key);
  if (type && type->kind == TypeKind::composite) {
    const bool there = std::any_of(type->columns.begin(), type->columns.end(),
                                   [&](const Column& each) { return each.name == op.column; });
    if (there && op.clause == "add_attribute")
      at.fails(cat("the type has an attribute ", op.column, " already"));
    if (!there && op.clause != "add_attribute" && !op.if_exists)
      at.fails(cat("the type has no attribute ", op.column));
  }
  for (const Key& each : at.replay.tables_of(key)) {
    const Record* table = at.find(each);
    if (!table) continue;
    if (!op.cascade) at.fails(cat(printed(*table), " is a table of the type"));
    at.lock(*table, full, "a table of the type");
    const Column* column = retyped ? table->facts.column(op.column) : nullptr;
    if (!column) continue;
    ChangeType change;
    change.column = op.column;
    change.type = op.type;
    if (type_change(at, *column, change).rewrites)
      at.rewrite(*table, "the attribute is written anew");
  }
  if (retyped)
    for (const Record* user : at.replay.holders_of(key))
      at.fails(cat(printed(*user), " has a column of the type"));
}

// An index tells every row apart only where it is unique, whole and of columns that are NOT NULL
// (ATExecReplicaIdentity).
void refuse_identity(Evaluation& at, const Record& table, std::string_view name) {
  const Index* index = table.facts.index(name);
  if (!index) return;
  if (!index->unique) at.fails(cat(name, " is not unique"));
  if (index->partial) at.fails(cat(name, " is a partial index"));
  for (const Text& each : index->columns) {
    const Column* column = each.empty() ? nullptr : table.facts.column(each);
    if (each.empty()) at.fails(cat(name, " has an expression"));
    if (column && column->not_null == Known::no) at.fails(cat(each, " may be NULL"));
  }
}

void rename_table(Evaluation& at, const RenameTable& op) {
  const Record* record = at.lock_named(op.table, full);
  if (record && record->facts.name != op.new_name &&
      at.facts().relation_name_taken({record->facts.schema, op.new_name}))
    at.fails(cat("there is a relation ", op.new_name, " already"));
}

void rename_column(Evaluation& at, const RenameColumn& op) {
  const Record* record = at.lock_named(op.table, full);
  if (!record) return;
  at.lock_below(*record, full, "inherits the column");
  const Column* column = record->facts.column(op.column);
  if (!column && record->facts.create_seen) at.fails(cat("there is no column ", op.column));
  if (column && column->inherited) at.fails(cat("the column ", op.column, " is inherited"));
  if (op.column != op.new_name && record->facts.column(op.new_name))
    at.fails(cat("there is a column ", op.new_name, " already"));
  if (op.only && !record->children.empty())
    at.fails("the column must be renamed in the child tables, too");
  const Rarity* rarity = at.facts().rarity(record->key());
  if (rarity && !rarity->of_type.name.empty())
    at.fails(cat(printed(*record), " is a table of the type ", rarity->of_type.name));
}

// Keys of a new partitioned table, and kinds of columns that the version does not know.
void refuse_keys(Evaluation& at, const CreateTable& op) {
  const auto refuse = [&](ConstraintKind kind, List<Text> columns) {
    if (op.partition_strategy.empty()) return;
    if (kind == ConstraintKind::exclusion && at.version < 17)
      at.fails("exclusion constraints of partitioned tables need PostgreSQL 17",
               Effects::Failure::old_server);
    if (kind != ConstraintKind::primary_key && kind != ConstraintKind::unique) return;
    for (const Text& key : op.partition_columns)
      if (std::find(columns.begin(), columns.end(), key) == columns.end())
        at.fails(cat("a key of a partitioned table must include ",
                     key.empty() ? Text("no expression that partitions it") : key));
  };
  for (const ColumnDefinition& each : op.columns) {
    if (each.primary_key || each.unique)
      refuse(each.primary_key ? ConstraintKind::primary_key : ConstraintKind::unique,
             {&each.name, 1});
    if (each.generated == Generated::virtual_ && at.version < 18)
      at.fails("virtual generated columns need PostgreSQL 18", Effects::Failure::old_server);
  }
  for (const ConstraintDefinition& each : op.constraints) refuse(each.kind, each.columns);
}

// A name that the history has given already, where nothing asks to leave it alone.
void refuse_taken(Evaluation& at, const Name& name, std::string_view kind) {
  if (at.facts().relation_name_taken(at.replay.key_to_create(name)))
    at.fails(cat("there is a ", kind, " ", name.name, " already"));
}

bool holds(List<Text> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// CREATE TYPE, and labels of enums.
bool work_out_type(Evaluation& at, const Op& op) {
  const auto make = [&](const Name& name) {
    if (at.facts().types.find(at.replay.key_to_create(name)))
      at.fails(cat("there is a type ", name.name, " already"));
    return true;
  };
  if (const auto* made = std::get_if<CreateEnum>(&op)) {
    refuse_labels(at, *made);
    return make(made->type);
  }
  if (const auto* made = std::get_if<CreateType>(&op)) return make(made->type);
  if (const auto* made = std::get_if<CreateDomain>(&op)) return make(made->domain);
  const auto* added = std::get_if<AddEnumValue>(&op);
  const auto* renamed = std::get_if<RenameEnumValue>(&op);
  if (!added && !renamed) return false;
  const Type* type = at.replay.find_type(added ? added->type : renamed->type);
  if (!type || !type->create_seen || type->kind != TypeKind::enum_) return true;
  if (added && !added->if_not_exists && holds(type->labels, added->value))
    at.fails(cat("the label ", added->value, " is there already"));
  if (added && !added->neighbour.empty() && !holds(type->labels, added->neighbour))
    at.fails(cat("there is no label ", added->neighbour));
  if (renamed && !holds(type->labels, renamed->value))
    at.fails(cat("there is no label ", renamed->value));
  if (renamed && holds(type->labels, renamed->new_value))
    at.fails(cat("the label ", renamed->new_value, " is there already"));
  return true;
}

void set_inheritance(Evaluation& at, const SetInheritance& op) {
  const Record* child = at.lock_named(op.table, full);
  const Record* parent = at.lock_named(op.parent, op.inherit ? weak : LockMode::access_share);
  if (!child || !parent || !child->facts.create_seen || !parent->facts.create_seen) return;
  const bool does = std::find(child->parents.begin(), child->parents.end(), parent->key()) !=
                    child->parents.end();
  if (!op.inherit) {
    if (!does) at.fails(cat(printed(*child), " does not inherit from ", printed(*parent)));
    return;
  }
  if (does) at.fails(cat(printed(*child), " inherits from ", printed(*parent), " already"));
  for (const Column& each : parent->facts.columns)
    if (!child->facts.column(each.name))
      at.fails(cat(printed(*child), " has no column ", each.name));
}

void create_table(Evaluation& at, const CreateTable& op) {
  if (at.find(op.table)) {
    if (!op.if_not_exists && op.within == Within::statement)
      at.fails(cat("there is a relation ", op.table.name, " already"));
    return;
  }
  refuse_keys(at, op);
  refuse_table(at, op);
  const auto references = [&](const ConstraintDefinition& each) {
    if (each.kind != ConstraintKind::foreign_key) return;
    if (each.references.name == op.table.name) return;
    const Record* parent =
        at.lock_named(each.references, trigger_mode, "the foreign key references it");
    if (parent) at.lock_below(*parent, trigger_mode, "the foreign key references it");
  };
  if (!at.failures_alone) {
    for (const ColumnDefinition& column : op.columns)
      for (const ConstraintDefinition& each : column.constraints) references(each);
    for (const ConstraintDefinition& each : op.constraints) references(each);
  }
  for (const LikeClause& like : op.likes) at.lock_named(like.table, LockMode::access_share);
  for (const Name& parent : op.inherits) at.lock_named(parent, weak, "inherited from");
  if (op.partition_of.name.empty()) return;
  const Record* parent = at.lock_named(op.partition_of, full, "gets a new partition");
  if (!parent) return;
  if (parent->facts.create_seen && parent->facts.kind == RelationKind::table)
    at.fails(cat(printed(*parent), " is not partitioned"));
  add_partition(at, *parent, op.table, op.bound);
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
  if (op.action == "depends_on_extension") {
    for (const Name& table : op.tables) at.lock_named(table, LockMode::access_share);
    if (op.object == ObjectKind::index) {
      if (const Record* table = at.replay.find_index(op.name))
        at.lock_index(*table, op.name.name, full);
    } else if (op.object == ObjectKind::materialized_view) {
      at.lock_named(op.name, full);
    }
    return;
  }
  for (const Name& name : op.tables) at.lock_named(name, weak, "published");
  if (op.object == ObjectKind::publication && op.action == "set") {
    const auto found = at.facts().publications.find(op.name.name);
    if (found != at.facts().publications.end())
      for (const Key& key : found->second)
        if (const Record* table = at.find(key)) at.lock(*table, weak, "no longer published");
  }
  if (op.action != "reassign_owned") return;
  for (const Key& key : at.replay.owned_by({&op.name.name, 1}))
    if (const Record* record = at.find(key)) at.lock(*record, full, "gets another owner");
}

void refuse_unknown_index(Evaluation& at, const Record& table, Text index) {
  if (table.facts.create_seen && !at.facts().opaque && !table.facts.index(index))
    at.fails(cat(printed(table), " has no index ", index));
}

// DROP IDENTITY IF EXISTS: the sequence goes with it.
void drop_identity(Evaluation& at, const Record& table, Text name) {
  const Column* column = table.facts.column(name);
  if (!column || column->identity == Identity::none) return;
  for (const Key& key : table.owned) {
    const Record* sequence = at.find(key);
    if (sequence && sequence->facts.owned_by_column == name) at.lock(*sequence, full);
  }
}

}  // namespace

bool work_out_alter_table(Evaluation& at, const Op& op) {
  if (const auto* state = std::get_if<SetTriggerState>(&op)) {
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
    if (table && !identity->index.empty()) {
      at.lock_index(*table, identity->index, LockMode::share);
      refuse_unknown_index(at, *table, identity->index);
      refuse_identity(at, *table, identity->index);
    }
  } else if (const auto* other = std::get_if<AlterTableOther>(&op)) {
    const bool light = other->clause == "set_statistics" || other->clause == "cluster_on" ||
                       other->clause == "set_without_cluster";
    if (other->object == ObjectKind::type) {
      alter_composite(at, *other);
    } else {
      const Record* table = at.lock_named(other->table, light ? weak : full);
      if (table && other->clause == "cluster_on") {
        at.lock_index(*table, other->value, weak);
        refuse_unknown_index(at, *table, other->value);
      }
      // Of these clauses, these two recurse (ATPrepCmd in src/backend/commands/tablecmds.c).
      const bool recurses = other->clause == "set_statistics" || other->clause == "set_storage";
      if (table && recurses && !other->only)
        at.lock_below(*table, light ? weak : full, "inherits the setting");
      if (table && other->clause == "drop_identity_if_exists")
        drop_identity(at, *table, other->column);
    }
  } else if (const auto* security = std::get_if<SetRowSecurity>(&op)) {
    at.lock_named(security->table, full);
  } else if (const auto* inherit = std::get_if<SetInheritance>(&op)) {
    set_inheritance(at, *inherit);
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
    rename_table(at, *table);
  } else if (const auto* column = std::get_if<RenameColumn>(&op)) {
    rename_column(at, *column);
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
  if (work_out_type(at, op)) return true;
  if (const auto* table = std::get_if<CreateTable>(&op)) {
    create_table(at, *table);
  } else if (const auto* as = std::get_if<CreateTableAs>(&op)) {
    if (as->with_data)
      read_by_query(at, as->reads, as->query, "read by the query");
    else
      at.lock_reads(as->reads, false, {});
  } else if (const auto* view = std::get_if<CreateView>(&op)) {
    for (const Name& name : view->reads) at.lock_named(name, LockMode::access_share);
    const Record* before = view->or_replace ? at.find(view->view) : nullptr;
    if (before)
      replace_view(at, *before, *view);
    else if (!view->or_replace && view->persistence == Persistence::permanent)
      refuse_taken(at, view->view, "relation");
  } else if (const auto* matview = std::get_if<CreateMaterializedView>(&op)) {
    if (matview->with_data)
      read_by_query(at, matview->reads, matview->query, "read by the query");
    else
      at.lock_reads(matview->reads, false, {});
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
    if (!sequence->if_not_exists && sequence->persistence == Persistence::permanent)
      refuse_taken(at, sequence->sequence, "relation");
  } else if (const auto* alter = std::get_if<AlterSequence>(&op)) {
    at.lock_named(alter->sequence, trigger_mode);
    at.lock_named(alter->owned_by_table, LockMode::access_share);
  } else if (const auto* other = std::get_if<RenameSequence>(&op)) {
    at.lock_named(other->sequence, full);
  } else if (const auto* trigger = std::get_if<CreateTrigger>(&op)) {
    const Record* record = at.lock_named(trigger->table, trigger_mode);
    at.lock_named(trigger->from, LockMode::access_share, "the trigger names it");
    if (record && !trigger->or_replace && holds(record->facts.triggers, trigger->trigger))
      at.fails(cat("there is a trigger ", trigger->trigger, " already"));
    if (record && trigger->row && record->partitioned())
      at.lock_below(*record, trigger_mode, "a partition gets the trigger");
  } else if (const auto* policy = std::get_if<CreatePolicy>(&op)) {
    const Record* record = at.lock_named(policy->table, full);
    const bool there = record && holds(record->facts.policies, policy->policy);
    refuse_policy(at, *policy);
    if (there && !policy->alter) at.fails(cat("there is a policy ", policy->policy, " already"));
    if (record && record->facts.create_seen && !at.facts().opaque && !there && policy->alter)
      at.fails(cat("there is no policy ", policy->policy));
    for (const Name& name : policy->reads)
      at.lock_named(name, LockMode::access_share, "its expression reads it");
  } else if (const auto* rule = std::get_if<CreateRule>(&op)) {
    at.lock_named(rule->table, full);
    for (const Name& name : rule->reads)
      if (at.find(name)) at.lock_named(name, LockMode::access_share, "its actions read it");
    for (const Name& name : rule->writes)
      if (at.find(name)) at.lock_named(name, LockMode::row_exclusive, "its actions change it");
  } else if (const auto* object = std::get_if<RenameObject>(&op)) {
    const bool attribute = object->object == ObjectKind::column;
    const Record* record =
        object->table.name.empty() || attribute ? nullptr : at.find(object->table);
    if (attribute)
      for (const Key& key : at.replay.tables_of(at.replay.key_of_type(object->table)))
        if (const Record* typed = at.find(key)) at.lock(*typed, full, "a table of the type");
    if (record) at.lock(*record, full);
    if (record && record->partitioned() && object->object == ObjectKind::trigger)
      at.lock_below(*record, full, "a partition has the trigger, too");
  } else if (const auto* domain = std::get_if<AlterDomain>(&op)) {
    const bool checks = (domain->action == "add_constraint" && !domain->constraint->not_valid) ||
                        domain->action == "validate_constraint" || domain->action == "set_not_null";
    if (!checks) return true;
    for (const Record* holder : at.replay.holders_of(at.replay.key_of_type(domain->domain), true))
      at.fails(cat(printed(*holder), " has a column made of the domain"));
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
        if (const Record* record = at.find(comment->table)) {
          at.lock_named(comment->table, weak);
          if (has_storage(*record)) refuse_missing(at, *record, {&comment->name.name, 1});
        }
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
