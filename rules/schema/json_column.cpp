// Columns of type json.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "json") return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table),
                    " is json, which DISTINCT, GROUP BY and = refuse"))
      .because(
          "json keeps the text as it was written and has no equality; jsonb has one, and can be "
          "indexed")
      .try_(cat("use jsonb:\n", quote_identifier(column.name), " jsonb"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE events (id bigint PRIMARY KEY, body json);"},
                           {"ALTER TABLE events ADD COLUMN body json;"}};
constexpr Example good[] = {{"CREATE TABLE events (id bigint PRIMARY KEY, body jsonb);"},
                            {"CREATE FUNCTION f(a json) RETURNS json LANGUAGE sql AS 'SELECT a';"}};

}  // namespace

extern constexpr Rule json_column{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "json has no equality: DISTINCT, GROUP BY and UNION fail on it",
    .why =
        "A query that says DISTINCT or UNION fails as soon as the column is in it. jsonb compares, "
        "indexes and reads faster; it does not keep white space, order and duplicates of keys.",
    .instead = "Use jsonb, unless the exact text matters.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
