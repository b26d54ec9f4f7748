// A SQL file beside the folders of Drizzle 1.0: never run.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (history.tool != Tool::drizzle_v1) return;
  for (const Migration& each : history.migrations) {
    if (each.listed || folder_of(each.source->path) != history.folder) continue;
    ctx.report(*each.source, {}, "Drizzle 1.0 never runs this file")
        .because(
            "it runs the migration.sql of each folder; a flat file is what `drizzle-kit up` leaves "
            "of one that its journal did not list")
        .try_(cat("put its SQL into a folder of its own, or delete it:\n"
                  "npx drizzle-kit generate --custom --name=",
                  shell_word(tag_name(each.id.substr(0, each.id.rfind('.'))))))
        .about(std::string(base_name(each.source->path)));
  }
}

constexpr ExampleFile flat[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                {"drizzle/0004_orders.sql", examples::orders}};
constexpr ExampleFile unnumbered[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/backfill.sql", "UPDATE users SET id = id;\n"}};
constexpr ExampleFile rollback[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                    {"drizzle/rollback/users.sql", "DROP TABLE users;\n"}};
constexpr Example bad[] = {{.files = flat}, {.files = unnumbered}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = rollback}};

}  // namespace

extern constexpr Rule drizzle_v1_stray_sql{
    .severity = Severity::warning,
    .summary = "A SQL file beside the folders of Drizzle 1.0 is never run",
    .why =
        "Drizzle 1.0 keeps a folder for each migration. SQL files directly in the out directory "
        "are passed by without a word, as were those that an older journal did not list.",
    .instead = "`npx drizzle-kit generate --custom --name=x` makes a folder for hand-written SQL.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
