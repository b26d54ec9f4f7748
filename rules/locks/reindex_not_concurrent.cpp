// REINDEX without CONCURRENTLY: writers wait, and readers that could use the index.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Reindex& op) {
  if (op.concurrently || op.system) return;
  std::string what = cat("the database ", quote_identifier(op.name.name));
  if (op.object == ObjectKind::index) {
    const auto found = ctx.schema().index(op.name);
    if (found.table && ctx.is_new_or_temporary(found.table->full_name())) return;
    what = found.table ? to_string(found.table->full_name())
                       : cat("the table of ", to_string(op.name));
  } else if (op.object == ObjectKind::table) {
    if (ctx.is_new_or_temporary(op.name)) return;
    what = to_string(op.name);
  } else if (op.object == ObjectKind::schema) {
    what = cat("the tables in ", quote_identifier(op.name.name));
  } else if (op.name.name.empty()) {
    what = "the tables of this database";
  }
  const std::string_view kind = op.object == ObjectKind::index    ? "INDEX"
                                : op.object == ObjectKind::table  ? "TABLE"
                                : op.object == ObjectKind::schema ? "SCHEMA"
                                                                  : "DATABASE";
  ctx.report(op, cat("nobody can write to ", what, ", and queries wait too, until this is built"))
      .because(
          "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on its indexes, which the planner "
          "opens for every query")
      .try_(outside_transaction(ctx,
                                cat("REINDEX ", kind, " CONCURRENTLY ", to_string(op.name), ";")));
}

constexpr Example bad[] = {{"REINDEX TABLE orders;"},
                           {"REINDEX INDEX orders_pkey;"},
                           {"REINDEX (CONCURRENTLY false) TABLE orders;"},
                           {"REINDEX SCHEMA public;"}};
constexpr Example good[] = {{"REINDEX TABLE CONCURRENTLY orders;"},
                            {"REINDEX (CONCURRENTLY) INDEX orders_pkey;"},
                            {"CREATE TABLE a (id int PRIMARY KEY); REINDEX TABLE a;"},
                            {"REINDEX SYSTEM app;"}};

}  // namespace

extern constexpr Rule reindex_not_concurrent{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "REINDEX without CONCURRENTLY blocks writes, and queries too",
    .why =
        "REINDEX takes SHARE on the table, so that writes wait, and ACCESS EXCLUSIVE on the "
        "indexes it builds: the planner opens every index of a table, so plain queries wait as "
        "well (measured on 15, 17 and 18). REINDEX SYSTEM cannot run concurrently.",
    .instead =
        "REINDEX ... CONCURRENTLY, outside a transaction:\nREINDEX TABLE CONCURRENTLY orders;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
