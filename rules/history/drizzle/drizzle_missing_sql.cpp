// An entry of Drizzle's journal without its file: nothing runs any more.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  for (const DrizzleEntry& entry : journal->entries) {
    if (entry.sql || entry.ignored_by_git) continue;
    const std::string path = in_folder(history.folder, cat(entry.tag, ".sql"));
    ctx.report(*journal->source, entry.tag_span,
               cat("no migration runs: ", path, ", which this entry lists, is not there"))
        .because(
            "Drizzle reads every listed file before it runs the first one, those long applied "
            "included; drizzle-kit migrate then ends without saying why")
        .try_(cat("bring the file back from the commit before the one that deleted it:\n"
                  "git checkout \"$(git rev-list -1 HEAD -- ",
                  shell_word(path), ")^\" -- ", shell_word(path)))
        .about(entry.tag);
  }
}

constexpr ExampleFile deleted[] = {{examples::journal_path, examples::journal_of_three},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0002_lines.sql", examples::lines}};
// File systems of servers tell upper from lower case.
constexpr ExampleFile other_case[] = {{examples::journal_path, examples::journal_of_one},
                                      {"drizzle/0000_Users.sql", examples::users}};
constexpr ExampleFile git_ignored[] = {{examples::journal_path, examples::journal_of_one},
                                       {".gitignore", "drizzle/*.sql\n"}};
constexpr Example bad[] = {{.files = deleted}, {.files = other_case}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = git_ignored}};

}  // namespace

extern constexpr Rule drizzle_missing_sql{
    .severity = Severity::error,
    .summary = "A file that Drizzle's journal lists is not there, so that nothing runs",
    .why =
        "Drizzle's migrator reads the file of every entry before it runs any, also of those the "
        "database has had for years. One that is absent stops all (`No file ... found`); "
        "drizzle-kit migrate exits with 1 and prints no reason, and drizzle-kit check sees "
        "nothing. Letter case counts.",
    .instead =
        "Restore the file from git. To drop a migration that was never released, use `npx "
        "drizzle-kit drop`, which removes file, snapshot and entry together.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
