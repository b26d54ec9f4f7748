// An index built while the transaction keeps readers out.
#include <migguard/rule.hpp>

#include <algorithm>

#include "index_remedy.hpp"
#include "wording.hpp"

namespace migguard::rules {
namespace {

std::string name_of(const RelationName& each) {
  return to_string(Name{each.schema == "public" ? Text() : Text(each.schema), each.name});
}

void check(Context& ctx, const CreateIndex& op) {
  if (op.concurrently || op.only || !ctx.in_transaction()) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && table->kind == RelationKind::partitioned_table) return;  // partitioned-index
  if (op.if_not_exists && !op.index.empty() &&
      ctx.schema().index({op.table.schema, op.index}).exists == Known::yes)
    return;  // it is there: nothing is built
  const Op* before = standing_holder(ctx);
  // DROP INDEX names no table, and dropping a foreign key only one of two.
  const Effects::Lock* lock = exclusive_lock(ctx, op.table);
  if (!before && !lock) return;
  const std::string own = to_string(op.table);
  const std::string locked = before ? to_string(held_by(*before).table) : name_of(lock->relation);
  const bool own_locked =
      locked == own || (lock && lock->relation.is(ctx.schema().resolve(op.table)));
  const bool and_other = own_locked && before && locked != own;
  // Of its own table, the index alone keeps writers out.
  Finding& finding = ctx.report(
      op, cat(own_locked ? cat("nobody can read or write ", own)
                         : cat("nobody can write to ", own, ", nor read or write ", locked, ","),
              and_other ? cat(" and ", locked) : std::string(), " while this index is built"));
  finding
      .because(
          "an earlier statement of the same transaction took ACCESS EXCLUSIVE, which is held until "
          "the commit")
      .try_(cat(outside_transaction(ctx, built_concurrently(ctx, op), turn_of_index(ctx, op)),
                behind_index(ctx, op)))
      .under(before ? cat("behind ", node(*before).span.begin) : cat("behind ", locked))
      .with("item", index_name(op))
      .with("table", plain(op.table));
  if (before)
    finding.label(*ctx.migration().source, ctx.locate(node(*before)), cat("locks ", locked));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE users ADD COLUMN plan int; CREATE INDEX ON users (plan); COMMIT;"},
    {.sql = "ALTER TABLE users DROP COLUMN plan; CREATE INDEX ON orders (customer);",
     .in_transaction = true},
    {.sql = "DROP INDEX orders_a; CREATE UNIQUE INDEX orders_b ON orders (a, b);",
     .before = "CREATE TABLE orders (a int, b int); CREATE UNIQUE INDEX orders_a ON orders (a);",
     .in_transaction = true}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN plan int; CREATE INDEX ON users (plan);"},
    {"BEGIN; ALTER TABLE users ADD COLUMN plan int; COMMIT; CREATE INDEX ON users (plan);"},
    {.sql =
         "CREATE TABLE a (id int); ALTER TABLE a ADD COLUMN b int; CREATE INDEX ON users (plan);",
     .in_transaction = true}};

}  // namespace

extern constexpr Rule create_index_in_locking_tx{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "An index is built while the transaction holds ACCESS EXCLUSIVE on a table",
    .why =
        "ALTER TABLE takes ACCESS EXCLUSIVE, and a transaction gives no lock back before it ends. "
        "An index built behind it in the same transaction keeps readers out for as long as the "
        "build takes.",
    .instead =
        "Put the index into a migration of its own, built CONCURRENTLY where the tool can run it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
