// A number missing in a row of migrations.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!judges_order(history) || !orders_by_number(history.tool)) return;
  std::map<std::int64_t, const Migration*> numbers;
  for (const Migration* each : by_path(history.migrations)) {
    if (each->number.empty() || (!each->listed && !history.drizzle)) continue;
    const auto number = sequence_number(each->number);
    if (!number) return;  // time stamps, or Flyway's 1.2
    numbers.emplace(*number, each);
  }
  const Migration* last = nullptr;
  std::int64_t last_number = 0;
  for (const auto& [number, migration] : numbers) {
    if (last && number > last_number + 1) {
      const bool one = number == last_number + 2;
      ctx.report(*migration->source, {},
                 cat(one ? cat("number ", last_number + 1, " is")
                         : cat("numbers ", last_number + 1, " to ", number - 1, " are"),
                     " missing between ", base_name(last->source->path), " and this migration"))
          .because("no tool minds, but a migration may have been lost in a merge")
          .try_(
              "look for it in the history of the folder:\ngit log --diff-filter=D --name-only -- " +
              shell_word(history.folder))
          .about(migration->number);
    }
    last = migration;
    last_number = number;
  }
}

constexpr ExampleFile gap[] = {{"migrations/001_users.sql", examples::users},
                               {"migrations/003_orders.sql", examples::orders}};
constexpr ExampleFile pairs[] = {{"migrations/1_users.up.sql", examples::users},
                                 {"migrations/1_users.down.sql", "DROP TABLE users;\n"},
                                 {"migrations/4_orders.up.sql", examples::orders}};
constexpr ExampleFile row[] = {{"migrations/009_users.sql", examples::users},
                               {"migrations/010_orders.sql", examples::orders}};
constexpr ExampleFile stamps[] = {{"migrations/20240101_users.sql", examples::users},
                                  {"migrations/20240301_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = gap}, {.files = pairs}};
constexpr Example good[] = {{.files = row}, {.files = stamps}};

}  // namespace

extern constexpr Rule migration_number_gap{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A number is missing in the row of migrations",
    .why =
        "Every tool takes gaps. For a team that numbers without them, one means that a file was "
        "lost or is still on its way. Numbers of more than five digits are time stamps and not "
        "looked at.",
    .instead = "Find the file, or leave the gap.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
