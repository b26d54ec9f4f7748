// Columns of type smallint.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "int2") return;
  report_column(
      ctx, op, column,
      cat("the column ", quote_identifier(column.name), " of ", to_string(table), " ends at 32767"))
      .because("a number beyond it is an error, and a wider type later rewrites the table")
      .try_(cat("use a wider type:\n", quote_identifier(column.name), " bigint"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE t (id bigint PRIMARY KEY, age smallint);"},
                           {"ALTER TABLE t ADD COLUMN age int2;"}};
constexpr Example good[] = {
    {"CREATE TABLE t (id bigint PRIMARY KEY, age integer);"},
    {"CREATE FUNCTION f(a smallint) RETURNS int LANGUAGE sql AS 'SELECT 1';"}};

}  // namespace

extern constexpr Rule smallint_column{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a smallint ends at 32767, and widening it rewrites the table",
    .why =
        "Two bytes are seldom saved at all, because the next column is aligned. Widening the type "
        "later takes ACCESS EXCLUSIVE and rewrites the table.",
    .instead = "Use integer or bigint.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
