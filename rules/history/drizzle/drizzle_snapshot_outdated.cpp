// A snapshot of Drizzle's in a format that drizzle-kit no longer takes.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  for (const DrizzleSnapshot& snapshot : journal->snapshots) {
    const bool postgresql = snapshot.dialect == "postgresql" || snapshot.dialect == "pg";
    const auto version = sequence_number(snapshot.version);
    if (snapshot.invalid || !postgresql || !version || *version >= 7) continue;
    ctx.report(*snapshot.source, snapshot.version_span,
               cat("drizzle-kit generate writes no migration: this snapshot has format ", *version,
                   ", and it takes 7"))
        .because("generate ends with exit code 0 and without a file, check with 1")
        .try_(
            "rewrite the snapshots with the drizzle-kit in use, and commit them:\n"
            "npx drizzle-kit up")
        .about(std::string(base_name(snapshot.source->path)))
        .under(cat("drizzle-snapshot-outdated:", journal->source->path));
  }
}

constexpr ExampleFile version_5[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json",
     R"({"version": "5", "dialect": "pg", "id": "a", "prevId": "00000000-0000-0000-0000-000000000000"})"}};
constexpr ExampleFile version_6[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json",
     R"({"version": "6", "dialect": "postgresql", "id": "a", "prevId": "00000000-0000-0000-0000-000000000000"})"}};
constexpr ExampleFile sqlite[] = {
    {examples::journal_path,
     R"({"version": "6", "dialect": "sqlite", "entries": [{"idx": 0, "when": 1735689600000, "tag": "0000_users"}]})"},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json",
     R"({"version": "6", "dialect": "sqlite", "id": "a", "prevId": "00000000-0000-0000-0000-000000000000"})"}};
constexpr Example bad[] = {{.files = version_5}, {.files = version_6}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = sqlite}};

}  // namespace

extern constexpr Rule drizzle_snapshot_outdated{
    .severity = Severity::warning,
    .summary = "Snapshots in an old format stop drizzle-kit generate, with exit code 0",
    .why =
        "Current drizzle-kit takes snapshots of format 7 for PostgreSQL. Older ones make check "
        "fail, and generate write nothing and exit with 0. Migrations run all the same.",
    .instead =
        "Run `npx drizzle-kit up` once after an update of drizzle-kit, and commit what it changes.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
