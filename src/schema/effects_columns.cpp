// What ALTER TABLE does for its columns: added, dropped, changed, defaults, NOT NULL.
#include <schema/proof.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;

bool contains(List<Text> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A default may name a sequence, which is then locked.
void lock_default_sequence(Evaluation& at, const Expression& value, LockMode mode) {
  for (const FunctionCall& call : value.functions)
    if (call.name.name == "nextval" && !call.literal.empty())
      if (const Record* sequence = at.find(name_in(call.literal)))
        at.lock(*sequence, mode, "the default takes its values from it");
}

void lock_references(Evaluation& at, const ConstraintDefinition& definition) {
  const Record* parent = at.lock_named(definition.references, LockMode::share_row_exclusive,
                                       "the foreign key references it");
  if (!parent) return;
  at.lock_below(*parent, LockMode::share_row_exclusive, "the foreign key references it");
  if (at.version < 16) return;
  for (const Index& index : parent->facts.indexes)
    if (index.unique && !index.constraint.empty()) {
      const Constraint* key = parent->facts.constraint(index.constraint);
      if (key && key->kind == ConstraintKind::primary_key)
        at.lock_index(*parent, index.name, LockMode::access_share);
    }
}

// A table of a composite type has the type's columns (CREATE TABLE ... OF).
void refuse_typed(Evaluation& at, const Record& table) {
  const Rarity* rarity = at.facts().rarity(table.key());
  if (rarity && !rarity->of_type.name.empty())
    at.fails(cat(printed(table), " is a table of the type ", rarity->of_type.name));
}

// Why adding a column writes every row anew; empty where it does not.
std::string_view why_rewritten(const Evaluation& at, const ColumnDefinition& column,
                               const ColumnType& type, const Type* domain, bool has_default) {
  if (column.serial || column.identity != Identity::none)
    return "every row gets a number from the sequence";
  if (column.generated == Generated::stored)
    return "the generated values are worked out for every row";
  if (column.generated == Generated::none && domain_is_constrained(at, type))
    return "the domain's constraints are checked for every row";
  if (has_default && at.replay.is_volatile(column.default_value))
    return "the default is volatile: every row gets a value of its own";
  if (!column.default_value && domain && domain->default_volatile &&
      column.generated == Generated::none)
    return "the domain's default is volatile: every row gets a value of its own";
  return {};
}

void add_column(Evaluation& at, const AddColumn& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  const ColumnDefinition& column = op.column;
  const bool replaced = at.together.dropped_columns.contains(column.name);
  if (table->facts.column(column.name) && !replaced) {
    if (!op.if_not_exists) at.fails(cat("column ", column.name, " is there already"));
    return;
  }
  if (table->facts.kind == RelationKind::view) at.fails(cat(printed(*table), " is a view"));
  if (!table->facts.partition_of.empty()) at.fails("a column cannot be added to a partition alone");
  if (op.only && !table->children.empty())
    at.fails("the column must be added to the child tables, too");
  refuse_typed(at, *table);
  if (column.generated == Generated::virtual_ && at.version < 18)
    at.fails("virtual generated columns need PostgreSQL 18", Effects::Failure::old_server);
  const std::vector<const Record*> tables = at.touched(*table, op.only);
  for (const Record* each : tables)
    at.lock(*each, full, each == table ? "" : "inherits the column");

  refuse_definition(at, table, column);
  // Whether rows get a value makes it fail only where there are some, and they need one.
  const bool rows_matter = !at.failures_alone || (column.not_null && has_rows_below(*table));
  const ColumnType type = rows_matter ? at.replay.resolve(column.type) : ColumnType();
  const Type* domain = rows_matter ? at.replay.find_type(type.lookup_name()) : nullptr;
  const bool has_default =
      column.default_value && column.default_value->kind != ExpressionKind::null;
  const std::string_view why =
      rows_matter ? why_rewritten(at, column, type, domain, has_default) : std::string_view();
  if (at.version < 17 && column.identity != Identity::none && table->partitioned())
    at.fails("identity columns of partitioned tables need PostgreSQL 17",
             Effects::Failure::old_server);
  for (const Record* each : tables)
    if (!why.empty()) at.rewrite(*each, why);
  if (has_default && !at.failures_alone)
    lock_default_sequence(at, column.default_value,
                          why.empty() ? LockMode::access_share : LockMode::row_exclusive);
  const bool given = has_default || !why.empty() || column.generated != Generated::none ||
                     (domain && domain->default_value);
  if (rows_matter && column.not_null && !given && has_rows_below(*table))
    at.fails(cat("the rows that are there have no value for ", column.name,
                 ", which is NOT NULL without a default"),
             Effects::Failure::rows);
  if (column.not_null && column.generated == Generated::virtual_)
    for (const Record* each : tables) at.scan(*each, "to find rows where the new column is NULL");

  bool key = false;
  for (const ConstraintDefinition& each : column.constraints) {
    if (each.kind == ConstraintKind::check && !each.not_enforced)
      for (const Record* child : tables) at.scan(*child, "to check every row");
    if (each.kind == ConstraintKind::foreign_key) {
      lock_references(at, each);
      if (given && !each.not_enforced && !each.not_valid)
        for (const Record* child : tables) at.scan(*child, "to look up every row's reference");
    }
    key |= each.kind == ConstraintKind::primary_key;
  }
  if (column.primary_key || key) refuse_second_key(at, *table);
  if (column.primary_key || column.unique) refuse_key(at, *table, {&column.name, 1});
  if (column.primary_key || column.unique)
    for (const Record* each : tables)
      at.build_index(*each,
                     column.primary_key ? cat(each->facts.name, "_pkey")
                                        : cat(each->facts.name, "_", column.name, "_key"),
                     "to build the index");
}

// The trigger, policy or rule that names a column, if one of these kinds does.
std::string user_of(const Record& table, std::string_view column,
                    std::initializer_list<ObjectKind> kinds) {
  for (const ColumnUser& each : table.facts.column_users)
    if (std::find(kinds.begin(), kinds.end(), each.kind) != kinds.end() &&
        contains(each.columns, column))
      return cat("the ",
                 each.kind == ObjectKind::trigger  ? "trigger "
                 : each.kind == ObjectKind::policy ? "policy "
                                                   : "rule ",
                 each.name);
  return {};
}

// Whether it is in the partition key of the table or of a partition below it.
bool in_partition_key(const Evaluation& at, const Record& table, std::string_view column) {
  const auto tree = at.tree(table);
  return std::any_of(tree.begin(), tree.end(), [&](const Record* each) {
    const Rarity* rarity = each->partitioned() ? at.facts().rarity(each->key()) : nullptr;
    return rarity && contains(rarity->partition_columns, column);
  });
}

// What depends on a column and refuses to let it go.
std::string refusal_to_drop(const Evaluation& at, const Record& table, std::string_view column) {
  if (std::string user =
          user_of(table, column, {ObjectKind::trigger, ObjectKind::policy, ObjectKind::rule});
      !user.empty())
    return cat(user, " depends on it");
  for (const Column& each : table.facts.columns)
    if (contains(each.generated_from, column) && !at.together.dropped_columns.contains(each.name))
      return cat("the generated column ", each.name, " depends on it");
  for (const Key& key : at.facts().reading(table.key())) {
    const Record* view = at.find(key);
    if (view && view->reads.size() == 1 && contains(view->facts.reads_columns, column))
      return cat("the view ", printed(*view), " depends on it");
  }
  for (const Key& key : at.facts().referencing(table.key(), column)) {
    const Record* child = at.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints)
      if (each.kind == ConstraintKind::foreign_key && child != &table &&
          each.references() == table.key() && contains(each.referenced_columns, column))
        return cat("the foreign key ", each.name, " of ", printed(*child), " depends on it");
  }
  return {};
}

