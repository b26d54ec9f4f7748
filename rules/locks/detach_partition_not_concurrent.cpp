// DETACH PARTITION without CONCURRENTLY: all users of the partitioned table queue.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const DetachPartition& op) {
  if (op.concurrently || op.finalize || ctx.pg_version() < 14 ||
      ctx.is_new_or_temporary(op.table) || ctx.is_new_or_temporary(op.partition))
    return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("everything that reads or writes ", table, " waits until this has its lock"))
      .because(
          "DETACH PARTITION takes ACCESS EXCLUSIVE on the partitioned table: it waits for running "
          "queries, and new ones queue behind it")
      .try_(outside_transaction(ctx, cat("ALTER TABLE ", table, " DETACH PARTITION ",
                                         to_string(op.partition), " CONCURRENTLY;")))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"ALTER TABLE events DETACH PARTITION events_2024;"},
    {.sql = "ALTER TABLE events DETACH PARTITION events_2024;", .pg_version = 17}};
constexpr Example good[] = {
    {"ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;"},
    {"ALTER TABLE events DETACH PARTITION events_2024 FINALIZE;"},
    {.sql = "ALTER TABLE events DETACH PARTITION events_2024;", .pg_version = 13}};

}  // namespace

extern constexpr Rule detach_partition_not_concurrent{
    .severity = Severity::warning,
    .summary = "DETACH PARTITION without CONCURRENTLY makes users of the whole table queue",
    .why =
        "DETACH takes ACCESS EXCLUSIVE on the parent and on its default partition. CONCURRENTLY "
        "(PostgreSQL 14) takes SHARE UPDATE EXCLUSIVE, cannot run in a transaction, and is refused "
        "where there is a default partition (measured).",
    .instead = "ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
