// Tables as a whole: made, dropped, renamed, moved, attached.
#include <schema/proof.hpp>
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

List<Text> columns_named(const Relation& table, std::string_view trigger) {
  for (const ColumnUser& each : table.column_users)
    if (each.kind == ObjectKind::trigger && each.name == trigger) return each.columns;
  return {};
}

}  // namespace

void Replay::effect(const CreateTable& op) {
  const Key key = key_to_create(op.table, op.persistence);
  const Name exact = key;
  const Known existed = lenient(op, op.if_not_exists) ? relation_exists(exact) : Known::no;
  if (existed == Known::yes) return;
  if (Record* indexed = facts.table_of_index(exact)) facts.drop_index(*indexed, exact.name);

  const RelationKind kind = op.foreign                       ? RelationKind::foreign_table
                            : !op.partition_strategy.empty() ? RelationKind::partitioned_table
                                                             : RelationKind::table;
  Record& table = make(exact, kind,
                       op.if_not_exists && existed == Known::unknown ? Known::unknown : Known::yes);
  if (op.persistence != Persistence::permanent) table.facts.persistence = op.persistence;
  table.facts.on_commit = op.on_commit;
  drop_on_commit = drop_on_commit || op.on_commit == OnCommit::drop;
  if (!op.tablespace.empty()) facts.rare[key].tablespace = op.tablespace;
  if (!op.partition_strategy.empty()) {
    Rarity& rarity = facts.rare[key];
    rarity.partition_strategy = op.partition_strategy;
    rarity.partition_columns = op.partition_columns;
  }

  std::vector<Record*> parents;
  if (!op.partition_of.name.empty()) {
    if (Record* parent = altered(op.partition_of, RelationKind::partitioned_table))
      parents.push_back(parent);
  }
  for (const Name& name : op.inherits)
    if (Record* parent = altered(name)) parents.push_back(parent);
  std::erase(parents, &table);
  if (parents.size() < op.inherits.size() + (op.partition_of.name.empty() ? 0 : 1))
    table.facts.create_seen = false;
  for (Record* parent : parents) {
    if (!parent->facts.create_seen) table.facts.create_seen = false;
    for (Column& column : parent->facts.columns) {
      if (table.column(column.name)) continue;
      facts.spell_not_null(*parent, column);
      Column inherited = column;
      inherited.inherited = true;
      inherited.created = now;
      inherited.created_as = column.name;
      inherited.serial = false;
      inherited.identity = Identity::none;
      facts.add_column(table, std::move(inherited));
    }
  }
  if (!op.of_type.name.empty()) {
    facts.rare[table.key()].of_type = key_of_type(op.of_type);
    facts.any_typed = true;
    const Type* type = find_type(op.of_type);
    if (!type || type->kind != TypeKind::composite) table.facts.create_seen = false;
    for (const Column& column : type ? type->columns : std::vector<Column>()) {
      Column typed = column;
      typed.created = now;
      facts.add_column(table, std::move(typed));
    }
  }
  for (const LikeClause& like : op.likes) copy_like(table, like);

  table.facts.columns.reserve(table.facts.columns.size() + op.columns.size());
  for (const ColumnDefinition& definition : op.columns) {
    Column* merged = table.column(definition.name);
    if (merged) {
      const Column column = column_from(definition);
      if (!definition.type.name.name.empty()) merged->inherited = false;
      if (column.has_default) {
        facts.set_default(table, *merged, true, column.default_text, column.default_types);
      }
    } else {
      define(table.facts.columns.emplace_back(), definition);
      merged = &facts.add_last_column(table);
    }
    if (definition.not_null) facts.set_not_null(table, *merged, not_null_name(definition));
    if (definition.default_value) {
      note_default(table, definition.name, definition.default_value);
      note_calls(table, FunctionUse::Part::default_, definition.name, definition.default_value);
    }
    if (definition.generation)
      note_calls(table, FunctionUse::Part::generated, definition.name, definition.generation);
    make_sequence(table, *merged);
  }

  for (Record* parent : parents) {
    facts.add_child(*parent, table);
    if (op.partition_bound == "DEFAULT") facts.make_default_partition(*parent, table);
    if (parent->partitioned()) {
      facts.rare[table.key()].bound = op.bound;
      note_bound(*this, *parent, op.bound);
    }
    inherit(*parent, table);
  }
  std::vector<Pending> constraints = pending_constraints(op.columns, op.constraints);
  // Checks come before everything that needs an index, and LIKE's indexes before the table's own
  // (transformCreateStmt in src/backend/parser/parse_utilcmd.c).
  for (const Pending& each : constraints)
    if (each.definition->kind == ConstraintKind::check) add_check(table, each, true);
  for (const LikeClause& like : op.likes) copy_like_indexes(table, like);
  std::erase_if(constraints,
                [](const Pending& each) { return each.definition->kind == ConstraintKind::check; });
  add_constraints(table, constraints, true);
}

