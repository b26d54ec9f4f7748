// SET LOGGED and SET UNLOGGED rewrite the table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetLogged& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* relation = ctx.schema().relation(op.table).known();
  if (relation && relation->create_seen &&
      op.logged == (relation->persistence != Persistence::unlogged))
    return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("nobody can read or write ", table,
                     " while every row and index of it is written anew"))
      .because("SET LOGGED and SET UNLOGGED copy the table and its indexes under ACCESS EXCLUSIVE")
      .try_(cat("make a new table of the other kind, copy the rows in batches and swap the names; "
                "or do it while the table may be locked:\nSET lock_timeout = '2s';\nALTER TABLE ",
                table, op.logged ? " SET LOGGED;" : " SET UNLOGGED;"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"ALTER TABLE users SET UNLOGGED;"}, {"ALTER TABLE users SET LOGGED;"}};
constexpr Example good[] = {
    {"CREATE TABLE a (id int); ALTER TABLE a SET UNLOGGED;"},
    {.sql = "ALTER TABLE users SET LOGGED;", .before = "CREATE TABLE users (id int);"},
    {"ALTER TABLE users SET (fillfactor = 80);"}};

}  // namespace

extern constexpr Rule set_logged_unlogged{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "SET LOGGED and SET UNLOGGED rewrite the table",
    .why =
        "Both write the heap and all indexes anew under ACCESS EXCLUSIVE (measured). An unlogged "
        "table is emptied by a crash and is not replicated.",
    .instead = "Copy into a new table in batches, swap the names in one transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
