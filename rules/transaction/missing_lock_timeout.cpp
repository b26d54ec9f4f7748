// A lock is waited for without lock_timeout.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Statement& statement) {
  if (is_time_limit(ctx.schema().setting("lock_timeout"))) return;
  const Name table = first_locked(ctx, statement);
  if (table.name.empty()) return;
  ctx.report(node(statement.ops.front()), cat("while this waits for its lock on ", to_string(table),
                                              ", everyone else waits behind it, without limit"))
      .because("lock_timeout is not set here, and a lock request that waits makes later ones queue")
      .try_("set a limit, and try again when it is hit:\nSET lock_timeout = '2s';");
}

constexpr Example bad[] = {{"ALTER TABLE users ADD COLUMN a int;"},
                           {"ALTER TABLE users ADD COLUMN a int; SET lock_timeout = '2s';"}};
constexpr Example good[] = {{"SET lock_timeout = '2s'; ALTER TABLE users ADD COLUMN a int;"},
                            {"CREATE TABLE fresh (id int);"}};

}  // namespace

extern constexpr Rule missing_lock_timeout{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A lock is waited for without lock_timeout",
    .why =
        "A statement that waits for ACCESS EXCLUSIVE blocks every later query on the table while "
        "it waits. SET LOCAL outside a transaction sets nothing; 0 is no limit.",
    .instead = "SET lock_timeout = '2s';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
