// A snapshot of Drizzle's that cannot be read: generate writes nothing, and says it was fine.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  for (const DrizzleSnapshot& snapshot : journal->snapshots) {
    if (!snapshot.invalid) continue;
    ctx.report(*snapshot.source, snapshot.invalid->span,
               cat("drizzle-kit generate writes no migration until this snapshot is mended: ",
                   snapshot.invalid->message))
        .because(
            "drizzle-kit reads every snapshot first; generate then ends with exit code 0 and "
            "without a file, check with 1")
        .try_(cat("take the file from the last commit that had it whole, or drop the migration and "
                  "generate it anew after the merge:\n"
                  "git log --oneline -- ",
                  shell_word(snapshot.source->path)))
        .about(std::string(base_name(snapshot.source->path)));
  }
}

constexpr ExampleFile conflict[] = {{examples::journal_path, examples::journal_of_one},
                                    {"drizzle/0000_users.sql", examples::users},
                                    {"drizzle/meta/0000_snapshot.json",
                                     "{\n<<<<<<< HEAD\n  \"id\": \"a\",\n=======\n"
                                     "  \"id\": \"b\",\n>>>>>>> feature\n  \"prevId\": \"c\"\n"
                                     "}"}};
constexpr ExampleFile no_parent[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json",
     R"({"id": "a0000000-0000-4000-8000-00000000000a", "version": "7"})"}};
// What drizzle-kit writes and this check does not ask about.
constexpr ExampleFile sparse[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json",
     R"({"id": "a", "prevId": "00000000-0000-0000-0000-000000000000"})"}};
constexpr Example bad[] = {{.files = conflict}, {.files = no_parent}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = sparse}};

}  // namespace

extern constexpr Rule drizzle_snapshot_invalid{
    .severity = Severity::error,
    .summary = "A snapshot that drizzle-kit cannot read stops generate, with exit code 0",
    .why =
        "Every file of meta/ that does not begin with `_` is read as a snapshot. One with conflict "
        "markers, or without `id` or `prevId`, makes drizzle-kit check fail, and drizzle-kit "
        "generate write nothing and exit with 0, so that a script goes on without the migration.",
    .instead =
        "Never merge a snapshot by hand: take one side, drop the other side's migration and "
        "generate it anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
