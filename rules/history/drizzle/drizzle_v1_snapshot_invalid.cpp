// A snapshot of Drizzle 1.0 that cannot be read.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  for (const DrizzleV1Folder& each : history.drizzle_v1->folders) {
    if (!each.invalid) continue;
    ctx.report(*each.snapshot, each.invalid->span,
               cat("drizzle-kit writes no migration any more: ", each.invalid->message))
        .because("drizzle-kit reads every snapshot of the folder, and stops at malformed data")
        .try_(cat("restore the file as it was generated:\ngit checkout -- ",
                  shell_word(each.snapshot->path)))
        .about(each.name);
  }
}

constexpr ExampleFile conflict[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json",
     "{\n<<<<<<< HEAD\n  \"id\": \"a\",\n=======\n  \"id\": \"b\",\n>>>>>>> other\n"
     "  \"prevIds\": []\n}\n"}};
constexpr ExampleFile no_parents[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", R"({"id": "a", "dialect": "postgres"})"}};
constexpr ExampleFile no_parent[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json",
     R"({"id": "a", "dialect": "postgres", "prevIds": []})"}};
constexpr Example bad[] = {{.files = conflict}, {.files = no_parents}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = no_parent}};

}  // namespace

extern constexpr Rule drizzle_v1_snapshot_invalid{
    .severity = Severity::error,
    .summary = "drizzle-kit cannot read a snapshot, and writes no migration",
    .why =
        "Every snapshot.json must be JSON with an `id` and a list `prevIds`. One with conflict "
        "markers, or cut short, stops drizzle-kit check and generate.",
    .instead = "Restore it from git, or generate the migration anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
