// A SQL file in Drizzle's folder that the journal does not list: it never runs, and nobody says so.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// drizzle-kit would write `0001_name.sql` over a file of that name: the orphan has to step aside first.
std::string commands(const History& history, const Migration& orphan) {
  const std::string aside = cat(orphan.source->path, ".aside");
  return cat("git mv ", orphan.source->path, ' ', aside, "\nnpx drizzle-kit generate --custom --name=",
             tag_name(orphan.id), "\ngit mv -f ", aside, ' ', in_folder(history.folder, cat("NNNN_", tag_name(orphan.id), ".sql")));
}

std::string remedy(const History& history, const std::vector<const Migration*>& orphans, std::size_t index) {
  std::string text = "let drizzle-kit make an entry and a snapshot, then move the SQL into the file it writes (without "
                     "--custom, where the schema files already describe the change: it then writes the SQL, too). Do not "
                     "append an entry with an old `when`: databases past it skip the file";
  // The findings of one journal are shown under one heading, with the first one's help.
  if (index > 0 || orphans.size() == 1) return cat(text, ":\n", commands(history, *orphans[index]));
  constexpr std::size_t most = 10;
  text += ". In this order, each before the next:";
  for (std::size_t each = 0; each < orphans.size() && each < most; ++each) {
    text += cat('\n', commands(history, *orphans[each]));
  }
  if (orphans.size() > most) text += cat("\n# and ", orphans.size() - most, " more");
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
                   elsewhere ? cat("Drizzle does not know this migration, which another tool runs: ", journal->source->path,
                                   " does not list it")
                             : cat("Drizzle never runs this migration: ", journal->source->path, " does not list it"))
            .because(elsewhere ? "the next drizzle-kit generate compares with snapshots that lack its changes, and writes "
                                 "them once more"
                               : "the migrator runs what the journal lists and reports success, and drizzle-kit check does "
                                 "not look at SQL files")
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
constexpr ExampleFile rollback[] = {{examples::journal_path, examples::journal_of_one},
                                    {"drizzle/0000_users.sql", examples::users},
                                    {"drizzle/rollback/0000_users_rollback.sql", "DROP TABLE users;\n"},
                                    {"drizzle/0000_users.down.sql", "DROP TABLE users;\n"}};
// Named like a rollback, but listed: a migration like any other.
constexpr ExampleFile listed_revert[] = {
    {examples::journal_path, R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "0000_revert_pricing"}]})"},
    {"drizzle/0000_revert_pricing.sql", examples::users}};
constexpr Example bad[] = {{.files = abandoned}, {.files = by_hand}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = rollback}, {.files = listed_revert}};

}  // namespace

extern constexpr Rule drizzle_orphan_sql{
    .severity = Severity::error,
    .summary = "A SQL file that Drizzle's journal does not list never runs",
    .why = "Drizzle's migrator runs the entries of meta/_journal.json, not the files of the folder. A file written or "
           "copied there by hand is passed over without a word, on every database; drizzle-kit check says that everything "
           "is fine. The next drizzle-kit generate numbers on from the journal, so that two files get one number. "
           "Rollback scripts are no finding.",
    .instead = "Let drizzle-kit make the entry: `npx drizzle-kit generate --custom --name=backfill` writes an empty file, an "
               "entry and a snapshot. An entry added by hand needs the next `idx` and a `when` greater than every other: a "
               "database skips entries that are not newer than the newest it has applied. Where the file was run by hand "
               "on some database, make its statements repeatable (IF NOT EXISTS) first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
