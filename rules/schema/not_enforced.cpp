// Constraints that are NOT ENFORCED.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& each) {
  if (!each.not_enforced) return;
  ctx.report(op, cat("nothing keeps rows of ", to_string(table), " to this constraint"))
      .because("NOT ENFORCED constraints are never checked, neither for old rows nor for new ones")
      .try_("add it NOT VALID and validate it afterwards: new rows are checked at once")
      .with("table", plain(table));
}
void check_alter(Context& ctx, const AlterConstraint& op) {
  if (!op.enforced || *op.enforced || ctx.is_new_or_temporary(op.table)) return;
  ctx.report(op, cat("rows of ", to_string(op.table), " that break ",
                     quote_identifier(op.constraint), " can be written from now on, and stay"))
      .because(
          "NOT ENFORCED constraints are never checked, and to enforce one again reads the table "
          "under ACCESS EXCLUSIVE")
      .try_("leave it enforced; for a bulk load, drop it and add it anew NOT VALID, then VALIDATE")
      .with("table", plain(op.table));
}

using New = NewConstraint<&look>;

constexpr Example bad[] = {
    {.sql = "ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT ENFORCED;",
     .pg_version = 18},
    {.sql = "ALTER TABLE lines ALTER CONSTRAINT lines_order_fkey NOT ENFORCED;", .pg_version = 18},
    {.sql = "CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED);", .pg_version = 18}};
constexpr Example good[] = {{"ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID;"},
                            {"ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0);"}};

}  // namespace

extern constexpr Rule not_enforced{
    .severity = Severity::warning,
    .summary = "a NOT ENFORCED constraint protects nothing",
    .why =
        "It looks like a constraint and is a comment. To enforce a foreign key later scans the "
        "table under ACCESS EXCLUSIVE.",
    .instead = "Use NOT VALID and VALIDATE CONSTRAINT.",
    .bad = bad,
    .good = good,
    .listeners = on<&New::table, &New::column, &New::constraint, &check_alter>,
};

}  // namespace migguard::rules
