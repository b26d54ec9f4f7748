// Constraints, in the order and with the names that PostgreSQL gives them.
#include <schema/generated_names.hpp>
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

// PRIMARY KEY and UNIQUE of a column that no constraint of its own stands for.
constexpr ConstraintDefinition implied_primary_key{.kind = ConstraintKind::primary_key};
constexpr ConstraintDefinition implied_unique{.kind = ConstraintKind::unique};

std::vector<Text> distinct(List<Text> texts) {
  std::vector<Text> names;
  for (const Text& text : texts)
    if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
  return names;
}

// The columns of an exclusion constraint have no name where they are expressions.
List<Text> without_expressions(Store& store, List<Text> columns) {
  if (std::find(columns.begin(), columns.end(), Text()) == columns.end()) return columns;
  std::vector<Text> names(columns.begin(), columns.end());
  std::erase(names, Text());
  return store.keep(names);
}

bool needs_index(ConstraintKind kind) {
  return kind == ConstraintKind::primary_key || kind == ConstraintKind::unique ||
         kind == ConstraintKind::exclusion;
}

// Whether PostgreSQL makes one index of both: `id int PRIMARY KEY UNIQUE`
// (transformIndexConstraints in src/backend/parser/parse_utilcmd.c).
bool same_index(const Replay::Pending& one, const Replay::Pending& other) {
  const ConstraintDefinition& left = *one.definition;
  const ConstraintDefinition& right = *other.definition;
  return left.kind != ConstraintKind::exclusion && right.kind != ConstraintKind::exclusion &&
         same(one.columns, other.columns) && same(left.include, right.include) &&
         left.deferrable == right.deferrable &&
         left.nulls_not_distinct == right.nulls_not_distinct &&
         left.without_overlaps == right.without_overlaps;
}

}  // namespace

std::vector<Replay::Pending> Replay::pending_constraints(List<ColumnDefinition> columns,
                                                         List<ConstraintDefinition> constraints) {
  std::vector<Pending> pending;
  for (const ColumnDefinition& column : columns) {
    const List<Text> itself(&column.name, 1);
    bool primary_key = false;
    bool unique = false;
    for (const ConstraintDefinition& each : column.constraints) {
      primary_key = primary_key || each.kind == ConstraintKind::primary_key;
      unique = unique || each.kind == ConstraintKind::unique;
      if (each.kind == ConstraintKind::not_null) continue;  // the column was made so
      pending.push_back({&each, each.columns.empty() ? itself : each.columns, each.name});
    }
    if (column.primary_key && !primary_key) pending.push_back({&implied_primary_key, itself, {}});
    if (column.unique && !unique) pending.push_back({&implied_unique, itself, {}});
  }
  for (const ConstraintDefinition& each : constraints)
    pending.push_back({&each, each.columns, each.name});
  return pending;
}

void Replay::add_constraints(Record& record, const std::vector<Pending>& constraints, bool empty) {
  if (constraints.empty()) return;
  for (const Pending& each : constraints) {
    if (each.definition->kind == ConstraintKind::check) add_check(record, each, empty);
    if (each.definition->kind != ConstraintKind::not_null) continue;
    for (const Text& name : each.columns)
      if (Column* column = altered_column(record, name))
        facts.set_not_null(record, *column, each.definition->name,
                           empty || !each.definition->not_valid);
  }

  std::vector<Pending> indexed;
  for (const Pending& each : constraints)
    if (each.definition->kind == ConstraintKind::primary_key) indexed.push_back(each);
  for (const Pending& each : constraints)
    if (needs_index(each.definition->kind) &&
        each.definition->kind != ConstraintKind::primary_key) {
      // The first of two alike stays, and takes the name of the second where it has none of its
      // own.
      const auto alike = std::find_if(indexed.begin(), indexed.end(), [&](const Pending& earlier) {
        return same_index(earlier, each);
      });
      if (each.columns.empty() || alike == indexed.end())
        indexed.push_back(each);
      else if (alike->name.empty())
        alike->name = each.name;
    }
  for (const Pending& each : indexed) add_index_constraint(record, each);
  for (const Pending& each : constraints)
    if (each.definition->kind == ConstraintKind::foreign_key) add_foreign_key(record, each, empty);
}

