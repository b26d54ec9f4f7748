// CREATE INDEX CONCURRENTLY on a partitioned table is refused.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (!op.concurrently) return;
  const Relation* table = partitioned(ctx, op.table);
  if (!table) return;
  const std::string name = to_string(op.table);
  const std::string partition =
      table->partitions.empty() ? cat(name, "_partition") : std::string(table->partitions.front());
  ctx.report(op, cat("this migration fails: ", name,
                     " is partitioned, and cannot be indexed concurrently"))
      .because(
          "CREATE INDEX CONCURRENTLY is refused for partitioned tables, only their partitions can "
          "be indexed so")
      .try_(cat("make the index on the parent alone, one CONCURRENTLY on each partition, and "
                "attach them:\nCREATE INDEX ",
                op.index.empty() ? std::string("parent_idx") : quote_identifier(op.index),
                " ON ONLY ", name, " (...);\nCREATE INDEX CONCURRENTLY part_idx ON ", partition,
                " (...);\nALTER INDEX ",
                op.index.empty() ? std::string("parent_idx") : quote_identifier(op.index),
                " ATTACH PARTITION part_idx;"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{.sql = "CREATE INDEX CONCURRENTLY events_at ON events (at);",
                            .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at);"},
                           {"CREATE TABLE events (at date) PARTITION BY LIST (at); CREATE INDEX "
                            "CONCURRENTLY events_at ON events (at);"}};
constexpr Example good[] = {
    {.sql = "CREATE INDEX CONCURRENTLY e1_at ON e1 (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION "
               "OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"},
    {.sql = "CREATE INDEX events_at ON ONLY events (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at);"}};

}  // namespace

extern constexpr Rule concurrent_index_on_partitioned_table{
    .severity = Severity::error,
    .summary = "CREATE INDEX CONCURRENTLY on a partitioned table is an error",
    .why =
        "PostgreSQL has no concurrent build for the index of a partitioned table: the statement "
        "fails (measured on 15, 17 and 18).",
    .instead =
        "CREATE INDEX events_at ON ONLY events (at);\nCREATE INDEX CONCURRENTLY events_2025_at ON "
        "events_2025 (at);\nALTER INDEX events_at ATTACH PARTITION events_2025_at;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
