// A migration of Prisma's whose file is another than the one that was run.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    // Line ends do not count for Prisma.
    if (row.state == AppliedState::rolled_back || row.verdict != ChecksumVerdict::different)
      continue;
    ctx.report(*row.migration->source, {},
               cat(ctx.project().database->shown,
                   " ran another text of this file, and never runs this one"))
        .because(
            "prisma migrate deploy says nothing of it; prisma migrate dev asks to reset the "
            "database")
        .try_(cat("bring back the text that was run, and put what changed into a new migration:\n"
                  "git log --follow -- ",
                  shell_word(row.migration->source->path)))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr ExampleFile changed[] = {{examples::lock_path, examples::lock_text},
                                   {"prisma/migrations/20240101000000_users/migration.sql",
                                    "-- People.\nCREATE TABLE users (id bigint PRIMARY KEY);\n"}};
constexpr ExampleFile carriage_returns[] = {{examples::lock_path, examples::lock_text},
                                            {"prisma/migrations/20240101000000_users/migration.sql",
                                             "CREATE TABLE users (id bigint PRIMARY KEY);\r\n"}};
constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_edited},
    {.files = changed, .database = examples::prisma_has_two}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_rolled_back},
    {.files = carriage_returns, .database = examples::prisma_has_one}};

}  // namespace

extern constexpr Rule db_prisma_edited{
    .severity = Severity::warning,
    .summary = "This migration of Prisma's was changed after the database asked had run it",
    .why =
        "Prisma notes the SHA-256 of what it runs. `migrate deploy` ignores a difference, so that "
        "old databases and new ones diverge; `migrate dev` wants to drop the development database.",
    .instead = "Bring the old text back and write the change as a new migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
