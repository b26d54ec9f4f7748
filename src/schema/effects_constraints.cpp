// What constraints cost: added, validated, dropped, renamed.
#include <schema/proof.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;

bool contains(List<Text> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool proved(const Evaluation& at, const Record& table, std::string_view column) {
  return proved(at, table, not_null(column));
}

// Whether it can be told that the table has no constraint of the name.
bool lacks_constraint(const Evaluation& at, const Record& table, std::string_view name) {
  return table.facts.create_seen && !at.facts().opaque && !table.facts.constraint(name) &&
         !table.facts.not_null_column(name);
}

void add_index_constraint(Evaluation& at, const AddConstraint& op, const Record& table) {
  const ConstraintDefinition& definition = op.constraint;
  const bool primary_key = definition.kind == ConstraintKind::primary_key;
  if (primary_key) refuse_second_key(at, table);
  if (!definition.using_index.empty()) {
    const Index* index = table.facts.index(definition.using_index);
    if (!index) return;
    if (!index->unique) at.fails(cat(definition.using_index, " is not a unique index"));
    if (index->partial) at.fails(cat(definition.using_index, " is a partial index"));
    if (!index->default_order)
      at.fails(cat(definition.using_index, " does not have the default sort order"));
    if (!index->mentioned.empty() && !index->partial)
      at.fails(cat(definition.using_index, " has an expression"));
    if (!index->constraint.empty())
      at.fails(cat(definition.using_index, " belongs to a constraint already"));
    if (table.partitioned()) at.fails("USING INDEX is not supported on partitioned tables");
    const bool renamed = !definition.name.empty() && definition.name != definition.using_index;
    at.lock_index(table, index->name,
                  renamed ? LockMode::share_update_exclusive : LockMode::access_share);
    for (const Text column : index->columns)
      if (primary_key && !proved(at, table, column))
        at.scan(table, cat("to find rows with NULL in ", column));
    return;
  }
  refuse_missing(at, table, definition.columns);
  if (definition.kind == ConstraintKind::exclusion) {
    if (table.partitioned() && at.version < 17)
      at.fails("exclusion constraints of partitioned tables need PostgreSQL 17",
               Effects::Failure::old_server);
  } else {
    refuse_key(at, table, definition.columns);
  }
  // What inherits the columns inherits NOT NULL, though no key.
  if (primary_key && !table.partitioned() && !op.only)
    for (const Record* each : at.touched(table)) {
      if (each == &table) continue;
      at.lock(*each, full, "inherits NOT NULL");
      for (const Text& column : definition.columns)
        if (!proved(at, *each, column)) at.scan(*each, cat("to find rows with NULL in ", column));
    }
  for (const Record* each : at.touched(table, op.only || !table.partitioned())) {
    if (each != &table)
      at.lock(*each, at.version >= 18 ? full : LockMode::share, "gets an index of its own");
    const std::string name =
        each == &table && !definition.name.empty() ? std::string(definition.name)
        : primary_key                              ? cat(each->facts.name, "_pkey")
                                                   : cat(each->facts.name, "_",
                            definition.columns.empty() ? Text("expr") : definition.columns.front(),
                            definition.kind == ConstraintKind::exclusion ? "_excl" : "_key");
    at.build_index(*each, name, "to build the index");
  }
}

// The types of two columns that a foreign key ties must be comparable: here, numbers with numbers,
// strings with strings, moments with moments, anything else with itself.
bool comparable(const Evaluation& at, const Column& one, const Column& other) {
  if (!one.type_known || !other.type_known) return true;
  if (one.type.array_dimensions > 0 || other.type.array_dimensions > 0) return true;
  const auto family = [&](const Column& column) -> Text {
    const Text name = column.type.name;
    if (at.replay.find_type(column.type.lookup_name()))
      return {};  // a domain, say: not looked into
    for (const std::string_view each : {"int2", "int4", "int8", "numeric", "float4", "float8"})
      if (name == each) return "number";
    for (const std::string_view each : {"text", "varchar", "bpchar", "name"})
      if (name == each) return "string";
    for (const std::string_view each : {"date", "timestamp", "timestamptz"})
      if (name == each) return "moment";
    for (const std::string_view each : {"uuid", "bool", "bytea", "inet", "interval"})
      if (name == each) return name;
    return {};
  };
  const Text left = family(one);
  const Text right = family(other);
  return left.empty() || right.empty() || left == right;
}

// Why PostgreSQL refuses a foreign key whatever the rows are (ATAddForeignKeyConstraint).
void refuse_reference(Evaluation& at, const ConstraintDefinition& definition, const Record& table) {
  const Record* parent = at.find(definition.references);
  if (!parent || !parent->facts.create_seen || !table.facts.create_seen) return;
  const Relation& facts = parent->facts;
  std::vector<Text> columns(definition.referenced_columns.begin(),
                            definition.referenced_columns.end());
  if (columns.empty()) {
    for (const Constraint& each : facts.constraints)
      if (each.kind == ConstraintKind::primary_key)
        columns.assign(each.columns.begin(), each.columns.end());
    if (columns.empty()) at.fails(cat(printed(*parent), " has no primary key"));
  } else {
    const auto sorted = [](List<Text> list) {
      std::vector<Text> in_order(list.begin(), list.end());
      std::sort(in_order.begin(), in_order.end());
      return in_order;
    };
    const bool unique =
        std::any_of(facts.indexes.begin(), facts.indexes.end(), [&](const Index& each) {
          return each.unique && !each.partial && each.mentioned.empty() &&
                 sorted(each.columns) == sorted(columns);
        });
    if (!unique)
      at.fails(cat("no unique constraint or index of ", printed(*parent),
                   " covers the referenced columns"));
  }
  if (!columns.empty() && !definition.columns.empty() &&
      columns.size() != definition.columns.size())
    at.fails(cat("it has ", definition.columns.size(), " columns and references ", columns.size()));
  if (table.facts.persistence == Persistence::permanent &&
      facts.persistence != Persistence::permanent)
    at.fails(cat("a permanent table may reference permanent tables only, and ", printed(*parent),
                 " is not"));
  for (std::size_t i = 0; i < std::min(columns.size(), definition.columns.size()); ++i) {
    const Column* own = table.facts.column(definition.columns[i]);
    const Column* referenced = facts.column(columns[i]);
    if (own && referenced && !comparable(at, *own, *referenced))
      at.fails(cat(own->name, " (", own->type.text, ") cannot be compared with ", referenced->name,
                   " (", referenced->type.text, ")"));
  }
}

void add_constraint(Evaluation& at, const AddConstraint& op) {
  const ConstraintDefinition& definition = op.constraint;
  const bool foreign_key = definition.kind == ConstraintKind::foreign_key;
  const LockMode mode = foreign_key ? LockMode::share_row_exclusive : full;
  const Record* table = at.lock_named(op.table, mode);
  if (foreign_key && !at.failures_alone) {
    const Record* parent =
        at.lock_named(definition.references, mode, "the foreign key references it");
    if (parent) at.lock_below(*parent, mode, "the foreign key references it");
  }
  if (!table) return;
  if (definition.not_enforced && at.version < 18)
    at.fails("NOT ENFORCED needs PostgreSQL 18", Effects::Failure::old_server);
  if (!definition.name.empty() && table->facts.constraint(definition.name) &&
      !at.together.dropped_constraints.contains(definition.name))
    at.fails(cat("there is a constraint ", definition.name, " already"));
  const bool checked = !definition.not_valid && !definition.not_enforced;
  const std::vector<const Record*> tables = at.touched(*table, op.only || definition.no_inherit);
  switch (definition.kind) {
    case ConstraintKind::check:
      if (op.only && !definition.no_inherit && !table->children.empty())
        at.fails("the constraint must be added to the child tables, too");
      refuse_missing(at, *table, definition.check->columns);
      for (const Record* each : tables) {
        at.lock(*each, full, each == table ? "" : "inherits the constraint");
        if (checked) at.scan(*each, "to check every row");
      }
      break;
    case ConstraintKind::not_null:
      if (at.version < 18)
        at.fails("NOT NULL as a table constraint needs PostgreSQL 18",
                 Effects::Failure::old_server);
      for (const Record* each : tables) {
        at.lock(*each, full, each == table ? "" : "inherits NOT NULL");
        for (const Text& column : definition.columns)
          if (checked && !proved(at, *each, column))
            at.scan(*each, cat("to find rows with NULL in ", column));
      }
      break;
    case ConstraintKind::foreign_key:
      refuse_missing(at, *table, definition.columns);
      refuse_reference(at, definition, *table);
      if (definition.not_valid && !definition.not_enforced && table->partitioned() &&
          at.version < 18)
        at.fails("NOT VALID foreign keys of partitioned tables need PostgreSQL 18",
                 Effects::Failure::old_server);
      for (const Record* each : tables) {
        if (each != table && !table->partitioned()) break;
        at.lock(*each, mode, each == table ? "" : "a partition gets the foreign key");
        if (checked) at.scan(*each, "to look up every row's reference");
      }
      // One query joins both, and reads the parent whole unless the plan finds an index cheaper.
      if (!checked || at.failures_alone) break;
      if (const Record* parent = at.find(definition.references))
        for (const Record* each : at.tree(*parent)) at.scan(*each, "the rows are looked up in it");
      break;
    default:
      if (definition.without_overlaps && at.version < 18)
        at.fails("WITHOUT OVERLAPS needs PostgreSQL 18", Effects::Failure::old_server);
      add_index_constraint(at, op, *table);
  }
}

void drop_constraint(Evaluation& at, const DropConstraint& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  const Constraint* constraint = table->facts.constraint(op.constraint);
  if (!constraint) {
    if (table->facts.not_null_column(op.constraint)) at.lock_below(*table, full, "inherits it");
    if (!op.if_exists && lacks_constraint(at, *table, op.constraint))
      at.fails(cat("there is no constraint ", op.constraint));
    return;
  }
  if (constraint->inherited) at.fails(cat(op.constraint, " is inherited"));
  if (!constraint->no_inherit)
    for (const Record* each : at.tree(*table))
      if (each != table && (table->partitioned() || constraint->kind == ConstraintKind::check))
        at.lock(*each, full, "inherits the constraint");
  if (constraint->kind == ConstraintKind::foreign_key)
    if (const Record* parent = at.find(constraint->references())) {
      at.lock(*parent, full, "its foreign key triggers are dropped");
      at.lock_below(*parent, full, "its foreign key triggers are dropped");
    }
  if (!constraint->index.empty()) {
    at.lock_index(*table, constraint->index, full, "dropped with the constraint");
    for (const Key& key : at.facts().referencing(table->key())) {
      const Record* child = at.find(key);
      if (!child) continue;
      for (const Constraint& each : child->facts.constraints) {
        if (each.kind != ConstraintKind::foreign_key || each.references() != table->key() ||
            !same(each.referenced_columns, constraint->columns))
          continue;
        if (child == table && at.together.dropped_constraints.contains(each.name)) continue;
        if (op.cascade)
          at.lock(*child, full, "loses its foreign key");
        else
          at.fails(cat("the foreign key ", each.name, " of ", printed(*child), " depends on it"));
      }
    }
  }
}

void validate(Evaluation& at, const ValidateConstraint& op) {
  constexpr LockMode mode = LockMode::share_update_exclusive;
  const Record* table = at.lock_named(op.table, mode);
  if (!table) return;
  const Constraint* constraint = table->facts.constraint(op.constraint);
  // One that the same statement adds is not there yet.
  const bool unknown = !constraint && !table->facts.not_null_column(op.constraint);
  if (constraint && constraint->valid) return;
  if (lacks_constraint(at, *table, op.constraint) &&
      !at.together.added_constraints.contains(op.constraint) &&
      !at.together.added_constraints.contains(Text()))
    at.fails(cat("there is no constraint ", op.constraint));
  if (op.only && constraint && constraint->kind == ConstraintKind::check &&
      !constraint->no_inherit && !table->children.empty())
    at.fails("the constraint must be validated on the child tables, too");
  for (const Record* each : at.tree(*table)) {
    if (each != table && constraint && constraint->kind == ConstraintKind::foreign_key &&
        !table->partitioned())
      break;
    at.lock(*each, mode, each == table ? "" : "inherits the constraint");
    at.scan(*each, "to check every row");
  }
  if (unknown && !table->facts.create_seen) at.now->known = false;
  if (constraint && constraint->kind == ConstraintKind::foreign_key)
    if (const Record* parent = at.find(constraint->references())) {
      at.lock(*parent, LockMode::row_share, "the foreign key references it");
      for (const Record* each : at.tree(*parent)) at.scan(*each, "the rows are looked up in it");
    }
}

void alter_constraint(Evaluation& at, const AlterConstraint& op) {
  const Record* table = at.lock_named(op.table, full);
  const Constraint* constraint = table ? table->facts.constraint(op.constraint) : nullptr;
  if (op.enforced && at.version < 18)
    at.fails("[NOT] ENFORCED needs PostgreSQL 18", Effects::Failure::old_server);
  const Record* parent = constraint && constraint->kind == ConstraintKind::foreign_key
                             ? at.find(constraint->references())
                             : nullptr;
  if (!parent) return;
  if (!op.enforced) {
    // Deferral is written into the triggers of both tables without a lock on the parent.
  } else if (*op.enforced) {
    at.lock(*parent, LockMode::share_row_exclusive, "the foreign key references it");
    at.scan(*table, "to look up every row's reference");
  } else {
    at.lock(*parent, full, "its foreign key triggers are dropped");
  }
}

}  // namespace

