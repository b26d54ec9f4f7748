// What an SQLite history destroys, as SQLite's own authorizer heard it.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.migrated) return;
  for (const SqliteEvent& event : history.migrated->events) {
    std::string message, advice;
    switch (event.kind) {
      case SqliteEvent::Kind::table_dropped:
        message = cat("this drops the table ", event.table, " and every row in it");
        advice = cat("rename it, and drop it in a later release:\nALTER TABLE ",
                     quote_identifier(event.table), " RENAME TO ",
                     quote_identifier(cat(event.table, "_retired")), ";");
        break;
      case SqliteEvent::Kind::column_dropped:
        message =
            cat("this drops the column ", event.table, ".", event.column, " and every value in it");
        advice = "stop using the column first, and drop it in a later release";
        break;
      case SqliteEvent::Kind::rows_deleted:
        message = cat("this deletes every row of ", event.table);
        advice = "say which rows are meant with WHERE, or copy them to another table first";
        break;
      case SqliteEvent::Kind::refused:
        continue;
    }
    ctx.report(*event.source, event.span, std::move(message))
        .because(
            "code that is still running fails at its next query, and what was not copied "
            "elsewhere comes back only from a backup")
        .try_(std::move(advice))
        .about(cat(event.table, event.column.empty() ? "" : ".", event.column))
        .with("table", event.table);
  }
}

constexpr std::string_view journal =
    R"({"version":"6","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1704067200000,"tag":"0000_init","breakpoints":true},{"idx":1,"version":"6","when":1704067200001,"tag":"0001_next","breakpoints":true}]})";
constexpr std::string_view init =
    "CREATE TABLE `users` (`id` integer PRIMARY KEY NOT NULL, `name` text, `age` integer);\n";
constexpr ExampleFile drops_table[] = {{"db/meta/_journal.json", journal},
                                       {"db/0000_init.sql", init},
                                       {"db/0001_next.sql", "DROP TABLE `users`;\n"}};
constexpr ExampleFile drops_column[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql", "ALTER TABLE `users` DROP COLUMN `age`;\n"}};
constexpr ExampleFile leaves_column_out[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql",
     "CREATE TABLE `__new_users` (`id` integer PRIMARY KEY NOT NULL, `name` text);\n"
     "--> statement-breakpoint\n"
     "INSERT INTO `__new_users`(\"id\", \"name\") SELECT \"id\", \"name\" FROM `users`;\n"
     "--> statement-breakpoint\nDROP TABLE `users`;\n--> statement-breakpoint\n"
     "ALTER TABLE `__new_users` RENAME TO `users`;\n"}};
constexpr ExampleFile empties[] = {{"db/meta/_journal.json", journal},
                                   {"db/0000_init.sql", init},
                                   {"db/0001_next.sql", "DELETE FROM users;\n"}};
constexpr ExampleFile made_anew[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql",
     "PRAGMA foreign_keys=OFF;--> statement-breakpoint\n"
     "CREATE TABLE `__new_users` (`id` integer PRIMARY KEY NOT NULL, `full_name` text, `age` "
     "integer);\n--> statement-breakpoint\n"
     "INSERT INTO `__new_users`(\"id\", \"full_name\", \"age\") SELECT \"id\", \"name\", \"age\" "
     "FROM `users`;\n--> statement-breakpoint\nDROP TABLE `users`;\n--> statement-breakpoint\n"
     "ALTER TABLE `__new_users` RENAME TO `users`;\n--> statement-breakpoint\n"
     "PRAGMA foreign_keys=ON;\n"}};
constexpr ExampleFile some_rows[] = {
    {"db/meta/_journal.json", journal},
    {"db/0000_init.sql", init},
    {"db/0001_next.sql",
     "DELETE FROM users WHERE age < 0;\n--> statement-breakpoint\nCREATE TABLE t (a);\n"
     "--> statement-breakpoint\nDROP TABLE t;\n"}};
constexpr Example bad[] = {{.files = drops_table},
                           {.files = drops_column},
                           {.files = leaves_column_out},
                           {.files = empties}};
constexpr Example good[] = {{.files = made_anew}, {.files = some_rows}};

}  // namespace

extern constexpr Rule sqlite_data_loss{
    .severity = Severity::error,
    .summary = "An SQLite migration drops a table or column, or deletes every row",
    .why =
        "An SQLite history is run in memory by SQLite itself, which tells what each statement "
        "drops. A table that is made anew under its name, with its rows copied, is no finding, nor "
        "is a column whose values were copied; a column that the new table leaves out is.",
    .instead =
        "Release code that no longer uses the table or column, rename it, and drop it a release "
        "later.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
