// REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks readers.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const RefreshMaterializedView& op) {
  if (op.concurrently || !op.with_data || ctx.is_new_or_temporary(op.view)) return;
  const Relation* view = ctx.schema().relation(op.view).known();
  bool unique = false;
  if (view)
    for (const Index& each : view->indexes) unique = unique || (each.unique && !each.partial);
  const std::string table = to_string(op.view);
  ctx.report(op, cat("nobody can read ", table, " until its query has run"))
      .because(
          "REFRESH holds ACCESS EXCLUSIVE on the view while it fills it, in a transaction until "
          "the commit")
      .try_(unique ? cat("run:\nREFRESH MATERIALIZED VIEW CONCURRENTLY ", table, ";")
                   : cat("refresh it concurrently, which needs a unique index on the view:\nCREATE "
                         "UNIQUE INDEX ON ",
                         table, " (...);\nREFRESH MATERIALIZED VIEW CONCURRENTLY ", table, ";"))
      .with("table", plain(op.view));
}

constexpr Example bad[] = {{"REFRESH MATERIALIZED VIEW sales;"},
                           {.sql = "REFRESH MATERIALIZED VIEW sales;",
                            .before = "CREATE MATERIALIZED VIEW sales AS SELECT 1 AS x;"}};
constexpr Example good[] = {{"REFRESH MATERIALIZED VIEW CONCURRENTLY sales;"},
                            {"REFRESH MATERIALIZED VIEW sales WITH NO DATA;"},
                            {"CREATE MATERIALIZED VIEW sales AS SELECT 1 AS x WITH NO DATA; "
                             "REFRESH MATERIALIZED VIEW sales;"}};

}  // namespace

extern constexpr Rule refresh_matview_not_concurrent{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks readers",
    .why =
        "REFRESH takes ACCESS EXCLUSIVE: queries on the view wait until it is filled. CONCURRENTLY "
        "needs a unique index, lets readers go on, and may run in a transaction (measured).",
    .instead = "CREATE UNIQUE INDEX ON sales (day);\nREFRESH MATERIALIZED VIEW CONCURRENTLY sales;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
