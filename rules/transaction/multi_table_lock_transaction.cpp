// Strong locks on several tables in one transaction.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Statement& statement) {
  if (statement.ops.empty() || !ctx.in_transaction()) return;
  for (const Op& op : statement.ops) {
    const Held held = held_by(op);
    if (held.grip == Grip::none || held.table.name.empty() || ctx.is_new_or_temporary(held.table))
      continue;
    const Op* first = holder(ctx, Grip::writes);
    if (!first || held_by(*first).table == held.table || holder(ctx, Grip::writes, &held.table))
      continue;
    const std::string one = to_string(held_by(*first).table);
    const std::string other = to_string(held.table);
    ctx.report(node(op),
               cat("this waits for ", other, " while the transaction keeps others out of ", one))
        .because(
            "a transaction that uses the two tables in the other order deadlocks with it, and both "
            "stay locked until the commit")
        .try_("change one table a transaction, or lock both in the order in which code uses them")
        .label(*ctx.migration().source, ctx.locate(node(*first)), cat("locks ", one));
    return;
  }
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; ALTER TABLE b ADD COLUMN y int; COMMIT;"},
    {.sql = "CREATE TRIGGER t AFTER UPDATE ON a EXECUTE FUNCTION f(); DROP TABLE b;",
     .in_transaction = true}};
constexpr Example good[] = {
    {"ALTER TABLE a ADD COLUMN x int; ALTER TABLE b ADD COLUMN y int;"},
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; ALTER TABLE a ADD COLUMN y int; COMMIT;"},
    {"BEGIN; CREATE TABLE n (id int); ALTER TABLE n ADD COLUMN z int; ALTER TABLE a ADD COLUMN x "
     "int; COMMIT;"}};

}  // namespace

extern constexpr Rule multi_table_lock_transaction{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "One transaction takes strong locks on several tables",
    .why =
        "Every table stays locked until the slowest part is done, and code that takes the tables "
        "in another order deadlocks.",
    .instead = "One table a migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
