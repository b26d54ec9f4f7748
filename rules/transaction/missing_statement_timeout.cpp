// A statement that locks runs without statement_timeout.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Statement& statement) {
  if (is_time_limit(ctx.schema().setting("statement_timeout"))) return;
  const Name table = first_locked(ctx, statement);
  if (table.name.empty()) return;
  ctx.report(node(statement.ops.front()),
             cat("this may run, and hold its lock on ", to_string(table), ", without limit"))
      .because("statement_timeout is not set here")
      .try_("set a limit:\nSET statement_timeout = '60s';");
}

constexpr Example bad[] = {{"ALTER TABLE users ADD COLUMN a int;"},
                           {"ALTER TABLE users ADD COLUMN a int; SET statement_timeout = '2s';"}};
constexpr Example good[] = {{"SET statement_timeout = '2s'; ALTER TABLE users ADD COLUMN a int;"},
                            {"CREATE TABLE fresh (id int);"}};

}  // namespace

extern constexpr Rule missing_statement_timeout{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A statement that locks runs without statement_timeout",
    .why =
        "Without a limit a statement that takes longer than thought holds its locks until somebody "
        "notices.",
    .instead = "SET statement_timeout = '2s';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