void Replay::copy_like(Record& record, const LikeClause& like) {
  Record* source = altered(like.table);
  if (!source || source == &record) {
    record.facts.create_seen = false;
    return;
  }
  if (!source->facts.create_seen) record.facts.create_seen = false;
  for (Column& column : source->facts.columns) {
    if (record.column(column.name)) continue;
    facts.spell_not_null(*source, column);
    Column copy = column;
    copy.created = now;
    copy.created_certain = Known::yes;
    copy.created_as = column.name;
    copy.inherited = false;
    copy.serial = false;
    if (!like.generated) {
      copy.generated = Generated::none;
      copy.generated_from = {};
    }
    if (!like.columns_defaults) {
      copy.has_default = false;
      copy.default_text = {};
      copy.default_types = {};
    }
    if (!like.identity) copy.identity = Identity::none;
    facts.add_column(record, std::move(copy));
    if (like.identity) make_sequence(record, record.facts.columns.back());
  }
  if (!like.constraints) return;
  for (const Constraint& constraint : source->facts.constraints) {
    if (constraint.kind != ConstraintKind::check || record.constraint(constraint.name)) continue;
    Constraint copy = constraint;
    copy.created = now;
    copy.inherited = false;
    copy.valid = true;
    facts.add_constraint(record, std::move(copy));
  }
}

void Replay::inherit(Record& parent, Record& child) {
  for (const Constraint& constraint : parent.facts.constraints) {
    if (constraint.kind != ConstraintKind::check || constraint.no_inherit) continue;
    if (Constraint* own = child.constraint(constraint.name)) {
      own->inherited = true;
      continue;
    }
    Constraint copy = constraint;
    copy.created = now;
    copy.inherited = true;
    facts.add_constraint(child, std::move(copy));
  }
  if (!parent.partitioned()) return;
  const Key child_key = child.key();
  // By position: what is added to the child leaves the parent alone, unless it is its own
  // descendant.
  for (std::size_t at = 0; at < parent.facts.indexes.size(); ++at) {
    const Text name = inherit_index(child, Index(parent.facts.indexes[at]));
    if (!name.empty()) spread_index(child_key, name);
  }
  for (std::size_t at = 0; at < parent.facts.constraints.size(); ++at) {
    const Constraint constraint = parent.facts.constraints[at];
    if (constraint.kind == ConstraintKind::foreign_key) inherit_foreign_key(child, constraint);
  }
  for (const auto& [trigger, function] : parent.trigger_functions.all())
    facts.add_trigger(child, trigger, function, columns_named(parent.facts, trigger));
}

void Replay::effect(const CreateTableAs& op) {
  const Key key = key_to_create(op.table, op.persistence);
  const Known existed = relation_exists(key);
  if (existed == Known::yes && lenient(op, op.if_not_exists)) return;
  Record& record =
      make(key, RelationKind::table,
           op.if_not_exists && existed == Known::unknown ? Known::unknown : Known::yes);
  if (op.persistence != Persistence::permanent) record.facts.persistence = op.persistence;
  record.facts.on_commit = op.on_commit;
  drop_on_commit = drop_on_commit || op.on_commit == OnCommit::drop;
  if (!op.tablespace.empty()) facts.rare[key].tablespace = op.tablespace;
  if (op.columns.empty()) record.facts.create_seen = false;
  for (const Text& name : op.columns) {
    if (name.empty()) record.facts.create_seen = false;
    Column column;
    column.name = name;
    column.created_as = name;
    column.type_known = false;
    column.created = now;
    record.facts.columns.push_back(std::move(column));
  }
}

