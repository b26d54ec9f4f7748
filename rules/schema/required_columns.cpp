// Columns that every table of a project has.
#include <migguard/rule.hpp>
#include "wording.hpp"

namespace migguard::rules {
namespace {

// `created_at timestamptz` is a name and a type; `created_at` a name alone.
std::pair<std::string_view, std::string_view> parts(std::string_view wanted) {
  const std::size_t space = wanted.find(' ');
  if (space == std::string_view::npos) return {wanted, {}};
  return {wanted.substr(0, space), wanted.substr(space + 1)};
}

void check(Context& ctx, const AfterMigration& after) {
  const OptionSetting* wanted = ctx.option("columns");
  if (!wanted || wanted->texts.empty()) return;
  const auto& statements = after.migration.script.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const Op& each : statements[i].ops) {
      const auto* op = std::get_if<CreateTable>(&each);
      if (!op || op->foreign || op->persistence == Persistence::temporary ||
          !op->partition_of.name.empty())
        continue;
      const Relation* table = ctx.schema().created_by(i, op->table);
      if (!table || !ctx.schema().is_new(*table) || !table->create_seen) continue;
      const Name name_now = name_by_now(ctx, *table, op->table);
      std::string missing, sql;
      for (const std::string& text : wanted->texts) {
        const auto [name, type] = parts(text);
        const Column* column = table->column(name);
        if (column && (type.empty() || column->type.text == type || column->type.name == type))
          continue;
        missing += cat(missing.empty() ? "" : ", ", text);
        if (!column)
          sql += cat("\nALTER TABLE ", to_string(name_now), " ADD COLUMN ", quote_identifier(name),
                     " ", type.empty() ? std::string_view("...") : type, ";");
      }
      if (missing.empty()) continue;
      ctx.report(*op, cat(to_string(name_now), " is made without ", missing))
          .because("migguard.json asks for it in every table")
          .try_(sql.empty() ? std::string("give the columns the types that are asked for")
                            : cat("add to the new table:", sql))
          .with("table", plain(name_now))
          .with("missing", missing);
    }
  }
}

constexpr Option options[] = {
    {"columns", OptionKind::texts,
     "the columns every new table must have, with a type or without: [\"id\", \"created_at "
     "timestamptz\"]"}};
constexpr Example bad[] = {{.sql = "CREATE TABLE films (id bigint PRIMARY KEY);",
                            .options = "{\"columns\": [\"created_at\"]}"},
                           {.sql = "CREATE TABLE films (id bigint PRIMARY KEY, created_at date);",
                            .options = "{\"columns\": [\"created_at timestamptz\"]}"}};
constexpr Example good[] = {
    {.sql = "CREATE TABLE films (id bigint PRIMARY KEY); ALTER TABLE films ADD COLUMN created_at "
            "timestamptz;",
     .options = "{\"columns\": [\"id\", \"created_at timestamptz\"]}"},
    {.sql = "CREATE TEMP TABLE t (a int);", .options = "{\"columns\": [\"created_at\"]}"},
    {"CREATE TABLE films (id bigint PRIMARY KEY);"}};

}  // namespace

extern constexpr Rule required_columns{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a new table lacks a column that the project asks for",
    .why = "Audits, replication and clean-up jobs rely on columns that every table has.",
    .instead = "Add the column to the CREATE TABLE.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
