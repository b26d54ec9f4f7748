// A database with tables and without Prisma's record of them.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const auto& database = ctx.project().database;
  if (!database || !database->has_tables || history.tool != Tool::prisma ||
      !has_migrations(history))
    return;
  for (const AppliedTable& each : database->applied) {
    // Somebody's: a second project in one database, or the tool before Prisma, which another rule
    // speaks of.
    if (each.tool == Tool::prisma || each.history) return;
  }
  const SourceFile* place = place_of(history);
  if (!place) return;
  const std::string& first = history.migrations.front().id;
  ctx.report(*place, {},
             cat("prisma migrate deploy applies nothing to ", database->shown,
                 ": it holds tables and no _prisma_migrations"))
      .because("Prisma refuses a database that is not empty and that it has never seen (P3005)")
      .try_(cat("where the database already holds what ", first,
                " makes, note that (and the same for every later one it holds):\n"
                "npx prisma migrate resolve --applied ",
                shell_word(first)))
      .about("_prisma_migrations");
}

constexpr Example bad[] = {{.files = examples::prisma_of_two, .database = examples::tables_alone},
                           {.files = examples::prisma_of_two,
                            .database = "{}\n-- schema\nCREATE TABLE other (id int);\n"}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_one},
    {.files = examples::prisma_of_two, .database = "{}"}};

}  // namespace

extern constexpr Rule db_prisma_baseline_needed{
    .severity = Severity::error,
    .summary = "Prisma applies nothing to the database asked until a baseline is noted there",
    .why =
        "A database that was made by hand, by `prisma db push` or by another tool has tables and "
        "no _prisma_migrations. Prisma does not guess which migrations they stand for: `migrate "
        "deploy` ends with P3005.",
    .instead =
        "Note the migrations that the database already holds with `prisma migrate resolve "
        "--applied`, oldest first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
