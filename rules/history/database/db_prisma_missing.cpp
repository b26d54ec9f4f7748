// A migration that the database asked has run and the folder does not hold.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  const SourceFile* place = place_of(history);
  if (!place) return;
  for (const AppliedRow& row : table->rows) {
    if (row.known || row.state != AppliedState::applied) continue;
    ctx.report(*place, {},
               cat(ctx.project().database->shown, " has run ", row.version, ", which is not in ",
                   history.folder))
        .because(
            "prisma migrate deploy ignores it, and a new database made from these files lacks it")
        .try_(cat("bring the folder back:\ngit log --diff-filter=D --oneline -- ",
                  shell_word(in_folder(history.folder, row.version)),
                  "\nwhere its effect is undone, forget it:\nDELETE FROM ", table->name,
                  " WHERE migration_name = ", sql_text(row.version), ";"))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_another},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_more}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_rolled_back}};

}  // namespace

extern constexpr Rule db_prisma_missing{
    .severity = Severity::warning,
    .summary = "The database asked has run a migration of Prisma's that is not in the folder",
    .why =
        "A folder that was deleted, squashed or never merged is still noted in _prisma_migrations. "
        "`migrate deploy` passes over that; `migrate dev` wants to drop the development database.",
    .instead = "Bring the folder back, or take its row out once its effect is undone.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
