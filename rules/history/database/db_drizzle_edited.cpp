// A migration of Drizzle's whose file is another than the one that the database asked has run.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (const AppliedTable* table = drizzle_table(ctx, history))
    report_edited_files(
        ctx, *table, "Drizzle notes the file's hash when it runs it, and compares it with nothing");
}

constexpr Example bad[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_edited},
    {.files = examples::drizzle_of_three, .database = examples::drizzle_has_edited}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_two},
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_one}};

}  // namespace

extern constexpr Rule db_drizzle_edited{
    .severity = Severity::warning,
    .summary = "This file of Drizzle's was changed after the database asked had run it",
    .why =
        "Drizzle notes the SHA-256 of a file when it runs it and never looks at it again. A change "
        "made afterwards reaches new databases only, so that they differ from the old ones.",
    .instead = "Bring the old text back and write the change as a new migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
