// An index built while the transaction keeps readers out.
#include <migguard/rule.hpp>

#include <algorithm>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (op.concurrently || op.only || !ctx.in_transaction()) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && table->kind == RelationKind::partitioned_table) return;  // partitioned-index
  if (op.if_not_exists && !op.index.empty() &&
      ctx.schema().index({op.table.schema, op.index}).exists == Known::yes)
    return;  // it is there: nothing is built
  const Op* before = holder(ctx, Grip::all);
  if (!before) return;
  const std::string locked = to_string(held_by(*before).table);
  const std::string own = to_string(op.table);
  const Name resolved = ctx.schema().resolve(op.table);
  const bool own_held =
      locked == own || std::any_of(ctx.held().begin(), ctx.held().end(), [&](const auto& lock) {
        return lock.mode == LockMode::access_exclusive && lock.relation.is(resolved);
      });
  // Of its own table, the index alone keeps writers out.
  Finding& finding = ctx.report(
      op, cat(own_held ? cat("nobody can read or write ", own)
                       : cat("nobody can write to ", own, ", nor read or write ", locked, ","),
              own_held && locked != own ? cat(" and ", locked) : std::string(),
              " while this index is built"));
  finding
      .because(
          "an earlier statement of the same transaction took ACCESS EXCLUSIVE, which is held until "
          "the commit")
      .try_(outside_transaction(ctx, with_word(ctx, op, "INDEX", "CONCURRENTLY"),
                                needs_this_migration(ctx, op)))
      .under(cat("behind ", node(*before).span.begin))
      .with("item", index_name(op))
      .label(*ctx.migration().source, ctx.locate(node(*before)), cat("locks ", locked))
      .with("table", plain(op.table));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE users ADD COLUMN plan int; CREATE INDEX ON users (plan); COMMIT;"},
    {.sql = "ALTER TABLE users DROP COLUMN plan; CREATE INDEX ON orders (customer);",
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
