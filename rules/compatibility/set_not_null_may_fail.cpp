// SET NOT NULL on a column that nothing has filled: it fails on the first NULL.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// A valid CHECK proves that no row holds NULL.
bool proven(const Relation& table, Text column) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const auto& each) {
    return each.kind == ConstraintKind::check && each.valid && each.enforced &&
           std::find(each.not_null_columns.begin(), each.not_null_columns.end(), column) !=
               each.not_null_columns.end();
  });
}

// An earlier migration added it with a default, which went into every row that was there.
bool added_with_default(const Context& ctx, const Column& column) {
  for (const Migration& each : ctx.history().migrations) {
    if (each.position < 0 || each.position != column.created.migration) continue;
    const auto index = static_cast<std::size_t>(column.created.statement);
    const auto& statements = each.script.statements;
    if (column.created.statement < 0 || index >= statements.size()) return false;
    return std::any_of(
        statements[index].ops.begin(), statements[index].ops.end(), [&](const Op& op) {
          const auto* add = std::get_if<AddColumn>(&op);
          return add && add->column.name == column.created_as && add->column.default_value &&
                 add->column.default_value->kind != ExpressionKind::null;
        });
  }
  return false;
}

// The migration has written rows with a value in the column and deleted others: it has put new rows
// in the place of the old ones.
bool rows_replaced(const Context& ctx, const Relation& table, Text column) {
  bool inserted = false;
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& op : statement.ops) {
      if (const auto* insert = std::get_if<Insert>(&op))
        inserted |= std::find(insert->columns.begin(), insert->columns.end(), column) !=
                        insert->columns.end() &&
                    ctx.schema().relation(insert->table).known() == &table;
      const auto* remove = std::get_if<Delete>(&op);
      if (inserted && remove && ctx.schema().relation(remove->table).known() == &table) return true;
    }
  }
  return false;
}

// Whether an expression makes up for NULL.
bool never_null(std::string_view expression) {
  std::string text(expression);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view words : {"is not null", "is null", "coalesce("})
    if (text.find(words) != std::string::npos) return true;
  return false;
}

// The migration has converted the column by an expression that is never NULL.
bool converted(const Context& ctx, const Name& table, Text column) {
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& op : statement.ops) {
      const auto* change = std::get_if<ChangeType>(&op);
      if (!change || change->table.name != table.name || change->column != column) continue;
      if (never_null(change->using_.text)) return true;
    }
  }
  return false;
}

// The expression of a generated column, where this migration adds it; else null.
const Expression* generation(const Context& ctx, const Column* column) {
  if (!column || column->generated == Generated::none || !ctx.schema().is_new(*column) ||
      column->created.statement < 0)
    return nullptr;
  const auto& statements = ctx.migration().script.statements;
  const auto index = static_cast<std::size_t>(column->created.statement);
  if (index >= statements.size()) return nullptr;
  for (const Op& op : statements[index].ops) {
    const auto* add = std::get_if<AddColumn>(&op);
    if (add && add->column.name == column->created_as && !add->column.generation->text.empty())
      return &*add->column.generation;
  }
  return nullptr;
}

// PostgreSQL works out the values of a generated column itself: nobody can fill it.
void look_at_generated(Context& ctx, const Node& op, const Name& table_name, const Column& column) {
  const Expression* expression = generation(ctx, &column);
  if (expression) {
    // What makes up for NULL shows that the author has thought of it.
    if (never_null(expression->text)) return;
  }
  const std::string table = to_string(table_name);
  const std::string name = quote_identifier(column.name);
  ctx.report(op, cat("this fails on the first row of ", table, " for which ", name, " is NULL"))
      .because("the column is generated: PostgreSQL works its values out from the others")
      .try_(cat("look first whether it comes out as NULL anywhere:\nSELECT count(*) FROM ", table,
                " WHERE (", expression ? std::string(expression->text) : name, ") IS NULL;"))
      .under(cat("NULL in ", name))
      .with("item", table)
      .with("table", plain(table_name))
      .with("column", std::string(column.name));
}

