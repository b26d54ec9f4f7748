// What Drizzle's next run applies to the database asked.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_table(ctx, history);
  if (!table) return;
  const auto mark = drizzle_mark(*table);
  for (const DrizzleEntry& entry : history.drizzle->entries) {
    const Migration* migration = migration_of(history, entry.sql);
    if (!entry.when || !migration || migration->applied || (mark && *entry.when <= *mark)) continue;
    ctx.report(*history.drizzle->source, entry.tag_span,
               cat("the next run applies ", entry.tag, " to ", ctx.project().database->shown))
        .because(cat("its `when` is greater than the greatest created_at of ", table->name))
        .try_(
            "judge what waits as one: Drizzle runs it in one transaction:\nnpx drizzle-kit migrate")
        .about(entry.tag);
  }
}

constexpr Example bad[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_one},
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_two}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_two},
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_a_gap},
    {.files = examples::drizzle_of_two}};

}  // namespace

extern constexpr Rule db_drizzle_pending{
    .severity = Severity::note,
    .summary = "The database asked has not applied this entry of Drizzle's journal yet",
    .why =
        "With `migguard audit --database-url`, the journal is compared with the database's own "
        "record: the entries with a `when` above its mark are what the next `drizzle-kit migrate` "
        "runs, in the order of the journal and in one transaction.",
    .instead =
        "Nothing is wrong. Findings in these migrations are still open, all others are "
        "history.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
