// DROP COLUMN: the values are gone, and code that still names the column fails.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropColumn& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  Known not_null = Known::unknown;
  bool has_default = false;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && ctx.schema().is_new(*column)) return;
    if (column && column->generated == Generated::virtual_) return;  // holds no values
    if (!column && table->create_seen && op.if_exists) return;       // not there: nothing happens
    if (column) {
      not_null = column->not_null;
      has_default = column->has_default;
    }
  }
  const std::string table = to_string(op.table);
  const std::string column = quote_identifier(op.column);
  // Code that no longer writes the column can insert rows only while the column may be left out.
  const bool may_be_left_out = not_null == Known::no || has_default;
  ctx.report(op, cat("this drops the column ", column, " of ", table, " and every value in it"))
      .because(
          "once the migration commits only a backup brings the values back, and code that is still "
          "running and names the column fails")
      .try_(may_be_left_out
                ? std::string("release code that no longer reads or writes the column, then drop "
                              "it in a later migration")
                : cat("release code that no longer reads or writes the column, then drop it in a "
                      "later migration; ",
                      not_null == Known::yes ? "it is NOT NULL, so" : "if it is NOT NULL,",
                      " let new rows leave it out first:\nALTER TABLE ", table, " ALTER COLUMN ",
                      column, " DROP NOT NULL;"))
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr Example bad[] = {
    {"ALTER TABLE users DROP COLUMN email;"},
    {"ALTER TABLE users DROP COLUMN IF EXISTS email CASCADE;"},
    {"ALTER TABLE users RENAME COLUMN email TO mail; ALTER TABLE users DROP COLUMN mail;"},
    {.sql = "ALTER TABLE users DROP COLUMN email, ADD COLUMN email citext;",
     .before = "CREATE TABLE users (id int, email text);"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN scratch int; ALTER TABLE users DROP COLUMN scratch;"},
    {"CREATE TABLE t (a int, b int); ALTER TABLE t DROP COLUMN b;"},
    {.sql = "ALTER TABLE users DROP COLUMN IF EXISTS nickname;",
     .before = "CREATE TABLE users (id int, email text);"}};

}  // namespace

extern constexpr Rule drop_column{
    .severity = Severity::error,
    .summary = "DROP COLUMN deletes every value, and running code that names the column fails",
    .why =
        "DROP COLUMN is quick, but final: the values cannot be read any more once it commits. "
        "Statements of running code that name the column fail, as do prepared plans of SELECT *. "
        "Indexes, constraints and statistics that mention the column go with it, silently. A "
        "column added by the same migration is no finding.",
    .instead =
        "Release code that ignores the column; drop it one release later. In between, let inserts "
        "leave it out:\n"
        "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;\n-- a release later\n"
        "ALTER TABLE users DROP COLUMN email;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
