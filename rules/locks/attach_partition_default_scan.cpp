// A new partition beside a default partition: that one is read under ACCESS EXCLUSIVE.
#include <migguard/rule.hpp>

#include "partition_bound.hpp"
#include "wording.hpp"

namespace migguard::rules {
namespace {

// The default partition that the statement reads, or null.
const Relation* read_whole(Context& ctx, const Node& op) {
  const Effects& does = ctx.effects(op);
  for (const Effects::Lock& each : does.locks) {
    const Name name{each.relation.schema, each.relation.name};
    if (each.why == "the default partition" && does.scans_table(name))
      return ctx.schema().relation(name).known();
  }
  return nullptr;
}
void report(Context& ctx, const Node& op, const Name& parent, const PartitionBound& bound) {
  if (ctx.is_new_or_temporary(parent)) return;
  const Relation* partition = read_whole(ctx, op);
  if (!partition) return;
  const std::string name = to_string(partition->full_name());
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", name,
                         " while every row of it is compared with the new bound"))
          .because(
              "rows that belong into the new partition must not lie in the default one, so that is "
              "read under ACCESS EXCLUSIVE")
          .with("table", plain(partition->full_name()));
  if (bound.form == PartitionBound::Form::hash) return;
  finding.try_(in_two_transactions(
      ctx, "prove first that it holds no such row",
      cat("ALTER TABLE ", name, " ADD CONSTRAINT not_in_new CHECK (NOT (",
          bound_check(ctx, parent, bound), ")) NOT VALID;"),
      cat("ALTER TABLE ", name,
          " VALIDATE CONSTRAINT not_in_new;\n-- then the partition, and drop the constraint")));
}
void check_attach(Context& ctx, const AttachPartition& op) {
  if (op.bound != "DEFAULT") report(ctx, op, op.table, op.values);
}
void check_create(Context& ctx, const CreateTable& op) {
  if (!op.partition_of.name.empty() && op.partition_bound != "DEFAULT")
    report(ctx, op, op.partition_of, op.bound);
}

constexpr Example bad[] = {
    {.sql =
         "CREATE TABLE m1 (k int); ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before =
         "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m DEFAULT;"},
    {.sql = "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);",
     .before =
         "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m DEFAULT;"},
    {.sql = "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m "
               "DEFAULT; ALTER TABLE m0 ADD CHECK (k > 5);"}};
constexpr Example good[] = {
    {.sql = "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m "
               "DEFAULT; ALTER TABLE m0 ADD CHECK (k IS NULL OR k < 1 OR k >= 9);"},
    {.sql = "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k);"},
    {"CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m DEFAULT; "
     "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);"}};

}  // namespace

extern constexpr Rule attach_partition_default_scan{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "A new partition makes PostgreSQL read the default partition under ACCESS EXCLUSIVE",
    .why =
        "ATTACH PARTITION and CREATE TABLE ... PARTITION OF read the default partition, if there "
        "is one, to see that it holds no row of the new partition (measured). A valid CHECK on it "
        "that excludes them saves that.",
    .instead =
        "ALTER TABLE events_default ADD CONSTRAINT not_2026 CHECK (NOT (at >= '2026-01-01' AND at "
        "< '2027-01-01')) NOT VALID;\n-- in another transaction\nALTER TABLE events_default "
        "VALIDATE CONSTRAINT not_2026;",
    .bad = bad,
    .good = good,
    .listeners = on<&check_attach, &check_create>,
};

}  // namespace migguard::rules
