// A row of Drizzle 1.0's table that no folder stands for.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_v1_table(ctx, history);
  const SourceFile* place = place_of(history);
  if (!table || !place) return;
  for (const AppliedRow& row : table->rows) {
    if (row.known || row.renamed) continue;
    ctx.report(*place, {},
               cat(ctx.project().database->shown, " has run ", row.version, ", which is not in ",
                   history.folder))
        .because(
            "Drizzle ignores what was deleted, and a new database made from these files lacks it")
        .try_(cat("bring the folder back:\ngit log --diff-filter=D --oneline -- ",
                  shell_word(in_folder(history.folder, row.version)),
                  "\nwhere its effect is undone, forget it:\nDELETE FROM ", table->name,
                  " WHERE name = ", sql_text(row.version), ";"))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr ExampleFile only_orders[] = {
    {"drizzle/20240102000000_orders/migration.sql", examples::orders},
    {"drizzle/20240102000000_orders/snapshot.json", examples::v1_a}};
constexpr Example bad[] = {{.files = only_orders, .database = examples::v1_has_one},
                           {.files = only_orders, .database = examples::v1_has_two}};
constexpr Example good[] = {{.files = examples::v1_of_two, .database = examples::v1_has_two},
                            {.files = examples::v1_of_two, .database = examples::v1_has_one}};

}  // namespace

extern constexpr Rule db_drizzle_v1_missing{
    .severity = Severity::warning,
    .summary = "The database asked has run a migration of Drizzle's that is not in the folder",
    .why =
        "Drizzle 1.0 notes the names of what it runs. A folder that was deleted, squashed or never "
        "merged is not missed by any run, but databases made later differ.",
    .instead = "Bring the folder back, or take its row out once its effect is undone.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
