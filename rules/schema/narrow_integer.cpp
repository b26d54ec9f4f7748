// integer and smallint in keys: they run out.
#include <algorithm>
#include <migguard/rule.hpp>
#include "wording.hpp"

namespace migguard::rules {
namespace {

bool narrow(const ColumnType& type) {
  return type.array_dimensions == 0 && (type.name == "int4" || type.name == "int2");
}

bool key(const Relation& table, const Column& column) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const auto& each) {
    return (each.kind == ConstraintKind::primary_key || each.kind == ConstraintKind::foreign_key) &&
           std::find(each.columns.begin(), each.columns.end(), column.name) != each.columns.end();
  });
}

void look(Context& ctx, const Node& op, const Relation* table, const Name& written,
          Text column_name) {
  if (!table || ctx.schema().is_temporary(*table)) return;
  const Column* column = table->column(column_name);
  if (!column || !narrow(column->type) || !(ctx.flag("all-columns") || key(*table, *column)))
    return;
  const Name name = name_by_now(ctx, *table, written);
  const std::string_view limit = column->type.name == "int2" ? "32767" : "2147483647";
  ctx.report(op, cat("inserts fail once ", quote_identifier(column_name), " of ", to_string(name),
                     " has reached ", limit))
      .because(
          "to widen it then rewrites the table under ACCESS EXCLUSIVE, with everything that "
          "refers to it")
      .try_(cat("begin with eight bytes:\n", quote_identifier(column_name), " bigint"))
      .with("table", plain(name))
      .with("column", std::string(column_name));
}

void check(Context& ctx, const AfterMigration& after) {
  const auto& statements = after.migration.script.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const Op& each : statements[i].ops) {
      if (const auto* made = std::get_if<CreateTable>(&each)) {
        for (const ColumnDefinition& column : made->columns)
          look(ctx, *made, ctx.schema().created_by(i, made->table), made->table, column.name);
      } else if (const auto* add = std::get_if<AddColumn>(&each)) {
        look(ctx, *add, ctx.schema().relation(add->table).known(), add->table, add->column.name);
      }
    }
  }
}

constexpr Option options[] = {
    {"all-columns", OptionKind::flag, "look at every column, not only at keys (false)"}};
constexpr Example bad[] = {
    {"CREATE TABLE films (id serial PRIMARY KEY);"},
    {"CREATE TABLE lines (id bigint PRIMARY KEY, film int REFERENCES films (id));"},
    {.sql = "CREATE TABLE t (id bigint PRIMARY KEY, n int);",
     .options = "{\"all-columns\": true}"}};
constexpr Example good[] = {{"CREATE TABLE films (id bigserial PRIMARY KEY, year int);"},
                            {"CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';"}};

}  // namespace

extern constexpr Rule narrow_integer{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "integer and smallint keys run out, and to widen them rewrites the table",
    .why = "Two thousand million rows are written sooner than one thinks: sequences leave gaps.",
    .instead = "Use bigint for primary and foreign keys.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
