// A file that was changed after the database asked had applied it, for tools that compare
// checksums.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = applied_table(ctx.project().database, history);
  if (!table || (table->tool != Tool::sqlx && table->tool != Tool::flyway)) return;
  for (const AppliedRow& row : table->rows) {
    const bool edited =
        row.verdict == ChecksumVerdict::different || row.verdict == ChecksumVerdict::line_endings;
    // Flyway's repeatable migrations are meant to change: it runs them again.
    if (!edited || row.state != AppliedState::applied || row.version.empty()) continue;
    ctx.report(*row.migration->source, {},
               cat(display_name(table->tool), " applies nothing to ", ctx.project().database->shown,
                   ": it ran another text of this file",
                   row.verdict == ChecksumVerdict::line_endings ? ", with other line ends" : ""))
        .because(table->tool == Tool::sqlx
                     ? "sqlx compares SHA-384 sums before it runs (VersionMismatch)"
                     : "Flyway's validation compares checksums before it runs")
        .try_(table->tool == Tool::sqlx
                  ? cat("bring back the text that was run:\ngit log --follow -- ",
                        shell_word(row.migration->source->path))
                  : cat("bring back the text that was run:\ngit log --follow -- ",
                        shell_word(row.migration->source->path),
                        "\nor, where the change means nothing:\nflyway repair"))
        .with("table", table->name)
        .about(row.migration->id);
  }
}

constexpr std::string_view sound = R"({"public._sqlx_migrations": [
  {"version": 1, "description": "users", "installed_on": "2024-01-01", "success": true, "execution_time": 1,
   "checksum": "\\xc72d83fd3fa44d3458d479ba249777d97527fde4ccd1e1483878051ba8ee6f15fcf7964f412c5d17e122e4397248e42a"}]})";
constexpr std::string_view other_sum = R"({"public._sqlx_migrations": [
  {"version": 1, "description": "users", "installed_on": "2024-01-01", "success": true, "execution_time": 1, "checksum": "\\x00"}]})";
constexpr ExampleFile flyway_two[] = {{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                                      {"sql/V1__users.sql", examples::users},
                                      {"sql/V2__orders.sql", examples::orders}};
constexpr std::string_view flyway_sound = R"({"public.flyway_schema_history": [
  {"installed_rank": 1, "version": "1", "description": "users", "type": "SQL", "script": "V1__users.sql", "checksum": 1812668543,
   "installed_by": "app", "installed_on": "2024-01-01", "execution_time": 1, "success": true}]})";
constexpr std::string_view flyway_other = R"({"public.flyway_schema_history": [
  {"installed_rank": 1, "version": "1", "description": "users", "type": "SQL", "script": "V1__users.sql", "checksum": 7,
   "installed_by": "app", "installed_on": "2024-01-01", "execution_time": 1, "success": true}]})";
constexpr Example bad[] = {{.files = examples::sqlx_of_two, .database = other_sum},
                           {.files = flyway_two, .database = flyway_other}};
constexpr Example good[] = {{.files = examples::sqlx_of_two, .database = sound},
                            {.files = flyway_two, .database = flyway_sound}};

}  // namespace

extern constexpr Rule db_version_edited{
    .severity = Severity::error,
    .summary =
        "sqlx or Flyway refuses to run: this file was changed after the database asked had applied "
        "it",
    .why =
        "sqlx notes a SHA-384 sum of each file and Flyway a CRC-32 of its lines. Both compare all "
        "of them at the start of every run, and end where one differs.",
    .instead = "Bring the old text back and write the change as a new migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
