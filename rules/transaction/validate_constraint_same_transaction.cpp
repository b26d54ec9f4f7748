// VALIDATE in the transaction that added the constraint.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool adds(const Context& ctx, const Op& op, const ValidateConstraint& validate) {
  const auto* add = std::get_if<AddConstraint>(&op);
  if (!add || constraint_name(add->table, add->constraint) != quote_identifier(validate.constraint))
    return false;
  if (add->table == validate.table) return true;
  const Relation* one = ctx.schema().relation(add->table).known();
  return one && one == ctx.schema().relation(validate.table).known();
}
void check(Context& ctx, const ValidateConstraint& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Op* added = nullptr;
  for (const Op& other : ctx.statement().ops) {
    if (&node(other) == &op) break;
    if (adds(ctx, other, op)) added = &other;
  }
  for (const Statement& statement : earlier_in_transaction(ctx))
    for (const Op& other : statement.ops)
      if (adds(ctx, other, op)) added = &other;
  const Op* held = nullptr;
  if (!added) {
    // Any other ACCESS EXCLUSIVE on the table does the same harm; a second NOT VALID constraint is
    // not spoken of here.
    held = holder(ctx, Grip::all, &op.table);
    if (held && std::holds_alternative<AddConstraint>(*held)) held = nullptr;
    for (const Op& other : ctx.statement().ops) {
      const Held with = held_by(other);
      if (with.grip == Grip::all && with.table == op.table &&
          !std::holds_alternative<AddConstraint>(other))
        held = &other;
    }
    if (!held) return;
  }
  const std::string table = to_string(op.table);
  const auto* add = added ? std::get_if<AddConstraint>(added) : nullptr;
  const bool key = add && add->constraint.kind == ConstraintKind::foreign_key;
  const bool reads = !key || readers_wait(ctx, op.table);
  ctx.report(op, !reads ? cat("no row of ", table, " or ", to_string(add->constraint.references),
                              " can be written while every row is checked")
                        : cat("nobody can read or write ", table, " while every row is checked"))
      .because(cat("the transaction still holds the lock that ",
                   added ? "adding the constraint" : "an ALTER TABLE before it",
                   " took, so NOT VALID has gained nothing"))
      .try_(in_two_transactions(ctx, "validate in a transaction of its own",
                                "-- this migration without VALIDATE",
                                cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ",
                                    quote_identifier(op.constraint), ";")))
      .label(*ctx.migration().source, ctx.locate(node(added ? *added : *held)), "takes the lock")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) NOT VALID; "
     "ALTER TABLE orders VALIDATE CONSTRAINT fk; COMMIT;"},
    {.sql = "ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID; ALTER TABLE orders "
            "VALIDATE CONSTRAINT c;",
     .in_transaction = true},
    {"ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID, VALIDATE CONSTRAINT c;"}};
constexpr Example good[] = {
    {"ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID; ALTER TABLE orders VALIDATE "
     "CONSTRAINT c;"},
    {"BEGIN; ALTER TABLE orders ADD CONSTRAINT c1 CHECK (a > 0) NOT VALID; ALTER TABLE refunds "
     "VALIDATE CONSTRAINT c1; COMMIT;"},
    {.sql = "ALTER TABLE orders VALIDATE CONSTRAINT c;", .in_transaction = true}};

}  // namespace

extern constexpr Rule validate_constraint_same_transaction{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary =
        "VALIDATE in the same transaction as NOT VALID keeps the strong lock during the check",
    .why =
        "ADD ... NOT VALID is short, but its lock is held to the end of the transaction. VALIDATE "
        "in the same one reads the table under it: NOT VALID gains nothing (measured).",
    .instead =
        "Add NOT VALID in one migration, VALIDATE in a later one that does not share its "
        "transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
