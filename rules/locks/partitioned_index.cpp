// CREATE INDEX on a partitioned table locks every partition.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (op.concurrently || op.only || ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = partitioned(ctx, op.table);
  if (!table) return;
  if (table->create_seen && table->partitions.empty()) return;
  const std::string name = to_string(op.table);
  const std::string index =
      op.index.empty() ? std::string("parent_idx") : quote_identifier(op.index);
  std::string each;
  for (std::size_t i = 0; i < table->partitions.size() && i < 3; ++i)
    each += cat("CREATE INDEX CONCURRENTLY part", i + 1, "_idx ON ", table->partitions[i],
                " (...);\nALTER INDEX ", index, " ATTACH PARTITION part", i + 1, "_idx;\n");
  if (each.empty())
    each = cat("CREATE INDEX CONCURRENTLY part_idx ON partition (...);\nALTER INDEX ", index,
               " ATTACH PARTITION part_idx;\n");
  each.pop_back();
  ctx.report(op, cat("no row in any partition of ", name,
                     " can be written until this index is built on all of them"))
      .because(
          "CREATE INDEX on a partitioned table takes SHARE on every partition and holds it through "
          "every build, and it cannot run concurrently")
      .try_(cat("make the index on the parent alone, one CONCURRENTLY on each partition, and "
                "attach them:\nCREATE INDEX ",
                index, " ON ONLY ", name, " (...);\n", each))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {.sql = "CREATE INDEX events_at ON events (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION "
               "OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"},
    {.sql = "CREATE UNIQUE INDEX ON events (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION "
               "OF events DEFAULT;"}};
constexpr Example good[] = {
    {.sql = "CREATE INDEX events_at ON ONLY events (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE TABLE e1 PARTITION "
               "OF events DEFAULT;"},
    {"CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE INDEX ON events (at);"}};

}  // namespace

extern constexpr Rule partitioned_index{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "CREATE INDEX on a partitioned table blocks writes to every partition",
    .why =
        "The index is built on each partition in turn, in one statement that holds SHARE on all of "
        "them to the end.",
    .instead =
        "CREATE INDEX events_at ON ONLY events (at);\nCREATE INDEX CONCURRENTLY events_2025_at ON "
        "events_2025 (at);\nALTER INDEX events_at ATTACH PARTITION events_2025_at;\n-- the "
        "parent's index is valid once every partition has its own",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
