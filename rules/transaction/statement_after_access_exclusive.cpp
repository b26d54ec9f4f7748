// Work done while the transaction keeps everyone out of a table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool counts(const Op& op) {
  return !std::holds_alternative<TransactionControl>(op) &&
         !std::holds_alternative<SetVariable>(op) && !std::holds_alternative<OtherStatement>(op) &&
         !std::holds_alternative<JsonKey>(op);
}
void check(Context& ctx, const Statement& statement) {
  if (statement.ops.empty() || !counts(statement.ops.front()) || !ctx.in_transaction()) return;
  const Op* before = holder(ctx, Grip::all);
  if (!before) return;
  const std::string locked = to_string(held_by(*before).table);
  ctx.report(node(statement.ops.front()),
             cat("nobody can read or write ", locked, " while this runs"))
      .because(
          "an earlier statement of the transaction took ACCESS EXCLUSIVE on it, which is held "
          "until the commit")
      .try_("put it before that statement, or into a migration of its own")
      .label(*ctx.migration().source, ctx.locate(node(*before)), cat("locks ", locked));
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE users ADD COLUMN a int; SELECT count(*) FROM users; COMMIT;"},
    {.sql = "ALTER TABLE users ADD COLUMN a int; UPDATE orders SET b = 1 WHERE id = 2;",
     .in_transaction = true}};
constexpr Example good[] = {{"ALTER TABLE users ADD COLUMN a int; SELECT count(*) FROM users;"},
                            {"BEGIN; CREATE TABLE n (id int); ALTER TABLE n ADD COLUMN a int; "
                             "INSERT INTO n VALUES (1, 2); COMMIT;"},
                            {"BEGIN; SELECT 1; ALTER TABLE users ADD COLUMN a int; COMMIT;"}};

}  // namespace

extern constexpr Rule statement_after_access_exclusive{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A statement runs while the transaction holds ACCESS EXCLUSIVE",
    .why =
        "Locks are held until the commit: whatever follows an ALTER TABLE in the same transaction "
        "prolongs the time in which nobody can use the table.",
    .instead = "One ALTER TABLE a transaction, as its last statement.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
