// A NOT NULL column without a value for the rows that are there.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// Whether each row has a value of its own, for which a constant will not do: the column refers to
// another table or is unique, by itself or by a later statement.
bool differs_by_row(const Context& ctx, const AddColumn& op) {
  if (op.column.primary_key || op.column.unique) return true;
  const auto is = [](const ConstraintDefinition& each) {
    return each.kind == ConstraintKind::foreign_key || each.kind == ConstraintKind::unique ||
           each.kind == ConstraintKind::primary_key;
  };
  if (std::any_of(op.column.constraints.begin(), op.column.constraints.end(), is)) return true;
  return any_soon_after(ctx, [&](const Op& other) {
    const auto* added = std::get_if<AddConstraint>(&other);
    if (added && is(added->constraint) && added->table.name == op.table.name &&
        added->constraint.columns.size() == 1)
      return added->constraint.columns.front() == op.column.name;
    const auto* index = std::get_if<CreateIndex>(&other);
    return index && index->unique && index->table.name == op.table.name &&
           index->columns.size() == 1 && index->columns.front().name == op.column.name;
  });
}

// Whether this migration makes a primary key of the column by a clause or statement of its own,
// which would make it NOT NULL at once.
bool keyed_here(const Context& ctx, const AddColumn& op) {
  return any_soon_after(ctx, [&](const Op& other) {
    const auto* added = std::get_if<AddConstraint>(&other);
    if (!added || added->constraint.kind != ConstraintKind::primary_key ||
        added->table.name != op.table.name)
      return false;
    const List<Text> columns = added->constraint.columns;
    return std::find(columns.begin(), columns.end(), op.column.name) != columns.end();
  });
}

// An imperative and SQL: the column is added as one that may be left out, and closed when it is
// full.
std::string in_steps(const Context& ctx, const AddColumn& op, bool empty) {
  const std::string table = to_string(op.table), name = quote_identifier(op.column.name);
  const std::string check = quote_identifier(cat(op.table.name, "_", op.column.name, "_not_null"));
  bool sources_go = false;  // maybe what tells the values of the old rows
  for (const Statement& statement : ctx.statements_naming(op.table.name))
    for (const Op& other : statement.ops)
      if (const auto* drop = std::get_if<DropColumn>(&other))
        sources_go |= drop->table.name == op.table.name;
  return in_two_transactions(
      ctx,
      cat("add it nullable, write it in new code, fill the ",
          empty ? "rows that come in meanwhile" : "old rows",
          sources_go && !empty ? " while the columns that this migration drops are still there"
                               : "",
          ", and close it then"),
      cat("ALTER TABLE ", table, " ADD COLUMN ", name, " ", op.column.type.text, ";"),
      cat("ALTER TABLE ", table, " ADD CONSTRAINT ", check, " CHECK (", name,
          " IS NOT NULL) NOT VALID;\n-- when every row has a value\nALTER TABLE ", table,
          " VALIDATE CONSTRAINT ", check, ";\nALTER TABLE ", table, " ALTER COLUMN ", name,
          " SET NOT NULL;\nALTER TABLE ", table, " DROP CONSTRAINT ", check, ";",
          keyed_here(ctx, op) ? "\n-- and behind it, the keys of this migration on it" : ""));
}

void check(Context& ctx, const AddColumn& op) {
  const ColumnDefinition& column = op.column;
  if (!column.not_null && !column.primary_key) return;
  if (column.serial || column.identity != Identity::none || column.generated != Generated::none)
    return;
  if (column.default_value && column.default_value->kind != ExpressionKind::null) return;
  if (already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  if (!column.default_value) {
    const Type* type = ctx.schema().type(column.type.name).known();
    if (type && type->default_value) return;  // a domain with a default
  }
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(column.name);
  const Relation* relation = ctx.schema().relation(op.table).known();
  const bool empty = relation && ctx.schema().is_empty_by_now(*relation);
  Finding& finding =
      ctx.report(op, empty
                         ? cat("code that does not fill ", name, " yet cannot insert into ", table)
                         : cat("this migration fails as soon as ", table,
                               " holds a row, and code that does not fill ", name,
                               " yet cannot insert"))
          .because(empty
                       ? "the migration gets here only where the table is empty, so that no row is "
                         "in the way, but running code does not know the column"
                       : "a column that is NOT NULL and has no default leaves nothing to put into "
                         "the rows that are there")
          .try_(differs_by_row(ctx, op) ? in_steps(ctx, op, empty)
                                        : cat("give it a constant default, which costs nothing, or "
                                              "add it nullable, fill it, "
                                              "and set NOT NULL later:\nALTER TABLE ",
                                              table, " ADD COLUMN ", name, " ", column.type.text,
                                              " NOT NULL DEFAULT ...;"))
          .with("table", plain(op.table))
          .with("column", std::string(column.name));
  if (may_be_new(ctx, op.table))
    finding.as(Severity::note);
  else if (empty)
    finding.as(Severity::warning);
}

constexpr Example bad[] = {{"ALTER TABLE users ADD COLUMN tier text NOT NULL;"},
                           {"ALTER TABLE users ADD COLUMN tier text NOT NULL DEFAULT NULL;"},
                           {"ALTER TABLE orders ADD COLUMN pk bigint PRIMARY KEY;"}};
constexpr Example good[] = {{"ALTER TABLE users ADD COLUMN tier text NOT NULL DEFAULT 'free';"},
                            {"CREATE TABLE a (id int); ALTER TABLE a ADD COLUMN b int NOT NULL;"},
                            {"ALTER TABLE users ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;"},
                            {"ALTER TABLE users ADD COLUMN tier text;"}};

}  // namespace

extern constexpr Rule add_column_not_null_no_default{
    .severity = Severity::error,
    .summary = "A NOT NULL column without a default cannot be added to a table with rows",
    .why =
        "PostgreSQL refuses it (23502) when there is a row, and code of the release before, which "
        "does not know the column, fails to insert. A table made by the same migration is no "
        "finding.",
    .instead =
        "ALTER TABLE users ADD COLUMN tier text NOT NULL DEFAULT 'free';\n-- a constant default is "
        "kept in the catalog: no row is written",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
