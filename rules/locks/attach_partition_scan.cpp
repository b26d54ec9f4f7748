// ATTACH PARTITION that must read the table it attaches.
#include <migguard/rule.hpp>

#include <algorithm>
#include "wording.hpp"

namespace migguard::rules {
namespace {

// The columns a list of `col >= ...` mentions cannot be compared with the bound here: a valid CHECK
// that proves the key NOT NULL and names a bound is taken for one that implies it.
bool bounded(const Relation& child) {
  return std::any_of(child.constraints.begin(), child.constraints.end(),
                     [](const Constraint& each) {
                       return each.kind == ConstraintKind::check && each.valid && each.enforced &&
                              !each.not_null_columns.empty() &&
                              each.check.find('=') != std::string::npos;
                     }) ||
         std::any_of(child.constraints.begin(), child.constraints.end(),
                     [&](const Constraint& each) {
                       const bool compares = each.check.find('=') != std::string::npos ||
                                             each.check.find(" IN ") != std::string::npos ||
                                             each.check.find('<') != std::string::npos;
                       if (each.kind != ConstraintKind::check || !each.valid || !each.enforced ||
                           !compares || each.columns.empty())
                         return false;
                       return std::all_of(each.columns.begin(), each.columns.end(),
                                          [&](Text name) {
                                            const Column* column = child.column(name);
                                            return column && column->not_null == Known::yes;
                                          });
                     });
}
void check(Context& ctx, const AttachPartition& op) {
  const Relation* child = ctx.schema().relation(op.partition).known();
  const bool fresh = child && (ctx.schema().is_new(*child) || ctx.schema().is_temporary(*child));
  if (fresh && !child->rows_written) return;
  if (child && bounded(*child)) return;
  if (child && ctx.schema().relation(op.table).known() && !fresh &&
      !ctx.effects(op).scans_table(child->full_name()))
    return;
  const std::string partition = to_string(op.partition);
  const std::string name = quote_identifier(cat(op.partition.name, "_bound"));
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", partition,
                         " while every row of it is compared with the bound"))
          .because(
              "ATTACH PARTITION holds ACCESS EXCLUSIVE on the table it attaches and reads it, "
              "unless a valid CHECK implies the bound")
          .try_(in_two_transactions(
              ctx, "prove the bound first, with a CHECK that also says that the key is not null",
              cat("ALTER TABLE ", partition, " ADD CONSTRAINT ", name,
                  " CHECK (key IS NOT NULL AND key >= ... AND key < ...) NOT VALID;"),
              cat("ALTER TABLE ", partition, " VALIDATE CONSTRAINT ", name, ";\n", "ALTER TABLE ",
                  to_string(op.table), " ATTACH PARTITION ", partition, " ",
                  op.bound == "DEFAULT" ? std::string("DEFAULT") : std::string(op.bound),
                  ";\nALTER TABLE ", partition, " DROP CONSTRAINT ", name, ";")))
          .with("table", plain(op.partition));
  if (fresh) finding.as(Severity::warning);
}

constexpr Example bad[] = {
    {"ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO "
     "('2026-01-01');"},
    {.sql = "ALTER TABLE m ATTACH PARTITION m1 FOR VALUES FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int);"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE m1 ADD CONSTRAINT c CHECK (k IS NOT NULL AND k >= 1 AND k < 9) NOT VALID; "
            "ALTER TABLE m1 VALIDATE CONSTRAINT c; ALTER TABLE m ATTACH PARTITION m1 FOR VALUES "
            "FROM (1) TO (9);",
     .before = "CREATE TABLE m (k int) PARTITION BY RANGE (k); CREATE TABLE m1 (k int);"},
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
