// Columns named in snake_case.
#include "new_columns.hpp"
#include "plural.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (is_snake_case(column.name)) return;
  const std::string better = snake_case_of(column.name);
  report_column(ctx, op, column,
                cat("every query must write \"", column.name, "\" in quotes, to the letter"))
      .because("the convention is snake_case, which PostgreSQL takes without quotes in any case")
      .try_(cat("name it ", better))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE sessions (id text PRIMARY KEY, \"userId\" text);"},
                           {"ALTER TABLE sessions ADD COLUMN \"Created At\" timestamptz;"}};
constexpr Example good[] = {{"CREATE TABLE sessions (id text PRIMARY KEY, user_id text);"},
                            {"ALTER TABLE sessions ADD COLUMN createdAt timestamptz;"},
                            {"ALTER TABLE sessions ADD COLUMN line_2 text;"}};

}  // namespace

extern constexpr Rule convention_column_snake_case{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a column whose name is not snake_case",
    .why =
        "PostgreSQL folds names without quotes to lower case, so that a column called userId can "
        "only ever be written \"userId\". A convention for teams that chose it.",
    .instead = "ALTER TABLE sessions ADD COLUMN user_id text;",
    .bad = bad,
    .good = good,
    .listeners = on_new_columns<&look>,
};

}  // namespace migguard::rules
