// A file below the newest version that was applied, which the database asked has not run.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = applied_table(ctx.project().database, history);
  if (!table) return;
  const Tool tool = table->tool;
  // golang-migrate keeps one number: what it has passed cannot be told from what it has run.
  if (tool != Tool::flyway && tool != Tool::goose && tool != Tool::sqlx && tool != Tool::dbmate &&
      tool != Tool::node_pg_migrate)
    return;
  std::size_t newest = 0, place = 0;
  for (const Migration& each : history.migrations) {
    ++place;
    if (each.applied && !each.number.empty()) newest = place;
  }
  place = 0;
  for (const Migration& each : history.migrations) {
    if (++place > newest) break;
    const bool begun = std::any_of(table->rows.begin(), table->rows.end(),
                                   [&](const AppliedRow& row) { return row.migration == &each; });
    if (each.applied || !each.listed || each.number.empty() || begun) continue;
    const std::string& last = history.migrations[newest - 1].id;
    const bool refuses = tool != Tool::sqlx && tool != Tool::dbmate;
    Finding& finding =
        ctx.report(*each.source, {},
                   refuses ? cat(display_name(tool), " refuses to run on ",
                                 ctx.project().database->shown, ": it has passed this file")
                           : cat(ctx.project().database->shown, " runs this after ", last,
                                 ", which new databases run after this"))
            .because(refuses ? "a migration below the newest applied one was never run"
                             : cat(display_name(tool),
                                   " applies what is not noted, also below what is applied"))
            .try_(cat("give it a number behind ", last, ", where the order allows that"))
            .with("table", table->name)
            .about(each.id);
    if (!refuses) finding.as(Severity::warning);
  }
}

constexpr std::string_view goose_last = R"({"public.goose_db_version": [
  {"id": 1, "version_id": 0, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 2, "version_id": 2, "is_applied": true, "tstamp": "2024-01-01"}]})";
constexpr std::string_view sqlx_last = R"({"public._sqlx_migrations": [
  {"version": 2, "description": "orders", "installed_on": "2024-01-01", "success": true, "execution_time": 1,
   "checksum": "\\xd0234f3070e9b351274fd7201f6c91dd16f1aa888cea7958daab53fe7a0a8771a1dd886774b65c3c0e19a47b9ed23e19"}]})";
constexpr Example bad[] = {{.files = examples::goose_of_two, .database = goose_last},
                           {.files = examples::sqlx_of_two, .database = sqlx_last}};
constexpr Example good[] = {{.files = examples::goose_of_two, .database = examples::goose_has_one},
                            {.files = examples::goose_of_two, .database = examples::goose_has_two}};

}  // namespace

extern constexpr Rule db_version_passed{
    .severity = Severity::error,
    .summary = "The database asked has passed this migration and never run it",
    .why =
        "A branch that was merged late brings a file below the newest applied version. goose, "
        "Flyway and node-pg-migrate refuse to run until they are told to allow it; sqlx and dbmate "
        "run it late, in another order than new databases do.",
    .instead = "Renumber the file behind the newest applied one before it is released.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
