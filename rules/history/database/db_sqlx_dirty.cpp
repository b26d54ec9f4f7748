// sqlx's record says that a migration began and did not succeed.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::sqlx);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    const SourceFile* source = row.migration ? row.migration->source : place_of(history);
    if (row.state != AppliedState::unfinished || !source) continue;
    ctx.report(*source, {},
               cat("sqlx applies nothing to ", ctx.project().database->shown, ": version ",
                   row.version, " failed there"))
        .because("sqlx refuses to go on from a version that is noted without success")
        .try_(cat("undo or finish by hand what it left, then take the row out to run it "
                  "again:\nDELETE FROM ",
                  table->name, " WHERE version = ", row.version, ";"))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr ExampleFile two[] = {{"Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"},
                               {"migrations/1_users.sql", examples::users},
                               {"migrations/2_orders.sql", examples::orders}};
constexpr std::string_view sound = R"({"public._sqlx_migrations": [
  {"version": 1, "description": "users", "installed_on": "2024-01-01", "success": true, "execution_time": 1,
   "checksum": "\\xc72d83fd3fa44d3458d479ba249777d97527fde4ccd1e1483878051ba8ee6f15fcf7964f412c5d17e122e4397248e42a"}]})";
constexpr std::string_view failed = R"({"public._sqlx_migrations": [
  {"version": 2, "description": "orders", "installed_on": "2024-01-01", "success": false, "execution_time": -1, "checksum": "\\x00"}]})";
constexpr std::string_view failed_first = R"({"public._sqlx_migrations": [
  {"version": 1, "description": "users", "installed_on": "2024-01-01", "success": false, "execution_time": -1, "checksum": "\\x00"}]})";
constexpr Example bad[] = {{.files = two, .database = failed},
                           {.files = two, .database = failed_first}};
constexpr Example good[] = {{.files = two, .database = sound}, {.files = two}};

}  // namespace

extern constexpr Rule db_sqlx_dirty{
    .severity = Severity::error,
    .summary = "sqlx applies nothing to the database asked: a migration failed there",
    .why =
        "sqlx notes a migration without a transaction before it runs, and success afterwards. A "
        "row without success stops every later run (`migration N is partially applied; fix and "
        "remove row from _sqlx_migrations`).",
    .instead = "Repair the database by hand, then delete the row, or set its success.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
