// What the tool's next run applies to the database asked.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = applied_table(ctx.project().database, history);
  if (!table || lineage(table->tool) == Tool::prisma) return;
  // Drizzle before 1.0 goes by its journal and has a rule of its own.
  if (history.drizzle) return;
  for (const Migration& each : history.migrations) {
    const bool begun = std::any_of(table->rows.begin(), table->rows.end(),
                                   [&](const AppliedRow& row) { return row.migration == &each; });
    if (each.applied || !each.listed || begun) continue;
    ctx.report(*each.source, {},
               cat("the next run applies ", each.id, " to ", ctx.project().database->shown))
        .because(cat(table->name, " does not hold it"))
        .try_("look at what waits before the next release: its findings are the open ones")
        .about(each.id);
  }
}

constexpr Example bad[] = {{.files = examples::goose_of_two, .database = examples::goose_has_one},
                           {.files = examples::v1_of_two, .database = examples::v1_has_one}};
constexpr Example good[] = {{.files = examples::goose_of_two, .database = examples::goose_has_two},
                            {.files = examples::v1_of_two, .database = examples::v1_has_two}};

}  // namespace

extern constexpr Rule db_version_pending{
    .severity = Severity::note,
    .summary = "The database asked has not applied this migration yet",
    .why =
        "With `migguard audit --database-url`, the files are compared with what the tool has noted "
        "in the database.",
    .instead =
        "Nothing is wrong. Findings in these migrations are still open, all others are history.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