void look(Context& ctx, const Node& op, const Name& table_name, Text column_name) {
  if (ctx.is_new_or_temporary(table_name)) return;
  if (const Relation* table = ctx.schema().relation(table_name).known()) {
    const Column* column = table->column(column_name);
    if (ctx.schema().is_empty_by_now(*table) || rows_replaced(ctx, *table, column_name)) return;
    if (proven(*table, column_name)) return;
    if (column && column->filled) return;
    if (column && column->generated != Generated::none && column->not_null != Known::yes)
      return look_at_generated(ctx, op, table_name, *column);
    if (column && column->not_null == Known::yes && column->not_null_valid) return;
    // Added with a default, it never held NULL unless somebody wrote one.
    if (column && column->has_default &&
        (ctx.schema().is_new(*column) || added_with_default(ctx, *column)))
      return;
  }
  if (ctx.schema().opaque() || converted(ctx, table_name, column_name) ||
      stops_itself(ctx, table_name, {"is null", column_name}))
    return;
  const std::string table = to_string(table_name);
  const std::string column = quote_identifier(column_name);
  ctx.report(op, cat("this fails on the first row of ", table, " that holds NULL in ", column))
      .because("nothing in the history fills the column, and no valid CHECK proves that it is full")
      .try_(cat("fill it first, in batches where the table is large:\nUPDATE ", table, " SET ",
                column, " = ... WHERE ", column, " IS NULL;"))
      .under(cat("NULL in ", column))
      .with("item", table)
      .with("table", plain(table_name))
      .with("column", std::string(column_name));
}

void check(Context& ctx, const SetNotNull& op) { look(ctx, op, op.table, op.column); }
void check_constraint(Context& ctx, const AddConstraint& op) {
  if (op.constraint.kind != ConstraintKind::not_null || op.constraint.not_valid) return;
  for (const Text& column : op.constraint.columns) look(ctx, op, op.table, column);
}

constexpr Example bad[] = {
    {"ALTER TABLE users ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
     "name)) STORED; ALTER TABLE users ALTER COLUMN words SET NOT NULL;"},
    {"ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ADD COLUMN nick text; ALTER TABLE users ALTER COLUMN nick SET NOT NULL;"},
    {.sql = "ALTER TABLE users ALTER COLUMN tier SET NOT NULL;",
     .before = "ALTER TABLE users ADD COLUMN tier text; ALTER TABLE users ALTER COLUMN tier SET "
               "DEFAULT 'free';"},
    {"UPDATE users SET name = '' WHERE name IS NULL; ALTER TABLE users ALTER COLUMN email SET NOT "
     "NULL;"},
    {"INSERT INTO rules (id) SELECT id FROM plan; DELETE FROM rules WHERE old; ALTER TABLE rules "
     "ALTER COLUMN owner SET NOT NULL;"},
    {"DO $$ BEGIN IF EXISTS (SELECT FROM teams WHERE email IS NULL) THEN RAISE EXCEPTION 'no'; END "
     "IF; END $$; ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ALTER COLUMN tier TYPE int USING tier::int; ALTER TABLE users ALTER COLUMN "
     "tier SET NOT NULL;"},
    {"TRUNCATE users; INSERT INTO users (name) SELECT name FROM people; ALTER TABLE users ALTER "
     "COLUMN tier SET NOT NULL;"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
     "coalesce(name, ''))) STORED; ALTER TABLE users ALTER COLUMN words SET NOT NULL;"},
    {"UPDATE users SET email = '' WHERE email IS NULL; ALTER TABLE users ALTER COLUMN email SET "
     "NOT NULL;"},
    {"DO $$ BEGIN IF EXISTS (SELECT FROM users WHERE email IS NULL) THEN RAISE EXCEPTION 'no'; END "
     "IF; END $$; ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ALTER COLUMN seen TYPE boolean USING (seen IS NOT NULL); ALTER TABLE users "
     "ALTER COLUMN seen SET NOT NULL;"},
    {"DELETE FROM users WHERE email IS NULL; ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ADD CONSTRAINT nn CHECK (email IS NOT NULL) NOT VALID; ALTER TABLE users "
     "VALIDATE CONSTRAINT nn; ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ADD COLUMN tier text DEFAULT 'free'; ALTER TABLE users ALTER COLUMN tier "
     "SET NOT NULL;"},
    {"INSERT INTO rules (id, owner) SELECT id, team FROM plan; DELETE FROM rules WHERE old; ALTER "
     "TABLE rules ALTER COLUMN owner SET NOT NULL;"},
    {"DELETE FROM users; ALTER TABLE users ALTER COLUMN tier SET NOT NULL;"},
    {"TRUNCATE users; ALTER TABLE users ALTER COLUMN tier SET NOT NULL;"},
    {.sql = "ALTER TABLE users ALTER COLUMN tier SET NOT NULL;",
     .before = "ALTER TABLE users ADD COLUMN tier text DEFAULT 'free';"}};

}  // namespace

extern constexpr Rule set_not_null_may_fail{
    .severity = Severity::warning,
    .summary = "SET NOT NULL fails where a row holds NULL, and nothing has filled the column",
    .why =
        "The migration stops at the first NULL, on the database that has one: usually production. "
        "An UPDATE or DELETE of the history that sees to the column, or a valid CHECK, silences "
        "this.",
    .instead = "Fill the column in an earlier statement or migration, then SET NOT NULL.",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_constraint>,
};

}  // namespace migguard::rules
