// A row of Drizzle's table that no entry of the journal stands for.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_table(ctx, history);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    if (row.known) continue;
    const std::string when = row.created_at ? std::to_string(*row.created_at) : "NULL";
    ctx.report(*history.drizzle->source, history.drizzle->entries_span,
               cat(ctx.project().database->shown, " holds a migration that this journal does not",
                   row.created_at ? cat(", made on ", utc_date(*row.created_at)) : ""))
        .because(
            "its entry was deleted, renamed or never committed; drizzle-kit's upgrade to 1.0 ends "
            "at such a row")
        .try_(cat("find the migration in the history of the repository and bring it back:\n"
                  "git log -S ",
                  when, " -- ", shell_word(history.drizzle->source->path),
                  "\nwhere its effect is undone, forget it:\nDELETE FROM ", table->name,
                  " WHERE hash = ", sql_text(row.checksum), ";"))
        .with("table", table->name)
        .with("created_at", when)
        .with("hash", row.checksum)
        .about(when);
  }
}

constexpr ExampleFile one[] = {{examples::journal_path, examples::journal_of_one},
                               {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {
    {.files = one, .database = examples::drizzle_has_two},
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_a_gap}};
// The same time or the same text is the same migration.
constexpr Example good[] = {
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_two},
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_edited}};

}  // namespace

extern constexpr Rule db_drizzle_unknown_row{
    .severity = Severity::warning,
    .summary = "The database asked has run a migration that Drizzle's journal does not list",
    .why =
        "Every row of drizzle.__drizzle_migrations holds the `when` and the hash of an entry. "
        "Where "
        "neither is in the journal, the migration was deleted, squashed or came from a branch that "
        "never arrived: a new database made from these files lacks it.",
    .instead = "Bring the migration back, or take its row out once its effect is undone.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
