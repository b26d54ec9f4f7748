// Flyway's record says that a migration failed.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::flyway);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    const SourceFile* source = row.migration ? row.migration->source : place_of(history);
    if (row.state != AppliedState::unfinished || !source) continue;
    ctx.report(*source, {},
               cat("Flyway applies nothing to ", ctx.project().database->shown, ": ", row.name,
                   " failed there"))
        .because("Flyway's validation ends at a migration that is noted without success")
        .try_(
            "undo by hand what it left, then have the row taken out and run it again:\nflyway "
            "repair")
        .with("table", table->name)
        .about(row.name);
  }
}

constexpr ExampleFile two[] = {{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                               {"sql/V1__users.sql", examples::users},
                               {"sql/V2__orders.sql", examples::orders}};
constexpr std::string_view sound = R"({"public.flyway_schema_history": [
  {"installed_rank": 1, "version": "1", "description": "users", "type": "SQL", "script": "V1__users.sql", "checksum": 1812668543,
   "installed_by": "app", "installed_on": "2024-01-01", "execution_time": 1, "success": true}]})";
constexpr std::string_view failed = R"({"public.flyway_schema_history": [
  {"installed_rank": 1, "version": "2", "description": "orders", "type": "SQL", "script": "V2__orders.sql", "checksum": 1,
   "installed_by": "app", "installed_on": "2024-01-01", "execution_time": 1, "success": false}]})";
constexpr std::string_view failed_first = R"({"public.flyway_schema_history": [
  {"installed_rank": 1, "version": "1", "description": "users", "type": "SQL", "script": "V1__users.sql", "checksum": 1812668543,
   "installed_by": "app", "installed_on": "2024-01-01", "execution_time": 1, "success": false}]})";
constexpr Example bad[] = {{.files = two, .database = failed},
                           {.files = two, .database = failed_first}};
constexpr Example good[] = {{.files = two, .database = sound}, {.files = two}};

}  // namespace

extern constexpr Rule db_flyway_failed{
    .severity = Severity::error,
    .summary = "Flyway applies nothing to the database asked: a migration failed there",
    .why =
        "A migration that ran outside a transaction and failed is noted without success, and "
        "`flyway migrate` ends with `Detected failed migration` until that is repaired.",
    .instead = "Repair the database by hand, then run `flyway repair`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