void Replay::add_check(Record& record, const Pending& pending, bool empty) {
  const ConstraintDefinition& definition = *pending.definition;
  Constraint check;
  check.kind = ConstraintKind::check;
  check.columns = facts.store->keep(distinct(definition.check->columns));
  check.name = pending.name.empty()
                   ? facts.free_constraint_name(
                         record.facts.schema, record.facts.name,
                         check.columns.size() == 1 ? check.columns.front() : Text(), "check")
                   : pending.name;
  check.not_null_columns = definition.check->not_null_columns;
  check.check = definition.check->text;
  check.predicate = definition.predicate;
  check.enforced = !definition.not_enforced;
  check.valid = check.enforced && (empty || !definition.not_valid);
  check.no_inherit = definition.no_inherit;
  check.created = now;
  const Constraint& added = facts.add_constraint(record, std::move(check));
  forget_calls(record, FunctionUse::Part::constraint, added.name);
  note_calls(record, FunctionUse::Part::constraint, added.name, definition.check);
  if (!added.no_inherit && !record.children.empty()) spread_check(record, Constraint(added));
}

void Replay::spread_check(const Record& table, const Constraint& check) {
  for (const Key& key : facts.descendants(table)) {
    Record* child = facts.find(key);
    if (!child) continue;
    if (Constraint* own = child->constraint(check.name)) {
      own->inherited = true;
      continue;
    }
    Constraint copy = check;
    copy.inherited = true;
    facts.add_constraint(*child, std::move(copy));
  }
}

void Replay::add_index_constraint(Record& record, const Pending& pending) {
  const ConstraintDefinition& definition = *pending.definition;
  Constraint constraint;
  constraint.kind = definition.kind;
  constraint.columns = pending.columns;
  constraint.deferrable = definition.deferrable;
  constraint.deferred = definition.initially_deferred;
  constraint.created = now;
  const bool primary_key = definition.kind == ConstraintKind::primary_key;

  if (!definition.using_index.empty()) {
    // The constraint takes the index, and the index takes the constraint's name.
    const Text new_name = pending.name.empty() ? definition.using_index : pending.name;
    if (Index* index = record.index(definition.using_index)) {
      constraint.columns = index->columns;
      if (index->name != new_name) facts.rename_index(record, definition.using_index, new_name);
      if (Index* renamed = record.index(new_name)) {
        renamed->constraint = new_name;
        constraint.index = new_name;
      }
    }
    constraint.name = new_name;
  } else {
    Index index;
    index.method = definition.kind == ConstraintKind::exclusion && !definition.method.empty()
                       ? definition.method
                       : Text("btree");
    index.columns = constraint.columns;
    constraint.columns = without_expressions(store, index.columns);
    index.include = definition.include;
    index.attribute_names = index.columns;
    if (!index.include.empty()) {
      std::vector<Text> names(index.columns.begin(), index.columns.end());
      names.insert(names.end(), index.include.begin(), index.include.end());
      index.attribute_names = facts.store->keep(names);
    }
    index.unique = definition.kind != ConstraintKind::exclusion;
    index.created = now;
    const std::string_view label = primary_key                                    ? "pkey"
                                   : definition.kind == ConstraintKind::exclusion ? "excl"
                                                                                  : "key";
    index.name = pending.name;
    if (index.name.empty()) {
      const auto addition = primary_key ? std::string() : name_addition(index.attribute_names);
      index.name =
          facts.free_relation_name(record.facts.schema, record.facts.name, addition, label, true);
    } else if (Record* other = facts.table_of_index({record.facts.schema, index.name})) {
      facts.drop_index(*other, index.name);
    }
    index.constraint = index.name;
    constraint.index = index.name;
    constraint.name = index.name;
    facts.add_index(record, std::move(index));
  }
  if (primary_key)
    for (const Text name : constraint.columns)
      if (Column* column = altered_column(record, name)) facts.set_not_null(record, *column);
  const Constraint& added = facts.add_constraint(record, std::move(constraint));
  if (record.partitioned() && !added.index.empty()) spread_index(record.key(), added.index);
}

void Replay::add_foreign_key(Record& record, const Pending& pending, bool empty) {
  const ConstraintDefinition& definition = *pending.definition;
  Constraint foreign_key;
  foreign_key.kind = ConstraintKind::foreign_key;
  foreign_key.columns = pending.columns;
  foreign_key.referenced_columns = definition.referenced_columns;
  if (const Record* referenced = altered(definition.references)) {
    foreign_key.references_schema = referenced->facts.schema;
    foreign_key.references_table = referenced->facts.name;
    if (foreign_key.referenced_columns.empty())
      for (const Constraint& each : referenced->facts.constraints)
        if (each.kind == ConstraintKind::primary_key) foreign_key.referenced_columns = each.columns;
  } else {
    const Key key = key_to_create(definition.references);
    foreign_key.references_schema = key.schema;
    foreign_key.references_table = key.name;
  }
  foreign_key.name = pending.name.empty()
                         ? facts.free_constraint_name(record.facts.schema, record.facts.name,
                                                      name_addition(foreign_key.columns), "fkey")
                         : pending.name;
  foreign_key.enforced = !definition.not_enforced;
  foreign_key.valid = foreign_key.enforced && (empty || !definition.not_valid);
  foreign_key.on_delete = definition.on_delete;
  foreign_key.deferrable = definition.deferrable;
  foreign_key.deferred = definition.initially_deferred;
  foreign_key.created = now;
  const Constraint& added = facts.add_constraint(record, std::move(foreign_key));
  if (record.partitioned()) spread_foreign_key(record, Constraint(added));
}

