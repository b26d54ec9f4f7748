// BEGIN within BEGIN, COMMIT without BEGIN.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// The statements of one query are a transaction without BEGIN, and COMMIT and ROLLBACK end it with
// a warning (EndTransactionBlock, UserAbortTransactionBlock in src/backend/access/transam/xact.c).
void end_of_query(Context& ctx, const TransactionControl& op) {
  const bool undone = op.step == TransactionStep::rollback;
  const List<Statement> all = ctx.migration().script.statements;
  const bool last = &ctx.statement() == &all[all.size() - 1];
  const bool first = &ctx.statement() == &all[0];
  if (first || (last && !undone)) return;  // nothing is before it, or the end of the file does it
  ctx.report(op, undone ? "this undoes every statement of the file before it"
                        : "this commits what is before it: if a statement behind it fails, that "
                          "stays")
      .because(
          "the runner sends the file as one query, which is a transaction up to the first COMMIT "
          "or ROLLBACK")
      .try_(undone ? "leave it out, or what it is to undo"
                   : "leave it out, or give what is behind it a migration of its own");
}

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
  if (!begin && ctx.migration().transaction == TransactionMode::simple_query) {
    end_of_query(ctx, op);
    return;
  }
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

// Sent as one query, which COMMIT cuts in two.
constexpr ExampleFile cut[] = {
    {"migrations/001_a.up.sql",
     "ALTER TABLE a ADD COLUMN x int;\nCOMMIT;\nALTER TABLE b ADD COLUMN y int;\n"},
    {"migrations/001_a.down.sql", "ALTER TABLE a DROP COLUMN x;\n"}};
constexpr ExampleFile at_the_end[] = {
    {"migrations/001_a.up.sql", "ALTER TABLE a ADD COLUMN x int;\nCOMMIT;\n"},
    {"migrations/001_a.down.sql", "ALTER TABLE a DROP COLUMN x;\n"}};
constexpr Example bad[] = {{.files = cut},
                           {"BEGIN; BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
                           {"ALTER TABLE a ADD COLUMN x int; COMMIT;"},
                           {"ROLLBACK;"}};
constexpr Example good[] = {
    {.files = at_the_end},
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT AND CHAIN; ALTER TABLE b ADD COLUMN y int; "
     "COMMIT;"},
    {"CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"},
    {"BEGIN; SAVEPOINT s; ROLLBACK TO s; COMMIT;"}};

}  // namespace

extern constexpr Rule transaction_nesting{
    .severity = Severity::warning,
    .summary = "BEGIN inside BEGIN, or COMMIT and ROLLBACK without one, do nothing",
    .why =
        "The server answers with a warning and goes on. What looks like one unit is not. Where the "
        "runner sends a file as one query, COMMIT and ROLLBACK cut that in two.",
    .instead = "One BEGIN, one COMMIT; savepoints for steps in between.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