void refuse_key(Evaluation& at, const Record& table, List<Text> columns) {
  for (const Record* each : at.tree(table)) {
    const Rarity* rarity = each->partitioned() ? at.facts().rarity(each->key()) : nullptr;
    if (!rarity) continue;
    for (const Text& key : rarity->partition_columns)
      if (key.empty())
        at.fails("no key can be unique where the partition key is an expression");
      else if (!contains(columns, key))
        at.fails(cat("a key of a partitioned table must include ", key, ", which partitions it"));
  }
}

bool work_out_constraint(Evaluation& at, const Op& op) {
  if (const auto* add = std::get_if<AddConstraint>(&op)) {
    add_constraint(at, *add);
  } else if (const auto* drop = std::get_if<DropConstraint>(&op)) {
    drop_constraint(at, *drop);
  } else if (const auto* check = std::get_if<ValidateConstraint>(&op)) {
    validate(at, *check);
  } else if (const auto* alter = std::get_if<AlterConstraint>(&op)) {
    alter_constraint(at, *alter);
  } else if (const auto* rename = std::get_if<RenameConstraint>(&op)) {
    const Record* table = at.lock_named(rename->table, full);
    const Constraint* constraint = table ? table->facts.constraint(rename->constraint) : nullptr;
    if (table && lacks_constraint(at, *table, rename->constraint))
      at.fails(cat("there is no constraint ", rename->constraint));
    if (table && table->facts.constraint(rename->new_name))
      at.fails(cat("there is a constraint ", rename->new_name, " already"));
    if (!constraint) return true;
    if (constraint->kind == ConstraintKind::check) at.lock_below(*table, full, "inherits it");
    if (!constraint->index.empty())
      at.lock_index(*table, constraint->index, LockMode::share_update_exclusive);
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
