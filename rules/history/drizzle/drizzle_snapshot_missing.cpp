// An entry of Drizzle's journal without its snapshot: the next generate does not know what it did.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal || journal->entries.empty()) return;
  const std::string meta(folder_of(journal->source->path));
  // `_name` has no prefix, and no snapshot that drizzle-kit would find: another rule's.
  const bool any = std::any_of(journal->entries.begin(), journal->entries.end(),
                               [](const auto& each) { return !tag_prefix(each.tag).empty(); });
  if (!any) return;
  if (journal->snapshots.empty()) {
    ctx.report(*journal->source, journal->entries_span,
               "the next drizzle-kit generate writes the whole schema once more: no migration has "
               "a snapshot")
        .because(
            "migrations run without snapshots, but drizzle-kit compares the schema files with the "
            "last one")
        .try_(
            "keep it, if this journal is written by hand; else restore the snapshots from git:\n"
            "git log --diff-filter=D --name-only -- " +
            shell_word(meta))
        .as(Severity::note)
        .about("snapshots");
    return;
  }
  const auto present = snapshot_prefixes(*journal);
  for (const DrizzleEntry& entry : journal->entries) {
    const std::string_view prefix = tag_prefix(entry.tag);
    if (prefix.empty() || present.count(prefix)) continue;
    const bool last = &entry == &journal->entries.back();
    const std::string path = in_folder(meta, cat(prefix, "_snapshot.json"));
    ctx.report(*journal->source, entry.tag_span,
               last ? cat("the next drizzle-kit generate writes the changes of ", entry.tag,
                          " once more: ", path, " is not there")
                    : cat("the upgrade to Drizzle 1.0 stops at ", entry.tag, ": ", path,
                          " is not there"))
        .because(last ? "drizzle-kit compares the schema files with the last snapshot it finds, "
                        "and a second CREATE TABLE fails on every database that has the first"
                      : "migrations run without it, but drizzle-kit up needs every snapshot")
        .try_(last ? cat("restore it from git; or generate the migration anew, before it is "
                         "released:\n"
                         "git log --all -- ",
                         shell_word(path))
                   : cat("restore it from git:\ngit log --all -- ", shell_word(path)))
        .as(last ? Severity::error : Severity::note)
        .about(entry.tag);
  }
}

constexpr ExampleFile last[] = {{examples::journal_path, examples::journal_of_two},
                                {"drizzle/0000_users.sql", examples::users},
                                {"drizzle/0001_orders.sql", examples::orders},
                                {"drizzle/meta/0000_snapshot.json", examples::snapshot_a}};
constexpr ExampleFile middle[] = {{examples::journal_path, examples::journal_of_three},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/0001_orders.sql", examples::orders},
                                  {"drizzle/0002_lines.sql", examples::lines},
                                  {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                  {"drizzle/meta/0002_snapshot.json", examples::snapshot_c}};
constexpr ExampleFile none[] = {{examples::journal_path, examples::journal_of_one},
                                {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile unreadable[] = {{examples::journal_path, examples::journal_of_one},
                                      {"drizzle/0000_users.sql", examples::users},
                                      {"drizzle/meta/0000_snapshot.json", "{"}};
constexpr ExampleFile nothing_yet[] = {{examples::journal_path, examples::empty_journal}};
constexpr Example bad[] = {{.files = last}, {.files = middle}, {.files = none}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_three}, {.files = unreadable}, {.files = nothing_yet}};

}  // namespace

extern constexpr Rule drizzle_snapshot_missing{
    .severity = Severity::error,
    .summary = "Without its last snapshot drizzle-kit writes the same changes once more",
    .why =
        "drizzle-kit generate compares the schema files with the snapshot that sorts last, and "
        "neither knows nor says that one is missing: the changes of the last migration come again. "
        "Missing in the middle, a snapshot only blocks the upgrade to Drizzle 1.0 (a note); a "
        "journal without any is kept by hand (one note).",
    .instead =
        "Commit meta/*_snapshot.json together with the migration. `npx drizzle-kit generate "
        "--custom` makes a snapshot for SQL written by hand, too.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
