// A SQL file in Drizzle's folder that the journal does not list: it never runs, and nobody says so.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// The number that drizzle-kit gives its next file but `further`; `NNNN` where the journal is not
// numbered by index.
std::string next_number(const DrizzleJournal& journal, std::size_t further) {
  std::int64_t next = static_cast<std::int64_t>(further);
  if (!journal.entries.empty()) {
    const DrizzleEntry& last = journal.entries.back();
    if (tag_prefix(last.tag).size() != 4 || !last.idx || *last.idx < 0 || *last.idx > 9'000)
      return "NNNN";
    next += *last.idx + 1;
  }
  std::string number = std::to_string(next);
  return number.size() < 4 ? std::string(4 - number.size(), '0') + number : number;
}

// drizzle-kit would write `0001_name.sql` over an orphan of that name: it has to step aside first.
std::string remedy(const History& history, const std::vector<const Migration*>& orphans,
                   std::size_t index) {
  const std::string aside =
      history.folder == "." ? std::string("unlisted") : cat(history.folder, ".unlisted");
  // The findings of one journal are shown under one heading, with the help of the first.
  const std::size_t last = index == 0 ? std::min<std::size_t>(orphans.size(), 4) : index + 1;
  std::string text =
      cat("let drizzle-kit make an entry and a snapshot, then put the SQL into the file it writes "
          "(without --custom where the schema files already describe the change: it writes the SQL "
          "itself). Do not append an entry with an old `when`: databases past it skip the file:\n"
          "mkdir -p ",
          shell_word(aside));
  for (std::size_t each = index; each < last; ++each) {
    text += cat("\nmv ", shell_word(orphans[each]->source->path), ' ', shell_word(aside));
  }
  for (std::size_t each = index; each < last; ++each) {
    const std::string_view name = tag_name(orphans[each]->id);
    const std::string generate = cat("npx drizzle-kit generate --custom --name=", shell_word(name));
    text += cat('\n',
                history.package == "."
                    ? generate
                    : cat("(cd ", shell_word(history.package), " && ", generate, ")"),
                "\nmv ", shell_word(in_folder(aside, base_name(orphans[each]->source->path))), ' ',
                shell_word(in_folder(history.folder,
                                     cat(next_number(*history.drizzle, each), '_', name, ".sql"))));
  }
  if (index == 0 && last < orphans.size())
    text += cat("\n# and so on with the other ", orphans.size() - last);
  return text;
}

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::vector<const Migration*> orphans;
  for (const Migration* each : by_path(history.migrations)) {
    if (!each->listed) orphans.push_back(each);
  }
  const bool elsewhere = history.also_run_by_another;
  for (std::size_t index = 0; index < orphans.size(); ++index) {
    Finding& finding =
        ctx.report(*orphans[index]->source, {},
                   elsewhere
                       ? cat("Drizzle does not know this migration, which another tool runs: ",
                             journal->source->path, " does not list it")
                       : cat("Drizzle never runs this migration: ", journal->source->path,
                             " does not list it"))
            .because(elsewhere ? "the next drizzle-kit generate compares with snapshots that lack "
                                 "its changes, and writes them once more"
                               : "the migrator runs what the journal lists and reports success, "
                                 "and drizzle-kit check does not look at SQL files")
            .try_(remedy(history, orphans, index))
            .about(orphans[index]->id)
            .under(cat("drizzle-orphan-sql:", journal->source->path));
    if (elsewhere || history.dialect != Dialect::postgresql) finding.as(Severity::warning);
  }
}

// What is left when a team goes on writing files by hand: the journal ends at 0000.
constexpr ExampleFile abandoned[] = {{examples::journal_path, examples::journal_of_one},
                                     {"drizzle/0000_users.sql", examples::users},
                                     {"drizzle/0001_orders.sql", examples::orders},
                                     {"drizzle/0002_lines.sql", examples::lines}};
constexpr ExampleFile by_hand[] = {{examples::journal_path, examples::journal_of_two},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0001_orders.sql", examples::orders},
                                   {"drizzle/0001_hand.sql", examples::lines}};
constexpr ExampleFile rollback[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/rollback/0000_users_rollback.sql", "DROP TABLE users;\n"},
    {"drizzle/0000_users.down.sql", "DROP TABLE users;\n"}};
// Named like a rollback, but listed: a migration like any other.
constexpr ExampleFile listed_revert[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "0000_revert_pricing"}]})"},
    {"drizzle/0000_revert_pricing.sql", examples::users}};
constexpr Example bad[] = {{.files = abandoned}, {.files = by_hand}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two}, {.files = rollback}, {.files = listed_revert}};

}  // namespace

extern constexpr Rule drizzle_orphan_sql{
    .severity = Severity::error,
    .summary = "A SQL file that Drizzle's journal does not list never runs",
    .why =
        "Drizzle's migrator runs the entries of meta/_journal.json, not the files of the folder. A "
        "file written or copied there by hand is passed over without a word, on every database; "
        "drizzle-kit check says that everything is fine. The next drizzle-kit generate numbers on "
        "from the journal, so that two files get one number. Rollback scripts are no finding.",
    .instead =
        "Let drizzle-kit make the entry: `npx drizzle-kit generate --custom --name=backfill` "
        "writes an empty file, an entry and a snapshot. An entry added by hand needs the next "
        "`idx` and a `when` greater than every other: a database skips entries that are not newer "
        "than the newest it has applied. Where the file was run by hand on some database, make its "
        "statements repeatable (IF NOT EXISTS) first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