void drop_column(Evaluation& at, const DropColumn& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  const Column* column = table->facts.column(op.column);
  if (!column) {
    if (!op.if_exists && table->facts.create_seen) at.fails(cat("there is no column ", op.column));
    return;
  }
  refuse_typed(at, *table);
  if (column->inherited) at.fails(cat("the column ", op.column, " is inherited"));
  if (in_partition_key(at, *table, op.column)) at.fails(cat(op.column, " is in the partition key"));
  if (op.only && table->partitioned() && !table->children.empty())
    at.fails("the column cannot be dropped from the partitioned table alone");
  if (op.only) {
    // The children keep the column as their own, and are told so (ATExecDropColumn).
    for (const Key& key : table->children)
      if (const Record* child = at.find(key)) at.lock(*child, full, "keeps the column as its own");
  } else {
    at.lock_below(*table, full, "inherits the column");
  }
  if (!op.cascade) {
    if (std::string why = refusal_to_drop(at, *table, op.column); !why.empty())
      at.fails(std::move(why), Effects::Failure::depended);
  }
  for (const Record* each : at.touched(*table, op.only)) {
    for (const Constraint& constraint : each->facts.constraints)
      if (constraint.kind == ConstraintKind::foreign_key && contains(constraint.columns, op.column))
        if (const Record* parent = at.find(constraint.references()))
          at.lock(*parent, full, "its foreign key triggers are dropped");
    for (const Index& index : each->facts.indexes)
      if (contains(index.columns, op.column) || contains(index.mentioned, op.column) ||
          contains(index.include, op.column))
        at.lock_index(*each, index.name, full, "dropped with the column");
    for (const Key& key : each->owned) {
      const Record* sequence = at.find(key);
      if (sequence && sequence->facts.owned_by_column == op.column)
        at.lock(*sequence, full, "dropped with the column");
    }
  }
  if (!op.cascade) return;
  for (const Key& key : at.facts().reading(table->key())) {
    const Record* view = at.find(key);
    if (view && contains(view->facts.reads_columns, op.column))
      at.lock(*view, full, "dropped with the column");
  }
  for (const Key& key : at.facts().referencing(table->key(), op.column)) {
    const Record* child = at.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints)
      if (each.kind == ConstraintKind::foreign_key && each.references() == table->key() &&
          contains(each.referenced_columns, op.column))
        at.lock(*child, full, "loses its foreign key");
  }
}

