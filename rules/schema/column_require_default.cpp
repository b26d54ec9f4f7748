// New columns without a default.
#include <algorithm>

#include "new_columns.hpp"

namespace migguard::rules {
namespace {

bool in_key(const Relation& table, Text column) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const auto& each) {
    return (each.kind == ConstraintKind::primary_key || each.kind == ConstraintKind::foreign_key) &&
           std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end();
  });
}

void look(Context& ctx, const Node& op, const Name& name, const ColumnDefinition& column) {
  const Relation* table = ctx.schema().relation(name).known();
  if (!table || ctx.schema().is_temporary(*table)) return;
  const Column* known = table->column(column.name);
  if (!known || known->has_default || known->identity != Identity::none ||
      known->generated != Generated::none || in_key(*table, column.name))
    return;
  report_column(ctx, op, column,
                cat("an INSERT that leaves out ", quote_identifier(column.name), " of ",
                    to_string(name), known->not_null == Known::yes ? " fails" : " stores NULL"))
      .because("the column has no default")
      .try_(cat("give it one:\n", quote_identifier(column.name), " ", column.type.text,
                " DEFAULT ..."))
      .under(to_string(name))
      .with("item", quote_identifier(column.name))
      .with("table", plain(name))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, title text NOT NULL);"},
                           {"ALTER TABLE films ADD COLUMN year int;"}};
constexpr Example good[] = {
    {"CREATE TABLE films (id bigint PRIMARY KEY, title text NOT NULL DEFAULT '');"},
    {"CREATE TABLE films (id bigint PRIMARY KEY, seen bigint GENERATED ALWAYS AS IDENTITY);"},
    {"CREATE TABLE films (id bigint PRIMARY KEY, year int); ALTER TABLE films ALTER COLUMN year "
     "SET DEFAULT 0;"}};

}  // namespace

extern constexpr Rule column_require_default{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a new column has no default",
    .why = "Code of the release before does not know the column: a default fills it meanwhile.",
    .instead = "Give new columns a constant default. Keys are left out.",
    .bad = bad,
    .good = good,
    .listeners = on<&NewColumn<&look>::after>,
};

}  // namespace migguard::rules
