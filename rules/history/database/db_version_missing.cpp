// A version that the database asked has applied and no file stands for.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

// What the tool does where a file is not there any more.
std::string_view reaction(Tool tool) {
  switch (tool) {
    case Tool::flyway:
      return "Flyway's validation ends at it";
    case Tool::sqlx:
      return "sqlx refuses to run (VersionMissing)";
    case Tool::golang_migrate:
      return "golang-migrate ends with \"no migration found for version\"";
    default:
      return "no run says a word, and a new database made from these files lacks it";
  }
}

void check(Context& ctx, const History& history) {
  const AppliedTable* table = applied_table(ctx.project().database, history);
  // Drizzle, Prisma and Supabase have rules of their own.
  if (!table || lineage(table->tool) == Tool::drizzle || table->tool == Tool::prisma ||
      table->tool == Tool::supabase)
    return;
  const SourceFile* place = place_of(history);
  for (const AppliedRow& row : table->rows) {
    const bool mark = row.and_before && table->tool == Tool::flyway;
    if (row.known || mark || row.state != AppliedState::applied || !place) continue;
    const std::string name = row.version.empty() ? row.name : cat("version ", row.version);
    Finding& finding = ctx.report(*place, {},
                                  cat(ctx.project().database->shown, " has applied ", name,
                                      ", which is not in ", history.folder))
                           .because(std::string(reaction(table->tool)))
                           .try_(cat("bring the file back from the branch or commit it was "
                                     "in:\ngit log --all --diff-filter=AD --oneline -- ",
                                     shell_word(history.folder)))
                           .with("table", table->name)
                           .about(name);
    if (table->tool == Tool::flyway || table->tool == Tool::sqlx ||
        table->tool == Tool::golang_migrate)
      finding.as(Severity::error);
  }
}

constexpr std::string_view goose_more = R"({"public.goose_db_version": [
  {"id": 1, "version_id": 1, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 2, "version_id": 7, "is_applied": true, "tstamp": "2024-01-01"}]})";
// Taken back again.
constexpr std::string_view goose_down = R"({"public.goose_db_version": [
  {"id": 1, "version_id": 1, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 2, "version_id": 7, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 3, "version_id": 7, "is_applied": false, "tstamp": "2024-01-01"}]})";
constexpr std::string_view sqlx_three = R"({"public._sqlx_migrations": [
  {"version": 3, "description": "lines", "installed_on": "2024-01-01", "success": true, "execution_time": 1, "checksum": "\\x00"}]})";
constexpr Example bad[] = {{.files = examples::goose_of_two, .database = goose_more},
                           {.files = examples::sqlx_of_two, .database = sqlx_three}};
constexpr Example good[] = {{.files = examples::goose_of_two, .database = examples::goose_has_two},
                            {.files = examples::goose_of_two, .database = goose_down}};

}  // namespace

extern constexpr Rule db_version_missing{
    .severity = Severity::warning,
    .summary = "The database asked has applied a version that no file stands for",
    .why =
        "A file that was deleted, renumbered or never merged is still noted in the database. "
        "Flyway, sqlx and golang-migrate refuse to go on; goose, dbmate and node-pg-migrate say "
        "nothing, and databases made later differ.",
    .instead = "Bring the file back, or take the row out once its effect is undone.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
