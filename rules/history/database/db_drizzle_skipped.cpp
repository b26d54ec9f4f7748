// An entry of Drizzle's journal that the database asked has not run and never will.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_table(ctx, history);
  const auto mark = table ? drizzle_mark(*table) : std::nullopt;
  if (!mark) return;
  std::int64_t proposed = *mark;
  for (const DrizzleEntry& entry : history.drizzle->entries) {
    const Migration* migration = migration_of(history, entry.sql);
    if (!entry.when || !migration || migration->applied || *entry.when > *mark) continue;
    ++proposed;
    ctx.report(*history.drizzle->source, entry.when_span,
               cat(ctx.project().database->shown, " has skipped ", entry.tag,
                   " and never runs it: its `when` is not above the mark ", *mark))
        .because(
            "Drizzle runs only entries with a greater `when` than the greatest created_at it has "
            "noted, and reports success")
        .try_(cat("give it a `when` above the mark, and its snapshot stays as it is:\n\"when\": ",
                  proposed,
                  "\nwhere another database has run it under its old `when`, there also:\n",
                  "UPDATE ", table->name, " SET created_at = ", proposed,
                  " WHERE created_at = ", *entry.when, ";"))
        .with("table", table->name)
        .about(entry.tag);
  }
}

constexpr ExampleFile older[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735600000000, "tag": "0001_orders"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/0001_orders.sql", examples::orders}};
constexpr Example bad[] = {
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_a_gap},
    {.files = older, .database = examples::drizzle_has_one}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_two},
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_none},
    {.files = older}};

}  // namespace

extern constexpr Rule db_drizzle_skipped{
    .severity = Severity::error,
    .summary = "The database asked has skipped this migration of Drizzle's, silently and for good",
    .why =
        "Drizzle keeps one number: the greatest `when` it has applied. An entry that came in below "
        "that mark, from a branch that was merged late, is passed over by every run, which says "
        "that migrations were applied. The database then lacks what the code expects.",
    .instead =
        "Give the entry a `when` above the mark, so that the next run takes it. Where its SQL was "
        "run by hand, note it in the table instead, with this `when`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
