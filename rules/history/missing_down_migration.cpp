// An up migration without a down, in a team that writes them.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <set>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const bool paired = history.tool == Tool::golang_migrate || history.tool == Tool::sqlx ||
                      history.tool == Tool::node_pg_migrate;
  if (!paired || !judges_order(history)) return;
  std::set<std::string> back;
  for (const Migration& each : history.rollbacks)
    back.insert(number_key(history.tool, each.number));
  std::vector<const Migration*> without;
  std::size_t forward = 0;
  for (const Migration* each : by_path(history.migrations)) {
    if (!each->listed || each->number.empty()) continue;
    ++forward;
    if (!back.count(number_key(history.tool, each->number))) without.push_back(each);
  }
  if (2 * without.size() >= forward) return;  // most have none: it is not the custom here
  for (const Migration* each : without) {
    ctx.report(*each->source, {},
               cat("version ", each->number, " cannot be taken back: it has no down migration"))
        .because("most migrations of this folder have one, and going back stops here")
        .try_(
            "write one that is safe to run, or one that fails with a message where going back "
            "would lose data")
        .about(each->number);
  }
}

constexpr ExampleFile one_of_three[] = {{"migrations/001_users.up.sql", examples::users},
                                        {"migrations/001_users.down.sql", "DROP TABLE users;\n"},
                                        {"migrations/002_orders.up.sql", examples::orders},
                                        {"migrations/002_orders.down.sql", "DROP TABLE orders;\n"},
                                        {"migrations/003_lines.up.sql", examples::lines}};
constexpr ExampleFile first_of_three[] = {{"migrations/1_users.up.sql", examples::users},
                                          {"migrations/2_orders.up.sql", examples::orders},
                                          {"migrations/2_orders.down.sql", "DROP TABLE orders;\n"},
                                          {"migrations/3_lines.up.sql", examples::lines},
                                          {"migrations/3_lines.down.sql", "DROP TABLE lines;\n"}};
constexpr ExampleFile half[] = {{"migrations/001_users.up.sql", examples::users},
                                {"migrations/001_users.down.sql", "DROP TABLE users;\n"},
                                {"migrations/002_orders.up.sql", examples::orders}};
constexpr ExampleFile none[] = {{"migrations/001_users.up.sql", examples::users},
                                {"migrations/002_orders.up.sql", examples::orders}};
constexpr Example bad[] = {{.files = one_of_three}, {.files = first_of_three}};
constexpr Example good[] = {{.files = half}, {.files = none}};

}  // namespace

extern constexpr Rule missing_down_migration{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A version that has no down migration cannot be taken back",
    .why =
        "Where more than half of the up migrations have a down file, one without was probably "
        "forgotten. Down migrations that drop tables are a danger of their own: "
        "rollback-destructive speaks of them.",
    .instead = "Write the down file, or go forward only.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
