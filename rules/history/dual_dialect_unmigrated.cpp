// A table that the migrations of one dialect make and those of the other do not.
#include <algorithm>
#include <map>
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// The histories of one dialect in a package, as one database.
struct Side {
  std::string_view dialect;
  std::vector<const History*> histories;
  bool complete = true;

  void add(const History& history) {
    histories.push_back(&history);
    complete &= history.migrated->complete;
  }
  bool has(std::string_view table) const {
    return std::any_of(histories.begin(), histories.end(), [&](const History* history) {
      const std::vector<DrizzleTable>& tables = history->migrated->tables;
      return std::any_of(tables.begin(), tables.end(),
                         [&](const DrizzleTable& each) { return each.name == table; });
    });
  }
};

void compare(Context& ctx, const Side& here, const Side& there) {
  if (!there.complete) return;  // what could not be read may make it
  for (const History* history : here.histories) {
    for (const DrizzleTable& table : history->migrated->tables) {
      if (there.has(table.name)) continue;
      ctx.report(*table.source, table.span,
                 cat("the migrations make the table ", table.name, " in ", here.dialect, " alone"))
          .because(cat("a database of ", there.dialect,
                       " that has run all of its migrations lacks "
                       "it"))
          .try_(cat("generate the migration for ", there.dialect, " as well"))
          .about(table.name)
          .with("table", table.name);
    }
  }
}

void check(Context& ctx, const Project& project) {
  std::map<std::pair<std::string_view, Tool>, std::pair<Side, Side>> packages;
  for (const History& history : project.histories) {
    if (!history.migrated || history.loose) continue;
    auto& [postgresql, sqlite] = packages[{history.package, history.tool}];
    (history.dialect == Dialect::sqlite ? sqlite : postgresql).add(history);
  }
  for (auto& [package, sides] : packages) {
    auto& [postgresql, sqlite] = sides;
    postgresql.dialect = "PostgreSQL";
    sqlite.dialect = "SQLite";
    if (postgresql.histories.empty() || sqlite.histories.empty()) continue;
    compare(ctx, postgresql, sqlite);
    compare(ctx, sqlite, postgresql);
  }
}

constexpr std::string_view pg_journal =
    R"({"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1704067200000,"tag":"0000_init","breakpoints":true}]})";
constexpr std::string_view lite_journal =
    R"({"version":"6","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1704067200000,"tag":"0000_init","breakpoints":true}]})";
constexpr ExampleFile one_more[] = {
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL);\n"},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql",
     "CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "CREATE TABLE `outbox` (`id` text PRIMARY KEY NOT NULL);\n"}};
constexpr ExampleFile one_more_in_postgresql[] = {
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql",
     "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "CREATE TABLE \"outbox\" (\"id\" text PRIMARY KEY NOT NULL);\n"},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql", "CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);\n"}};
// SQLite does not take what is libSQL's own: then the newest snapshot speaks.
constexpr ExampleFile of_libsql[] = {
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL);\n"},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/meta/0000_snapshot.json",
     R"({"version":"6","dialect":"sqlite","id":"6a1b7c86-3a0a-4e0b-9f0e-0d8f2f3b1c11","prevId":"00000000-0000-0000-0000-000000000000","tables":{"users":{"name":"users","columns":{"id":{"name":"id","type":"text","primaryKey":true,"notNull":true}}},"outbox":{"name":"outbox","columns":{}}}})"},
    {"lite/0000_init.sql",
     "CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "ALTER TABLE `users` ALTER COLUMN \"id\" TO \"id\" text;\n"}};
// A table made anew keeps its name.
constexpr ExampleFile made_anew[] = {
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL);\n"},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql",
     "CREATE TABLE `users` (`id` integer PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "PRAGMA foreign_keys=OFF;--> statement-breakpoint\n"
     "CREATE TABLE `__new_users` (`id` text PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "INSERT INTO `__new_users`(\"id\") SELECT \"id\" FROM `users`;--> statement-breakpoint\n"
     "DROP TABLE `users`;--> statement-breakpoint\n"
     "ALTER TABLE `__new_users` RENAME TO `users`;\n"}};
// What SQLite did not run may make anything.
constexpr ExampleFile not_understood[] = {
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL);\n"},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql",
     "CREATE TABLE `users` (`id` text DEFAULT (load_extension('x'))) x y;\n"}};
constexpr Example bad[] = {
    {.files = one_more}, {.files = one_more_in_postgresql}, {.files = of_libsql}};
constexpr Example good[] = {{.files = made_anew}, {.files = not_understood}};

}  // namespace

extern constexpr Rule dual_dialect_unmigrated{
    .severity = Severity::note,
    .summary = "The migrations of one dialect make a table that those of the other do not",
    .why =
        "Two histories of one package, one for PostgreSQL and one for SQLite, are replayed (by "
        "SQLite itself, in memory; where it does not take a statement, by Drizzle's newest "
        "snapshot) and their tables compared. The schema sources may agree all the same: then "
        "somebody forgot to generate a migration.",
    .instead = "Change both schema files in the same commit, and generate both migrations.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
