// CONCURRENTLY inside a transaction is refused.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void report(Context& ctx, const Node& op, const std::string& sql) {
  if (op.within != Within::statement) {
    ctx.report(op, "this migration fails: CONCURRENTLY cannot run inside a DO block")
        .because("the statement needs transactions of its own, and a block is inside one")
        .try_(outside_transaction(ctx, sql));
    return;
  }
  if (!ctx.in_transaction()) return;
  const bool query = ctx.migration().transaction == TransactionMode::simple_query;
  ctx.report(op, "this migration fails: CONCURRENTLY cannot run in a transaction")
      .because(query ? "several statements sent as one query are one transaction, and the server "
                       "answers with error 25001"
                     : "the statement needs several transactions of its own, and the server "
                       "answers with error 25001")
      .try_(outside_transaction(ctx, sql));
}
void check_create(Context& ctx, const CreateIndex& op) {
  if (op.concurrently) report(ctx, op, with_word(ctx, op, "", ""));
}
void check_drop(Context& ctx, const DropIndex& op) {
  if (op.concurrently)
    report(ctx, op,
           cat("DROP INDEX CONCURRENTLY ", op.if_exists ? "IF EXISTS " : "", to_string(op.index),
               ";"));
}
void check_reindex(Context& ctx, const Reindex& op) {
  if (op.concurrently) report(ctx, op, with_word(ctx, op, "", ""));
}
void check_detach(Context& ctx, const DetachPartition& op) {
  if (op.concurrently) report(ctx, op, with_word(ctx, op, "", ""));
}

constexpr Example bad[] = {
    {"BEGIN; CREATE INDEX CONCURRENTLY orders_c ON orders (c); COMMIT;"},
    {.sql = "CREATE INDEX CONCURRENTLY orders_c ON orders (c);", .in_transaction = true},
    {"BEGIN; REINDEX TABLE CONCURRENTLY orders; COMMIT;"},
    {"BEGIN; ALTER TABLE e DETACH PARTITION e1 CONCURRENTLY; COMMIT;"}};
constexpr Example good[] = {{"CREATE INDEX CONCURRENTLY orders_c ON orders (c);"},
                            {"BEGIN; ALTER TABLE orders ADD COLUMN c int; ROLLBACK; CREATE INDEX "
                             "CONCURRENTLY orders_c ON orders (c);"},
                            {"BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY sales; COMMIT;"}};

}  // namespace

extern constexpr Rule concurrently_in_transaction{
    .severity = Severity::error,
    .summary = "CONCURRENTLY inside a transaction fails",
    .why =
        "CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION CONCURRENTLY commit in between and "
        "refuse a transaction block, also the implicit one of several statements in one query. "
        "REFRESH MATERIALIZED VIEW CONCURRENTLY may run in one (measured).",
    .instead =
        "Run it outside: most tools have an annotation for it; Prisma and golang-migrate need the "
        "statement alone in its file; Drizzle and Supabase cannot, so run it with psql before the "
        "deployment and let the migration say IF NOT EXISTS.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_create, &check_drop, &check_reindex, &check_detach>,
};

}  // namespace migguard::rules
