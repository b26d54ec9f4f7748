// A statement that locks runs without application_name.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Statement& statement) {
  if (!ctx.schema().setting("application_name").empty()) return;
  const Name table = first_locked(ctx, statement);
  if (table.name.empty()) return;
  ctx.report(node(statement.ops.front()), cat("whoever looks for what locks ", to_string(table),
                                              " does not see that it is the migration"))
      .because("application_name is not set here")
      .try_("say who it is:\nSET application_name = 'migration';");
}

constexpr Example bad[] = {{"ALTER TABLE users ADD COLUMN a int;"},
                           {"ALTER TABLE users ADD COLUMN a int; SET application_name = '2s';"}};
constexpr Example good[] = {{"SET application_name = '2s'; ALTER TABLE users ADD COLUMN a int;"},
                            {"CREATE TABLE fresh (id int);"}};

}  // namespace

extern constexpr Rule missing_application_name{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A statement that locks runs without application_name",
    .why = "pg_stat_activity then shows which session is the migration.",
    .instead = "SET application_name = '2s';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
