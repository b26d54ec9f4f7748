// BEGIN that no COMMIT follows.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const TransactionControl& op) {
  const bool opens = op.step == TransactionStep::begin || (ends_transaction(op) && op.chain);
  if (op.within != Within::statement || !opens) return;
  if (op.step == TransactionStep::begin && begun(ctx)) return;
  const TransactionMode mode = ctx.migration().transaction;
  if (mode == TransactionMode::per_file || mode == TransactionMode::all_pending) return;
  if (mode == TransactionMode::autocommit && op.step == TransactionStep::begin &&
      ctx.in_transaction())
    return;
  bool behind = false;
  for (const Statement& statement : ctx.migration().script.statements) {
    for (const Op& other : statement.ops) {
      const auto* control = std::get_if<TransactionControl>(&other);
      if (behind && control && control->within == Within::statement && ends_transaction(*control))
        return;
    }
    behind = behind || &statement == &ctx.statement();
  }
  ctx.report(op, "everything behind this is undone when the connection closes")
      .because("no COMMIT follows; until then the locks are held")
      .try_("end the transaction:\nCOMMIT;");
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int;"},
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT AND CHAIN; ALTER TABLE b ADD COLUMN y int;"},
    {"BEGIN; SAVEPOINT s; ALTER TABLE a ADD COLUMN x int; ROLLBACK TO s;"}};
constexpr Example good[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
    {"CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"},
    {"DO $$ BEGIN PERFORM 1; END $$;"},
    {"BEGIN; SELECT 1; ROLLBACK;"}};

}  // namespace

extern constexpr Rule unclosed_transaction{
    .severity = Severity::error,
    .summary = "BEGIN without COMMIT: the work is undone at the end",
    .why =
        "A transaction that is open when the connection closes is rolled back. COMMIT AND CHAIN "
        "opens another one, ROLLBACK TO a savepoint closes none.",
    .instead = "COMMIT;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
