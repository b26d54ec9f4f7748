// A statement that locks runs without idle_in_transaction_session_timeout.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Statement& statement) {
  if (is_time_limit(ctx.schema().setting("idle_in_transaction_session_timeout"))) return;
  const Name table = first_locked(ctx, statement);
  if (table.name.empty()) return;
  ctx.report(node(statement.ops.front()), cat("when the client hangs, the lock on ",
                                              to_string(table), " is held until somebody notices"))
      .because("idle_in_transaction_session_timeout is not set here")
      .try_("set a limit:\nSET idle_in_transaction_session_timeout = '30s';");
}

constexpr Example bad[] = {
    {"ALTER TABLE users ADD COLUMN a int;"},
    {"ALTER TABLE users ADD COLUMN a int; SET idle_in_transaction_session_timeout = '2s';"}};
constexpr Example good[] = {
    {"SET idle_in_transaction_session_timeout = '2s'; ALTER TABLE users ADD COLUMN a int;"},
    {"CREATE TABLE fresh (id int);"}};

}  // namespace

extern constexpr Rule missing_idle_timeout{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A statement that locks runs without idle_in_transaction_session_timeout",
    .why = "A client that stops in the middle of a transaction keeps its locks.",
    .instead = "SET idle_in_transaction_session_timeout = '2s';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