void Replay::drop_relation(const Name& name, bool cascade) {
  if (const Record* record = find(name)) {
    facts.drop(record->key(), cascade);
    return;
  }
  const Key key = key_to_create(name);
  if (key.schema != temporary_schema) facts.gone.add(key);
}

void Replay::effect(const DropTable& op) { drop_relation(op.table, op.cascade); }

void Replay::rename_relation(const Name& name, std::string_view new_name) {
  if (!find(name))
    if (Record* table = find_index(name)) {
      facts.rename_index(*table, name.name, new_name);
      return;
    }
  if (const Record* record = altered(name)) {
    const Key new_key{record->facts.schema, new_name};
    facts.move(record->key(), new_key.schema, new_name);
    if (Record* renamed = facts.find(new_key)) renamed->facts.named = now;
  }
}

void Replay::effect(const RenameTable& op) {
  if (op.if_exists && relation_exists(op.table) != Known::yes) {
    facts.gone.add(key_to_create(op.table));
    return;
  }
  rename_relation(op.table, op.new_name);
}

void Replay::effect(const SetSchema& op) {
  note_temporary({op.new_schema, {}});
  switch (op.object) {
    case ObjectKind::table:
    case ObjectKind::foreign_table:
    case ObjectKind::view:
    case ObjectKind::materialized_view:
    case ObjectKind::sequence:
      if (op.if_exists && relation_exists(op.name) != Known::yes) {
        facts.gone.add(key_to_create(op.name));
      } else if (const Record* record = altered(op.name)) {
        facts.move(record->key(), op.new_schema, record->facts.name);
      }
      break;
    case ObjectKind::type:
    case ObjectKind::domain:
      facts.move_type(key_of_type(op.name), op.new_schema, op.name.name);
      break;
    case ObjectKind::function:
    case ObjectKind::procedure:
    case ObjectKind::aggregate:
      facts.move_function(key_of_function(op.name), op.new_schema, op.name.name);
      break;
    default:
      break;
  }
}

void Replay::effect(const AttachPartition& op) {
  Record* parent = altered(op.table, RelationKind::partitioned_table);
  Record* child = altered(op.partition);
  if (!parent || !child || parent == child) return;
  const std::vector<Key> below = facts.descendants(*child);
  if (std::find(below.begin(), below.end(), parent->key()) != below.end()) return;
  if (!parent->facts.create_seen && parent->facts.kind == RelationKind::table)
    facts.make_partitioned(*parent);
  facts.add_child(*parent, *child);
  child->default_partition = false;
  if (op.bound == "DEFAULT") facts.make_default_partition(*parent, *child);
  facts.rare[child->key()].bound = op.values;
  note_bound(*this, *parent, op.values);
  for (Column& column : child->facts.columns)
    if (parent->column(column.name)) column.inherited = true;
  inherit(*parent, *child);
}

void Replay::effect(const DetachPartition& op) {
  Record* parent = altered(op.table, RelationKind::partitioned_table);
  Record* child = altered(op.partition);
  if (!parent || !child) return;
  facts.remove_child(*parent, *child);
  child->default_partition = false;
  facts.rare[child->key()].bound = {};
}

void Replay::effect(const SetInheritance& op) {
  Record* child = altered(op.table);
  Record* parent = altered(op.parent);
  if (!child || !parent || child == parent) return;
  if (!op.inherit) {
    facts.remove_child(*parent, *child);
    return;
  }
  const std::vector<Key> below = facts.descendants(*child);
  if (std::find(below.begin(), below.end(), parent->key()) != below.end()) return;
  facts.add_child(*parent, *child);
}

void Replay::effect(const SetRowSecurity& op) {
  Record* table = altered(op.table);
  if (!table) return;
  if (op.state == "enable") table->facts.row_security = true;
  if (op.state == "disable") table->facts.row_security = false;
}

void Replay::effect(const SetLogged& op) {
  Record* table = altered(op.table);
  if (table && table->facts.persistence != Persistence::temporary)
    table->facts.persistence = op.logged ? Persistence::permanent : Persistence::unlogged;
}