void set_not_null(Evaluation& at, const SetNotNull& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  if (op.only && table->partitioned() && !table->children.empty()) {
    const bool every =
        std::all_of(table->children.begin(), table->children.end(), [&](const Key& key) {
          const Record* child = at.find(key);
          const Column* column = child ? child->facts.column(op.column) : nullptr;
          return column && column->not_null == Known::yes;
        });
    if (!every) at.fails("NOT NULL must be set on the partitions, too");
  }
  for (const Record* each : at.tree(*table, op.only)) {
    at.lock(*each, full, each == table ? "" : "inherits NOT NULL");
    const Column* column = each->facts.column(op.column);
    if (!column) {
      if (each == table && table->facts.create_seen &&
          !at.together.added_columns.contains(op.column))
        at.fails(cat("there is no column ", op.column));
      if (table->facts.create_seen) continue;
    }
    if (at.failures_alone || proved(at, *each, not_null(op.column))) continue;
    at.scan(*each, cat("to find rows with NULL in ", op.column));
  }
}

void drop_not_null(Evaluation& at, const DropNotNull& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  refuse_missing(at, *table, {&op.column, 1});
  if (!op.only) at.lock_below(*table, full, "inherits NOT NULL");
  if (const Record* parent = table->facts.partition_of.empty() || table->parents.empty()
                                 ? nullptr
                                 : at.find(table->parents.front())) {
    const Column* above = parent->facts.column(op.column);
    if (above && above->not_null == Known::yes)
      at.fails(cat(op.column, " is NOT NULL in the partitioned table ", printed(*parent)));
  }
  for (const Constraint& each : table->facts.constraints)
    if (each.kind == ConstraintKind::primary_key && contains(each.columns, op.column) &&
        !at.together.dropped_constraints.contains(each.name))
      at.fails(cat(op.column, " is in the primary key"));
  const Column* column = table->facts.column(op.column);
  if (column && column->identity != Identity::none)
    at.fails(cat(op.column, " is an identity column"));
}

