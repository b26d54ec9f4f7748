// A folder of Drizzle 1.0 with a snapshot and no SQL: its changes are never applied.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  for (const DrizzleV1Folder& each : history.drizzle_v1->folders) {
    if (each.sql || !each.snapshot) continue;
    const std::string sql = in_folder(in_folder(history.folder, each.name), "migration.sql");
    ctx.report(*each.snapshot, {},
               cat("the changes of ", each.name, " reach no database: its migration.sql is gone"))
        .because(
            "Drizzle passes by folders without migration.sql, and generate takes the snapshot "
            "for done; drizzle-kit check says that everything is fine")
        .try_(cat("restore the file:\ngit log --diff-filter=D -- ", shell_word(sql)))
        .about(each.name);
  }
}

constexpr ExampleFile lost[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                {"drizzle/20240102000000_orders/snapshot.json", examples::v1_b}};
constexpr ExampleFile renamed[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20240102000000_orders/Migration.sql", examples::orders},
    {"drizzle/20240102000000_orders/snapshot.json", examples::v1_b}};
constexpr ExampleFile other_folder[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/notes/readme.txt", "nothing to run\n"}};
constexpr Example bad[] = {{.files = lost}, {.files = renamed}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = other_folder}};

}  // namespace

extern constexpr Rule drizzle_v1_missing_sql{
    .severity = Severity::error,
    .summary = "A folder with a snapshot and no migration.sql is passed by in silence",
    .why =
        "The migrator of Drizzle 1.0 takes the folders that hold a migration.sql and passes by the "
        "others. The snapshot still counts: generate compares with it, so that its changes are "
        "never written again.",
    .instead = "Restore migration.sql, or delete the folder and generate anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
