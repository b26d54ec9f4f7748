// A new partition beside a default partition: that one is read under ACCESS EXCLUSIVE.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// The bound of each partition is not kept by the schema: the history's statements tell.
const Relation* default_partition(const Context& ctx, const Name& parent_name) {
  const Relation* parent = ctx.schema().relation(parent_name).known();
  if (!parent || parent->partitions.empty()) return nullptr;
  const Relation* found = nullptr;
  for (const Migration& migration : ctx.history().migrations) {
    for (const Statement& statement : migration.script.statements) {
      if (&statement == &ctx.statement()) return found;
      for (const Op& op : statement.ops) {
        const Name* name = nullptr;
        if (const auto* create = std::get_if<CreateTable>(&op);
            create && create->partition_bound == "DEFAULT")
          name = &create->table;
        if (const auto* attach = std::get_if<AttachPartition>(&op);
            attach && attach->bound == "DEFAULT")
          name = &attach->partition;
        if (!name) continue;
        const Relation* candidate = ctx.schema().relation(*name).known();
        if (candidate && candidate->partition_of == plain(parent->full_name())) found = candidate;
      }
    }
  }
  return found;
}
void report(Context& ctx, const Node& op, const Name& parent) {
  if (ctx.is_new_or_temporary(parent)) return;
  const Relation* partition = default_partition(ctx, parent);
  if (!partition || (ctx.schema().is_new(*partition) && !partition->rows_written)) return;
  if (!ctx.schema().is_new(*partition) && !ctx.effects(op).scans_table(partition->full_name()))
    return;
  for (const Constraint& each : partition->constraints)
    if (each.kind == ConstraintKind::check && each.valid && !each.inherited &&
        each.check.find_first_of("<>=") != std::string::npos)
      return;
  const std::string name = to_string(partition->full_name());
  ctx.report(op, cat("nobody can read or write ", name,
                     " while every row of it is compared with the new bound"))
      .because(
          "rows that belong into the new partition must not lie in the default one, so that is "
          "read under ACCESS EXCLUSIVE")
      .try_(in_two_transactions(
          ctx, "prove first that it holds no such row",
          cat("ALTER TABLE ", name,
              " ADD CONSTRAINT not_in_new CHECK (NOT (key >= ... AND key < ...)) NOT VALID;"),
          cat("ALTER TABLE ", name,
              " VALIDATE CONSTRAINT not_in_new;\n-- then the partition, and drop the constraint")))
      .with("table", plain(partition->full_name()));
}
void check_attach(Context& ctx, const AttachPartition& op) {
  if (op.bound != "DEFAULT") report(ctx, op, op.table);
}
void check_create(Context& ctx, const CreateTable& op) {
  if (!op.partition_of.name.empty() && op.partition_bound != "DEFAULT")
    report(ctx, op, op.partition_of);
}

constexpr Example bad[] = {
    {.sql =
         "CREATE TABLE m1 (k int); ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before =
         "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m DEFAULT;"},
    {.sql = "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1) TO (9);",
     .before =
         "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m0 PARTITION OF m DEFAULT;"}};
constexpr Example good[] = {
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
