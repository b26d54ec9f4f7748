// A folder of Drizzle 1.0 that was renamed after it had been run.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_v1_table(ctx, history);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    if (row.known || !row.renamed) continue;
    const Migration* renamed = row.renamed;
    ctx.report(*renamed->source, {},
               cat("the next run applies ", renamed->id, " to ", ctx.project().database->shown,
                   " a second time: it has run it as ", row.version))
        .because("Drizzle goes by the folder's name, and the text is the same")
        .try_(cat("give the folder its old name back:\ngit mv ",
                  shell_word(in_folder(history.folder, renamed->id)), " ",
                  shell_word(in_folder(history.folder, row.version)),
                  "\nor tell every database that has run it:\nUPDATE ", table->name, " SET name = ",
                  sql_text(renamed->id), " WHERE name = ", sql_text(row.version), ";"))
        .with("table", table->name)
        .about(renamed->id);
  }
}

constexpr ExampleFile other_name[] = {
    {"drizzle/20240101000000_people/migration.sql", examples::users},
    {"drizzle/20240101000000_people/snapshot.json", examples::v1_a}};
// A second folder with the same text is no renamed one.
constexpr ExampleFile copied[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                  {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                  {"drizzle/20240102000000_again/migration.sql", examples::users},
                                  {"drizzle/20240102000000_again/snapshot.json", examples::v1_b}};
constexpr Example bad[] = {{.files = other_name, .database = examples::v1_has_one},
                           {.files = other_name, .database = examples::v1_has_two}};
constexpr Example good[] = {{.files = examples::v1_of_two, .database = examples::v1_has_two},
                            {.files = copied, .database = examples::v1_has_one}};

}  // namespace

extern constexpr Rule db_drizzle_v1_renamed{
    .severity = Severity::error,
    .summary = "The next run of Drizzle applies a renamed migration a second time",
    .why =
        "Drizzle 1.0 runs every folder whose name it has not noted. A renamed one is run again: it "
        "fails at the first CREATE TABLE, or doubles what it inserts.",
    .instead =
        "Give the folder its old name back, or rename it in the table of every database first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
