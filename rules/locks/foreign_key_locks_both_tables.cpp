// A new foreign key locks the referenced table too.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void report(Context& ctx, const Node& op, const Name& table, const Name& parent) {
  if (ctx.is_new_or_temporary(parent) || parent == table) return;
  ctx.report(op, cat("writes to ", to_string(parent), " wait until this has its lock on it"))
      .because(
          "a foreign key takes SHARE ROW EXCLUSIVE on the referenced table, and in a transaction "
          "holds it until the commit")
      .try_(
          "set a lock timeout, so that a long transaction on that table fails the migration rather "
          "than stop all writers:\nSET lock_timeout = '2s';")
      .with("table", plain(parent));
}
void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::foreign_key) return;
  // Where rows are checked, add-foreign-key-without-not-valid names both tables.
  if (!key.not_valid && !key.not_enforced && !ctx.is_new_or_temporary(op.table)) return;
  report(ctx, op, op.table, key.references);
}
void check_column(Context& ctx, const AddColumn& op) {
  if (already_there(ctx, op)) return;
  for (const ConstraintDefinition& each : op.column.constraints)
    if (each.kind == ConstraintKind::foreign_key) report(ctx, op, op.table, each.references);
}
void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  for (const ColumnDefinition& column : op.columns)
    for (const ConstraintDefinition& each : column.constraints)
      if (each.kind == ConstraintKind::foreign_key) report(ctx, op, op.table, each.references);
  for (const ConstraintDefinition& each : op.constraints)
    if (each.kind == ConstraintKind::foreign_key) report(ctx, op, op.table, each.references);
}

constexpr Example bad[] = {
    {"ALTER TABLE orders ADD COLUMN coupon_id bigint REFERENCES coupons (id);"},
    {"CREATE TABLE lines (order_id bigint REFERENCES orders (id));"},
    {"ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;"}};
constexpr Example good[] = {
    {"CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a);"},
    {"CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes);"},
    {"ALTER TABLE orders ADD COLUMN coupon_id bigint;"}};

}  // namespace

extern constexpr Rule foreign_key_locks_both_tables{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A new foreign key briefly blocks writes to the referenced table",
    .why =
        "Also CREATE TABLE ... REFERENCES and NOT VALID take SHARE ROW EXCLUSIVE on the referenced "
        "table: short, once no transaction that wrote to it is open.",
    .instead = "SET lock_timeout = '2s';\n-- and try again when it is hit",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_column, &check_table>,
};

}  // namespace migguard::rules
