// What prisma migrate deploy applies to the database asked.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  for (const Migration& each : history.migrations) {
    if (each.applied || !each.listed) continue;
    const bool failed =
        std::any_of(table->rows.begin(), table->rows.end(), [&](const AppliedRow& row) {
          return row.migration == &each && row.state == AppliedState::unfinished;
        });
    if (failed) continue;
    ctx.report(*each.source, {},
               cat("the next prisma migrate deploy applies ", each.id, " to ",
                   ctx.project().database->shown))
        .because(cat(table->name, " does not hold it"))
        .try_("apply what waits:\nnpx prisma migrate deploy")
        .about(each.id);
  }
}

constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_one},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_rolled_back}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_failed}};

}  // namespace

extern constexpr Rule db_prisma_pending{
    .severity = Severity::note,
    .summary = "The database asked has not applied this migration of Prisma's yet",
    .why =
        "With `migguard audit --database-url`, the folders are compared with the rows of "
        "_prisma_migrations that were not rolled back.",
    .instead =
        "Nothing is wrong. Findings in these migrations are still open, all others are history.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