void Replay::effect(const SetOptions& op) {
  if (op.object == ObjectKind::table) altered(op.name);
}

void Replay::effect(const AlterTableOther& op) {
  if (op.object == ObjectKind::type) return alter_attribute(op);
  const Record* table = op.object == ObjectKind::table ? altered(op.table) : nullptr;
  if (!table) return;
  if (op.clause == "drop_identity_if_exists") {
    const Column* column = table->facts.column(op.column);
    SetIdentity drop;
    drop.table = op.table;
    drop.column = op.column;
    if (column && column->identity != Identity::none) effect(drop);
    return;
  }
  const auto found = facts.rare.find(table->key());
  if (op.clause == "cluster_on") {
    facts.rare[table->key()].clustered_on = op.value;
  } else if (op.clause == "set_without_cluster" && found != facts.rare.end()) {
    found->second.clustered_on = {};
  } else if (op.clause == "not_of" && found != facts.rare.end()) {
    found->second.of_type = {};
  } else if (op.clause == "of") {
    facts.rare[table->key()].of_type = key_of_type(op.type.name);
    facts.any_typed = true;
  }
}

void Replay::effect(const Cluster& op) {
  const Record* table = op.index.empty() ? nullptr : altered(op.table);
  if (table) facts.rare[table->key()].clustered_on = op.index;
}

void Replay::effect(const Copy& op) {
  if (op.from) wrote(op.table);
}

void Replay::effect(const Update& op) {
  // It puts no row where there is none, and leaves the values of other columns alone.
  if (Record* record = find(op.table)) {
    for (const Text column : op.columns) values_changed(*record, column);
    note_rows(*record);
    note_events(*record, true, op.columns);
  }
  filled(op.table, op.columns);
}

void Replay::effect(const Delete& op) {
  if (const Record* record = find(op.table)) note_parent_events(*record);
  const bool all = (!op.where || op.where.always_true) && op.using_.empty();
  Record* record = all ? altered(op.table) : nullptr;
  if (!record) return filled(op.table, op.where.columns);
  // The dead rows stay in the table, so that it is not as good as empty to whoever reads it.
  record->facts.cleared = now;
}

// Which columns a MERGE sets is not told: the benefit of the doubt.
void Replay::effect(const Merge& op) {
  wrote(op.table);
  Record* record = op.updates || op.deletes ? find(op.table) : nullptr;
  if (!record) return;
  for (Column& column : record->facts.columns) column.filled = true;
}

void Replay::filled(const Name& table, List<Text> columns) {
  Record* record = columns.empty() ? nullptr : altered(table);
  if (!record) return;
  for (const Text& name : columns)
    if (Column* column = altered_column(*record, name)) column->filled = true;
}

void Replay::effect(const Truncate& op) {
  Record* record = altered(op.table);
  if (!record) return;
  emptied(*record);
  if (!op.cascade) return;
  for (const Key& key : facts.referencing(record->key()))
    if (Record* child = facts.find(key)) emptied(*child);
}

void Replay::emptied(Record& record) {
  record.facts.emptied = now;
  for (const Key& key : facts.descendants(record))
    if (Record* below = facts.find(key)) below->facts.emptied = now;
}

void Replay::values_changed(Record& record, Text column) {
  erase_if(record.facts.lost_keys, [&](const Index& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end() ||
           std::find(key.mentioned.begin(), key.mentioned.end(), column) != key.mentioned.end();
  });
}

void Replay::wrote(const Name& table) {
  Record* record = find(table);
  if (!record) return;
  record->facts.lost_keys.clear();
  record->facts.emptied = record->facts.cleared = {};
  record->facts.inserted = now;
  for (const Key& key : record->parents)
    if (Record* parent = facts.find(key)) parent->facts.emptied = parent->facts.cleared = {};
  note_rows(*record);
}

void Replay::note_rows(Record& record) {
  if (record.facts.rows_written) return;
  record.facts.rows_written = true;
  for (const Key& key : facts.descendants(record))
    if (Record* partition = facts.find(key)) partition->facts.rows_written = true;
}

}  // namespace migguard::schema