// ADD GENERATED ... AS IDENTITY (ATExecAddIdentity).
void refuse_identity(Evaluation& at, const Column& column) {
  if (column.not_null == Known::no) at.fails(cat(column.name, " must be NOT NULL first"));
  if (column.identity != Identity::none)
    at.fails(cat(column.name, " is an identity column already"));
  if (column.has_default && !at.together.dropped_defaults.contains(column.name))
    at.fails(cat(column.name, " has a default already"));
  if (column.type_known && column.type.schema.empty() && column.type.name != "int2" &&
      column.type.name != "int4" && column.type.name != "int8")
    at.fails(cat("an identity column must be smallint, integer or bigint, and ", column.name,
                 " is ", column.type.text));
}

// smallserial, serial, bigserial and their other names.
bool serial(const Name& type) {
  return type.schema.empty() &&
         (type.name == "serial" || type.name == "bigserial" || type.name == "smallserial");
}

// Whether the column's default becomes one of the new type by itself. PostgreSQL looks through the
// cast that an assignment has put around it, so that only a constant tells its type.
bool default_assigns(const Evaluation& at, const Column& column, const ColumnType& target) {
  const Text text = column.default_text;
  if (text.empty()) return true;
  const bool cast = text.find("::") != Text::npos;
  const bool constant = text.front() == '\'' && text.back() == '\'' && !cast;
  const bool of_own_type =
      text.front() == '\'' && cast && !column.default_types.empty() &&
      std::all_of(column.default_types.begin(), column.default_types.end(),
                  [&](const ColumnType& each) { return each.name == column.type.name; });
  const bool boolean = column.type.name == "bool" && (text == "true" || text == "false");
  return !(constant || of_own_type || boolean) || assigns(at, column.type, target);
}

void change_type(Evaluation& at, const ChangeType& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  const Column* column = table->facts.column(op.column);
  if (!column) {
    if (table->facts.create_seen) at.fails(cat("there is no column ", op.column));
    at.rewrite(*table, "the values of the column are written anew");
    at.now->known = false;
    return;
  }
  if (column->inherited) at.fails(cat("the column ", op.column, " is inherited"));
  const ColumnType target = at.replay.resolve(op.type);
  const TypeChange change = type_change(at, *column, op);
  if (!change.certain) at.now->known = false;
  refuse_typed(at, *table);
  if (serial(op.type.name) && !at.replay.find_type(op.type.name))
    at.fails(cat("there is no type ", op.type.name.name, ": it is a word of CREATE TABLE"));
  if (column->has_default && column->type_known &&
      !at.together.dropped_defaults.contains(op.column) && !default_assigns(at, *column, target))
    at.fails(
        cat("the default of ", op.column, " cannot be cast automatically to type ", target.text));
  if (!change.possible)
    at.fails(cat("column ", op.column, " cannot be cast automatically to type ", target.text));
  for (const Column& each : table->facts.columns)
    if (contains(each.generated_from, op.column))
      at.fails(cat("the generated column ", each.name, " uses it"), Effects::Failure::depended);
  if (in_partition_key(at, *table, op.column)) at.fails(cat(op.column, " is in the partition key"));
  if (std::string user =
          user_of(*table, op.column, {ObjectKind::trigger, ObjectKind::policy, ObjectKind::rule});
      !user.empty())
    at.fails(cat(user, " uses the column"), Effects::Failure::depended);
  if (op.only && !table->children.empty())
    at.fails("the type must be changed in the child tables, too");
  for (const Key& key : at.facts().reading(table->key())) {
    const Record* view = at.find(key);
    if (view && view->reads.size() == 1 && contains(view->facts.reads_columns, op.column))
      at.fails(cat("the view ", printed(*view), " uses the column"), Effects::Failure::depended);
  }
  for (const Record* each : at.touched(*table)) {
    at.lock(*each, full, each == table ? "" : "inherits the column");
    if (change.rewrites) at.rewrite(*each, "the values of the column are written anew");
    for (const Index& index : each->facts.indexes) {
      const bool plain = contains(index.columns, op.column) || contains(index.include, op.column);
      const bool mentioned = contains(index.mentioned, op.column);
      if (!plain && !mentioned) continue;
      at.lock_index(*each, index.name, full, "an index on the column");
      if (change.rewrites) continue;
      // A column that is included only is no part of the order (CheckIndexCompatible).
      if (!contains(index.columns, op.column) && !mentioned) continue;
      if (mentioned || index.partial || !same_index_after(*column, target, op.collation)) {
        at.rebuild_index(*each, index.name, "the index must be built again");
        at.scan(*each, "to build its indexes again");
      }
    }
    for (const Constraint& constraint : each->facts.constraints) {
      if (!contains(constraint.columns, op.column)) continue;
      if (constraint.kind == ConstraintKind::check && constraint.valid)
        at.scan(*each, "to verify the check again");
      if (constraint.kind == ConstraintKind::foreign_key)
        if (const Record* parent = at.find(constraint.references()))
          at.lock(*parent, full, "the foreign key is made again");
    }
    for (const Key& key : at.facts().referencing(each->key(), op.column)) {
      const Record* child = at.find(key);
      if (!child) continue;
      for (const Constraint& constraint : child->facts.constraints)
        if (constraint.kind == ConstraintKind::foreign_key &&
            constraint.references() == each->key() &&
            contains(constraint.referenced_columns, op.column)) {
          at.lock(*child, full, "the foreign key is made again");
          if (change.rewrites) at.scan(*child, "to look up every row's reference again");
        }
    }
  }
  for (const Key& key : table->owned) {
    const Record* sequence = at.find(key);
    if (!sequence || sequence->facts.owned_by_column != op.column) continue;
    if (column->identity != Identity::none)
      at.lock(*sequence, LockMode::share_row_exclusive, "gets the type, too");
    else if (column->has_default && at.version >= 16)
      at.lock(*sequence, LockMode::access_share);
  }
}

}  // namespace

