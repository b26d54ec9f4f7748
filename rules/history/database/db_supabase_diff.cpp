// Supabase's record and the folder hold different migrations.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::supabase);
  if (!table) return;
  const std::string& database = ctx.project().database->shown;
  std::string newest;
  for (const AppliedRow& row : table->rows) {
    if (row.version > newest) newest = row.version;
    const SourceFile* place = place_of(history);
    if (row.known || !place) continue;
    ctx.report(*place, {},
               cat("supabase db push refuses to run: ", database, " holds version ", row.version,
                   row.name.empty() ? "" : cat(" (", row.name, ")"), ", which is not in ",
                   history.folder))
        .because(
            "remote migration versions were not found in the local migrations directory, as it "
            "says")
        .try_(cat("fetch what was made elsewhere:\nsupabase db pull\n"
                  "or, where its effect is undone:\nsupabase migration repair --status reverted ",
                  row.version))
        .with("table", table->name)
        .about(row.version);
  }
  for (const Migration& each : history.migrations) {
    if (each.applied || !each.listed || each.number.empty() || each.number >= newest) continue;
    ctx.report(*each.source, {},
               cat("supabase db push refuses to run: ", database, " has passed ", each.number,
                   " and never run it"))
        .because(
            "local migration files would be inserted before the last migration on the remote "
            "database")
        .try_(cat("give it a version behind ", newest,
                  ", or run it out of order:\nsupabase db push --include-all"))
        .with("table", table->name)
        .about(each.id);
  }
}

constexpr ExampleFile two[] = {{"supabase/config.toml", "project_id = \"shop\"\n"},
                               {"supabase/migrations/20240101000000_users.sql", examples::users},
                               {"supabase/migrations/20240102000000_orders.sql", examples::orders}};
constexpr std::string_view remote = R"({"supabase_migrations.schema_migrations": [
  {"version": "20240101000000", "name": "users", "statements": "{}"},
  {"version": "20240101120000", "name": "from_the_dashboard", "statements": "{}"}]})";
constexpr std::string_view passed = R"({"supabase_migrations.schema_migrations": [
  {"version": "20240102000000", "name": "orders", "statements": "{}"}]})";
constexpr std::string_view sound = R"({"supabase_migrations.schema_migrations": [
  {"version": "20240101000000", "name": "users", "statements": "{}"},
  {"version": "20240102000000", "name": "orders", "statements": "{}"}]})";
constexpr std::string_view behind_by_one = R"({"supabase_migrations.schema_migrations": [
  {"version": "20240101000000", "name": "users", "statements": "{}"}]})";
constexpr Example bad[] = {{.files = two, .database = remote}, {.files = two, .database = passed}};
constexpr Example good[] = {{.files = two, .database = sound},
                            {.files = two, .database = behind_by_one}};

}  // namespace

extern constexpr Rule db_supabase_diff{
    .severity = Severity::error,
    .summary =
        "supabase db push refuses to run: the database asked and the folder hold different "
        "migrations",
    .why =
        "Supabase compares versions alone. A version that only the remote side has, from its "
        "dashboard or another branch, and a local file older than the newest remote version both "
        "end the push.",
    .instead =
        "Fetch remote migrations with `supabase db pull`, give late files a new version, or repair "
        "the history by hand.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