void Replay::inherit_foreign_key(Record& child, const Constraint& foreign_key) {
  for (Constraint& own : child.facts.constraints) {
    if (own.kind != ConstraintKind::foreign_key || own.inherited ||
        !same(own.columns, foreign_key.columns) ||
        !same(own.referenced_columns, foreign_key.referenced_columns) ||
        own.references_schema != foreign_key.references_schema ||
        own.references_table != foreign_key.references_table)
      continue;
    own.inherited = true;
    return;
  }
  Constraint copy = foreign_key;
  copy.inherited = true;
  copy.created = now;
  if (child.constraint(copy.name))
    copy.name = facts.free_constraint_name(child.facts.schema, child.facts.name,
                                           name_addition(copy.columns), "fkey");
  facts.add_constraint(child, std::move(copy));
}

void Replay::spread_foreign_key(const Record& table, const Constraint& foreign_key) {
  for (const Key& key : facts.descendants(table))
    if (Record* child = facts.find(key)) inherit_foreign_key(*child, foreign_key);
}

void Replay::effect(const AddConstraint& op) {
  Record* table = altered(op.table);
  if (!table) return;
  const ConstraintDefinition& definition = op.constraint;
  if (!definition.name.empty() && table->constraint(definition.name)) {
    if (lenient(op, false)) return;
    const Key key = table->key();
    facts.drop_constraint(*table, definition.name, false);
    table = facts.find(key);
    if (!table) return;
  }
  add_constraints(*table, {{&definition, definition.columns, definition.name}}, false);
}

void Replay::effect(const DropConstraint& op) {
  Record* table = altered(op.table);
  if (!table) return;
  const Constraint* constraint = table->constraint(op.constraint);
  if (!constraint) {
    if (const Column* column = table->facts.not_null_column(op.constraint)) {
      const Text column_name = column->name;
      facts.drop_not_null(*table, *table->column(column_name));
    }
    return;
  }
  const Constraint dropped = *constraint;
  keep_key(*table, dropped.index);
  facts.drop_constraint(*table, op.constraint, op.cascade);
  if (!dropped.index.empty()) return;  // the partitions' went with the index
  for (const Key& key : facts.descendants(*table)) {
    Record* child = facts.find(key);
    if (!child) continue;
    Text name;
    for (const Constraint& each : child->facts.constraints) {
      const bool alike = dropped.kind == ConstraintKind::foreign_key
                             ? same(each.columns, dropped.columns) &&
                                   each.references_schema == dropped.references_schema &&
                                   each.references_table == dropped.references_table
                             : each.name == dropped.name;
      if (each.inherited && each.kind == dropped.kind && alike) name = each.name;
    }
    if (!name.empty()) facts.drop_constraint(*child, name, false);
  }
}

void Replay::effect(const ValidateConstraint& op) {
  Record* table = altered(op.table);
  if (!table) return;
  std::vector<Key> keys = facts.descendants(*table);
  keys.push_back(table->key());
  for (const Key& key : keys) {
    Record* each = facts.find(key);
    if (!each) continue;
    if (Constraint* constraint = each->constraint(op.constraint)) constraint->valid = true;
    for (Column& column : each->facts.columns)
      if (not_null_is_called(each->facts, column, op.constraint)) column.not_null_valid = true;
  }
}

void Replay::effect(const AlterConstraint& op) {
  Record* table = altered(op.table);
  Constraint* constraint = table ? table->constraint(op.constraint) : nullptr;
  if (!constraint) return;
  if (op.enforced) constraint->enforced = constraint->valid = *op.enforced;
  if (op.inherit) constraint->no_inherit = !*op.inherit;
  if (op.deferrable) constraint->deferrable = *op.deferrable;
  if (op.initially_deferred) constraint->deferred = *op.initially_deferred;
}

void Replay::effect(const RenameConstraint& op) {
  Record* table = altered(op.table);
  if (!table) return;
  const Constraint* constraint = table->constraint(op.constraint);
  const bool check = constraint && constraint->kind == ConstraintKind::check;
  facts.rename_constraint(*table, op.constraint, op.new_name);
  if (!check) return;
  for (const Key& key : facts.descendants(*table))
    if (Record* child = facts.find(key))
      facts.rename_constraint(*child, op.constraint, op.new_name);
}

}  // namespace migguard::schema
