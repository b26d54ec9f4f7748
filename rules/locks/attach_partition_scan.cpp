// ATTACH PARTITION that must read the table it attaches.
#include <migguard/rule.hpp>

#include <algorithm>
#include "partition_bound.hpp"
#include "wording.hpp"

namespace migguard::rules {
namespace {

// What is attached before anybody else could see it is read while nobody waits, but holds the lock
// of the parent meanwhile.
bool proved_by_name(const Relation& child) {
  return std::any_of(child.constraints.begin(), child.constraints.end(),
                     [](const Constraint& each) {
                       return each.kind == ConstraintKind::check && each.valid && each.enforced &&
                              !each.predicate.empty() && !each.columns.empty();
                     });
}
// Why ATTACH reads the table, or null where it does not.
const Effects::Work* reading(Context& ctx, const AttachPartition& op, const Relation& child) {
  for (const Effects::Work& each : ctx.effects(op).scans)
    if (each.relation.is(child.full_name())) return &each;
  return nullptr;
}
void check(Context& ctx, const AttachPartition& op) {
  const Relation* child = ctx.schema().relation(op.partition).known();
  const bool fresh = child && (ctx.schema().is_new(*child) || ctx.schema().is_temporary(*child));
  if (fresh && (!child->rows_written || proved_by_name(*child))) return;
  const std::string partition = to_string(op.partition);
  if (child && ctx.schema().relation(op.table).known() && !fresh) {
    const Effects::Work* work = reading(ctx, op, *child);
    // A partitioned table without a partition in the files has them from somewhere else, and then
    // the default partition is read, too.
    const Relation* parent = ctx.schema().relation(op.table).known();
    if (!work && (op.bound != "DEFAULT" || !parent->partitions.empty())) return;
    if (work && work->why.find("index") != std::string::npos) {
      const std::string index = quote_identifier(cat(op.partition.name, "_idx"));
      ctx.report(op, cat("nobody can read or write ", partition,
                         " while an index that it lacks is built"))
          .because(cat("a partition needs every index of ", to_string(op.table),
                       ": ATTACH PARTITION builds those that are missing, under ACCESS EXCLUSIVE"))
          .try_(cat("build it on the table before it is attached; ",
                    outside_transaction(ctx, cat("CREATE INDEX CONCURRENTLY ", index, " ON ",
                                                 partition, " (...);"))))
          .with("table", plain(op.partition));
      return;
    }
  }
  const std::string name = quote_identifier(cat(op.partition.name, "_bound"));
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", partition,
                         " while every row of it is compared with the bound"))
          .because(
              "ATTACH PARTITION holds ACCESS EXCLUSIVE on the table it attaches and reads it, "
              "unless a valid CHECK implies the bound")
          .with("table", plain(op.partition));
  if (op.values.form == PartitionBound::Form::hash)
    finding.try_(
        "no CHECK proves which rows a hash takes: attach it while it is empty, and copy its rows "
        "in batches then");
  else
    finding.try_(in_two_transactions(
        ctx, "prove the bound first, with a CHECK that also says that the key is not null",
        cat("ALTER TABLE ", partition, " ADD CONSTRAINT ", name, " CHECK (",
            bound_check(ctx, op.table, op.values), ") NOT VALID;"),
        cat("ALTER TABLE ", partition, " VALIDATE CONSTRAINT ", name, ";\n", "ALTER TABLE ",
            to_string(op.table), " ATTACH PARTITION ", partition, " ",
            op.bound == "DEFAULT" ? std::string("DEFAULT") : std::string(op.bound),
            ";\nALTER TABLE ", partition, " DROP CONSTRAINT ", name, ";")));
  if (fresh) finding.as(Severity::warning);
}

constexpr Example bad[] = {
    {"ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO "
     "('2026-01-01');"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int);"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int, CHECK (k >= "
               "1 AND k < 9));"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES IN ('a');",
     .before = "CREATE TABLE m (k text) PARTITION BY LIST (k); CREATE TABLE m1 (k text NOT NULL, "
               "CHECK (k IN ('a', 'b')));"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE m1 ADD CONSTRAINT c CHECK (k IS NOT NULL AND k >= 1 AND k < 9) NOT VALID; "
            "ALTER TABLE m1 VALIDATE CONSTRAINT c; ALTER TABLE m ATTACH PARTITION m1 FOR VALUES "
            "FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int);"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int NOT NULL, "
               "CHECK (k BETWEEN 2 AND 8));"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 DEFAULT;",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m FOR "
               "VALUES FROM (1) TO (9); CREATE TABLE m1 (k int, CHECK (k >= 9));"},
    {"CREATE TABLE m1 (k int); ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);"}};

}  // namespace

extern constexpr Rule attach_partition_scan{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "ATTACH PARTITION reads the whole table it attaches",
    .why =
        "The parent is only under SHARE UPDATE EXCLUSIVE, the table that is attached under ACCESS "
        "EXCLUSIVE while it is read. A valid CHECK that implies the bound, key IS NOT NULL "
        "included, saves the reading (measured).",
    .instead =
        "ALTER TABLE events_2025 ADD CONSTRAINT b CHECK (at IS NOT NULL AND at >= '2025-01-01' AND "
        "at < '2026-01-01') NOT VALID;\n-- in another transaction\nALTER TABLE events_2025 "
        "VALIDATE CONSTRAINT b;\nALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM "
        "('2025-01-01') TO ('2026-01-01');",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
