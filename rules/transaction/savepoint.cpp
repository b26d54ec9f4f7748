// A savepoint in a migration.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const TransactionControl& op) {
  if (op.step != TransactionStep::savepoint || op.within != Within::statement) return;
  ctx.report(op,
             "each savepoint costs a transaction id of its own, and locks taken before it stay "
             "when it is rolled back")
      .because("many subtransactions slow every snapshot on the server down")
      .try_("split the migration, so that a step that may fail is one of its own");
}

constexpr Example bad[] = {
    {"BEGIN; SAVEPOINT s; ALTER TABLE a ADD COLUMN x int; RELEASE s; COMMIT;"},
    {.sql = "SAVEPOINT s; ROLLBACK TO s;", .in_transaction = true}};
constexpr Example good[] = {{"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
                            {"DO $$ BEGIN PERFORM 1; EXCEPTION WHEN others THEN NULL; END $$;"}};

}  // namespace

extern constexpr Rule savepoint{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A migration uses savepoints",
    .why =
        "Subtransactions take transaction ids and, in number, slow the server down; a migration "
        "seldom needs them.",
    .instead = "Two migrations.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
