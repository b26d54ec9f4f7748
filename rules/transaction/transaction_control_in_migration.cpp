// BEGIN and COMMIT in a file that the tool runs in a transaction of its own.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const TransactionControl& op) {
  if (op.within != Within::statement ||
      (op.step != TransactionStep::begin && !ends_transaction(op)))
    return;
  if (ctx.migration().transaction == TransactionMode::simple_query || !ctx.in_transaction() ||
      begun(ctx))
    return;
  const bool begin = op.step == TransactionStep::begin;
  const std::string tool = ctx.history().tool == Tool::plain
                               ? std::string("the runner")
                               : std::string(display_name(ctx.history().tool));
  ctx.report(op, begin ? cat("the COMMIT that belongs to this BEGIN ends the transaction of ", tool,
                             ", and what follows is not undone when it fails")
                       : cat("this ends the transaction of ", tool,
                             ": what came before stays even when the migration fails later"))
      .because(begin ? "the server is inside a transaction already and only warns of another BEGIN"
                     : "the tool's record of the migration is then written outside the transaction "
                       "that did the work")
      .try_(cat("leave BEGIN and COMMIT out; for a statement that needs no transaction, ",
                outside_transaction(ctx, "-- that statement alone")));
}

constexpr Example bad[] = {
    {.sql = "BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;", .in_transaction = true},
    {.sql = "ALTER TABLE a ADD COLUMN x int; COMMIT;", .in_transaction = true}};
constexpr Example good[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
    {.sql = "SAVEPOINT s; ALTER TABLE a ADD COLUMN x int; RELEASE s;", .in_transaction = true},
    {.sql = "DO $$ BEGIN PERFORM 1; END $$;", .in_transaction = true}};

}  // namespace

extern constexpr Rule transaction_control_in_migration{
    .severity = Severity::warning,
    .summary = "BEGIN or COMMIT inside a file that the tool wraps in a transaction ends it early",
    .why =
        "PostgreSQL has no nested transactions: BEGIN only warns, and COMMIT ends the tool's "
        "transaction. A failure behind it leaves half of the migration applied and unrecorded.",
    .instead = "Leave transaction control to the tool.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
