// A statement of an SQLite history that SQLite does not run.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.migrated || has_root_cause(history)) return;
  for (const SqliteEvent& event : history.migrated->events) {
    if (event.kind != SqliteEvent::Kind::refused) continue;
    ctx.report(*event.source, event.span, cat("SQLite refuses this: ", event.message))
        .because(
            "the migrations run one after the other, so none behind this one reaches a new "
            "database")
        .try_("correct it if it was never released, else in a migration of its own");
  }
}

constexpr std::string_view journal =
    R"({"version":"6","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1704067200000,"tag":"0000_init","breakpoints":true},{"idx":1,"version":"6","when":1704067200001,"tag":"0001_next","breakpoints":true}]})";
constexpr std::string_view init = "CREATE TABLE `users` (`id` integer PRIMARY KEY NOT NULL);\n";
constexpr ExampleFile misspelt[] = {{"db/meta/_journal.json", journal},
                                    {"db/0000_init.sql", init},
                                    {"db/0001_next.sql", "ALTER TABEL `users` ADD `a` text;\n"}};
constexpr ExampleFile twice[] = {
    {"db/meta/_journal.json", journal}, {"db/0000_init.sql", init}, {"db/0001_next.sql", init}};
constexpr ExampleFile of_extension[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql",
     "CREATE VIRTUAL TABLE `notes` USING fts5(body);\n--> statement-breakpoint\n"
     "INSERT INTO users (id) VALUES (spellfix1_phonehash('a'));\n"}};
constexpr ExampleFile of_libsql[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql", "ALTER TABLE `users` ALTER COLUMN `id` TO `id` text;\n"}};
constexpr Example bad[] = {{.files = misspelt}, {.files = twice}};
constexpr Example good[] = {{.files = of_extension}, {.files = of_libsql}};

}  // namespace

extern constexpr Rule sqlite_migration_fails{
    .severity = Severity::error,
    .summary = "SQLite does not run a statement of the history",
    .why =
        "The history is run into an empty database by SQLite itself. What it does not read, and "
        "what the migrations before make impossible (a table that is there already, or is not), "
        "fails for every new database. Functions and modules of extensions, and what only libSQL "
        "knows, are no finding; nor is anything behind the first failure.",
    .instead = "Run the history into a new database before it is released: sqlite3 new.db < file",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
