// A folder of Drizzle 1.0 with SQL and no snapshot: generate does not know what it did.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  for (const DrizzleV1Folder& each : history.drizzle_v1->folders) {
    if (!each.sql || each.snapshot) continue;
    const std::string snapshot = in_folder(in_folder(history.folder, each.name), "snapshot.json");
    ctx.report(*each.sql, {},
               "the next generated migration makes these changes again: there is no snapshot.json")
        .because(
            "the migration runs, but drizzle-kit compares the schema with the snapshots, and does "
            "not see it")
        .try_(cat("restore the file, or generate the migration anew:\ngit log --diff-filter=D -- ",
                  shell_word(snapshot)))
        .about(each.name);
  }
}

constexpr ExampleFile lost[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                {"drizzle/20240102000000_orders/migration.sql", examples::orders}};
constexpr ExampleFile first[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                 {"drizzle/20240102000000_orders/migration.sql", examples::orders},
                                 {"drizzle/20240102000000_orders/snapshot.json", examples::v1_a}};
constexpr Example bad[] = {{.files = lost}, {.files = first}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = examples::v1_merged}};

}  // namespace

extern constexpr Rule drizzle_v1_missing_snapshot{
    .severity = Severity::warning,
    .summary = "Without its snapshot, drizzle-kit generate makes a migration's changes again",
    .why =
        "Drizzle 1.0 runs a folder without snapshot.json, but generate and check do not see it: "
        "the next migration repeats its CREATE TABLE, and fails where that has run.",
    .instead = "Commit migration.sql and snapshot.json together.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