bool work_out_column(Evaluation& at, const Op& op) {
  if (const auto* add = std::get_if<AddColumn>(&op)) {
    add_column(at, *add);
  } else if (const auto* drop = std::get_if<DropColumn>(&op)) {
    drop_column(at, *drop);
  } else if (const auto* set = std::get_if<SetNotNull>(&op)) {
    set_not_null(at, *set);
  } else if (const auto* unset = std::get_if<DropNotNull>(&op)) {
    drop_not_null(at, *unset);
  } else if (const auto* type = std::get_if<ChangeType>(&op)) {
    change_type(at, *type);
  } else if (const auto* value = std::get_if<SetDefault>(&op)) {
    const Record* table = at.lock_named(value->table, full);
    if (table) refuse_missing(at, *table, {&value->column, 1});
    const Column* column = table ? table->facts.column(value->column) : nullptr;
    if (column && column->type_known && value->value)
      refuse_default(at, column->type, value->value);
    if (table && !value->only) at.lock_below(*table, full, "inherits the default");
    if (at.version >= 16) lock_default_sequence(at, value->value, LockMode::access_share);
  } else if (const auto* identity = std::get_if<SetIdentity>(&op)) {
    const Record* table = at.lock_named(identity->table, full);
    const Column* column = table ? table->facts.column(identity->column) : nullptr;
    if (!column) return true;
    if (identity->add)
      refuse_identity(at, *column);
    else if (column->identity == Identity::none && column->type_known)
      at.fails(cat(identity->column, " is not an identity column"));
    for (const Key& key : table->owned) {
      const Record* sequence = at.find(key);
      if (sequence && sequence->facts.owned_by_column == identity->column && !identity->add)
        at.lock(*sequence,
                identity->identity == Identity::none ? full : LockMode::share_row_exclusive);
    }
  } else if (const auto* generation = std::get_if<SetGeneration>(&op)) {
    const Record* table = at.lock_named(generation->table, full);
    if (!table) return true;
    const Column* column = table->facts.column(generation->column);
    const bool stored = !column || column->generated != Generated::virtual_;
    if (!generation->expression && !stored)
      at.fails("DROP EXPRESSION is not supported for virtual generated columns");
    for (const Record* each : at.tree(*table)) {
      at.lock(*each, full, each == table ? "" : "inherits the column");
      if (generation->expression && stored)
        at.rewrite(*each, "the generated values are worked out again for every row");
    }
    if (generation->expression && at.version < 17)
      at.fails("SET EXPRESSION needs PostgreSQL 17", Effects::Failure::old_server);
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
