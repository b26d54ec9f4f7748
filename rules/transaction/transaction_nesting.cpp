// BEGIN within BEGIN, COMMIT without BEGIN.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const TransactionControl& op) {
  if (op.within != Within::statement ||
      (op.step != TransactionStep::begin && !ends_transaction(op)))
    return;
  const bool open = begun(ctx);
  const bool begin = op.step == TransactionStep::begin;
  if (begin != open) return;
  const bool wrapped =
      ctx.in_transaction() && ctx.migration().transaction != TransactionMode::simple_query;
  if (!begin && wrapped) return;  // transaction-control-in-migration
  ctx.report(
         op,
         begin
             ? "this BEGIN does nothing: the next COMMIT ends the transaction that is open already"
         : op.step == TransactionStep::rollback
             ? "this undoes nothing: no transaction is open"
             : "this does nothing: no transaction is open, and the statements before it are "
               "committed one by one")
      .because("PostgreSQL only warns, so a failure in between is not undone as the file suggests")
      .try_(begin ? "leave this BEGIN out, or use a savepoint:\nSAVEPOINT step;"
                  : "write BEGIN before the first statement that belongs to it, or leave this out");
}

constexpr Example bad[] = {{"BEGIN; BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
                           {"ALTER TABLE a ADD COLUMN x int; COMMIT;"},
                           {"ROLLBACK;"}};
constexpr Example good[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT AND CHAIN; ALTER TABLE b ADD COLUMN y int; "
     "COMMIT;"},
    {"CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"},
    {"BEGIN; SAVEPOINT s; ROLLBACK TO s; COMMIT;"}};

}  // namespace

extern constexpr Rule transaction_nesting{
    .severity = Severity::warning,
    .summary = "BEGIN inside BEGIN, or COMMIT and ROLLBACK without one, do nothing",
    .why = "The server answers with a warning and goes on. What looks like one unit is not.",
    .instead = "One BEGIN, one COMMIT; savepoints for steps in between.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
