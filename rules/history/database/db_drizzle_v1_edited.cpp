// A migration of Drizzle 1.0 whose file is another than the one that was run.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (const AppliedTable* table = drizzle_v1_table(ctx, history))
    report_edited_files(ctx, *table, "Drizzle goes by the folder's name alone");
}

constexpr std::string_view edited = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "0000000000000000000000000000000000000000000000000000000000000000", "created_at": 1704067200000,
   "name": "20240101000000_users", "applied_at": "2024-01-01 00:00:00+00"}]})";
constexpr ExampleFile carriage_returns[] = {
    {"drizzle/20240101000000_users/migration.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY);\r\n"},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a}};
constexpr Example bad[] = {{.files = examples::v1_of_two, .database = edited},
                           {.files = carriage_returns, .database = examples::v1_has_one}};
constexpr Example good[] = {{.files = examples::v1_of_two, .database = examples::v1_has_two},
                            {.files = examples::v1_of_two, .database = examples::v1_has_one}};

}  // namespace

extern constexpr Rule db_drizzle_v1_edited{
    .severity = Severity::warning,
    .summary = "This file of Drizzle's was changed after the database asked had run it",
    .why =
        "Drizzle 1.0 notes name and SHA-256 of what it runs, and afterwards compares the names "
        "alone. A change made later reaches new databases only.",
    .instead = "Bring the old text back and write the change as a new migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
