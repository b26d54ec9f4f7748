// Booleans with a default.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  const bool boolean = column.type.name.name == "bool" || column.type.name.name == "boolean";
  if (!boolean || column.type.array_dimensions > 0) return;
  if (column.default_value || column.generated != Generated::none) return;
  report_column(ctx, op, column,
                cat("every INSERT must say ", quote_identifier(column.name),
                    column.not_null ? "" : ", or it is neither true nor false"))
      .because("the convention is that booleans have a default")
      .try_(cat("give it one: ", quote_identifier(column.name), " boolean NOT NULL DEFAULT false"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE users (id text PRIMARY KEY, active boolean NOT NULL);"},
                           {"ALTER TABLE users ADD COLUMN verified bool;"}};
constexpr Example good[] = {
    {"CREATE TABLE users (id text PRIMARY KEY, active boolean NOT NULL DEFAULT true);"},
    {"ALTER TABLE users ADD COLUMN verified bool DEFAULT false;"},
    {"ALTER TABLE users ADD COLUMN flags boolean[];"}};

}  // namespace

extern constexpr Rule convention_boolean_default{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a boolean without a default",
    .why =
        "Without a default a boolean has three values, or every INSERT must name it. A "
        "convention for teams that chose it.",
    .instead = "active boolean NOT NULL DEFAULT true",
    .bad = bad,
    .good = good,
    .listeners = on_new_columns<&look>,
};

}  // namespace migguard::rules
