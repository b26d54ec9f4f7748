// A file in Drizzle's meta/ that is no snapshot, and is read as one.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  for (const SourceFile* file : journal->stray_files) {
    ctx.report(*file, {},
               cat("drizzle-kit check crashes: ", base_name(file->path), " is no snapshot"))
        .because(
            "drizzle-kit reads every file of meta/ whose name does not begin with `_` as a "
            "snapshot")
        .try_(cat("delete it, or move it out of meta/:\ngit rm ", shell_word(file->path)))
        .about(std::string(base_name(file->path)));
  }
}

constexpr ExampleFile notes[] = {{examples::journal_path, examples::journal_of_one},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                 {"drizzle/meta/README.md", "Do not edit.\n"}};
constexpr ExampleFile backup[] = {{examples::journal_path, examples::journal_of_one},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                  {"drizzle/meta/0000_snapshot.json.orig", examples::snapshot_a}};
constexpr ExampleFile underscore[] = {{examples::journal_path, examples::journal_of_one},
                                      {"drizzle/0000_users.sql", examples::users},
                                      {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                      {"drizzle/meta/_notes.md", "Do not edit.\n"}};
constexpr Example bad[] = {{.files = notes}, {.files = backup}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = underscore}};

}  // namespace

extern constexpr Rule drizzle_meta_stray_file{
    .severity = Severity::warning,
    .summary = "A file in meta/ that is no snapshot makes drizzle-kit check crash",
    .why =
        "Every file of meta/ is parsed as a snapshot unless its name begins with `_`: a README, an "
        "editor's backup or .DS_Store ends in a JSON error.",
    .instead = "Keep only _journal.json and the snapshots in meta/.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
