// SET ACCESS METHOD rewrites the table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetAccessMethod& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  if (partitioned(ctx, op.table)) return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("nobody can read or write ", table,
                     " while every row and index of it is written anew"))
      .because("SET ACCESS METHOD copies the table under ACCESS EXCLUSIVE")
      .try_(cat("make a new table with the access method, copy the rows in batches, and swap the "
                "names:\nCREATE TABLE ",
                quote_identifier(cat(op.table.name, "_new")), " (LIKE ", table,
                " INCLUDING ALL) USING ",
                op.method.empty() ? std::string("heap") : quote_identifier(op.method), ";"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"ALTER TABLE users SET ACCESS METHOD columnar;"},
                           {"ALTER TABLE public.users SET ACCESS METHOD heap;"}};
constexpr Example good[] = {{"CREATE TABLE a (id int); ALTER TABLE a SET ACCESS METHOD heap;"},
                            {"ALTER TABLE users SET (fillfactor = 80);"}};

}  // namespace

extern constexpr Rule set_access_method{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "SET ACCESS METHOD rewrites the table",
    .why = "The heap is written anew by the other access method, under ACCESS EXCLUSIVE.",
    .instead = "Copy into a new table in batches, swap the names in one transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
