// The live schema is another than the one that the applied migrations make.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

using Where = SchemaDifference::Where;

std::string what(const SchemaDifference& each) {
  return each.table.empty() ? cat("the ", each.kind, ' ', each.object)
                            : cat("the ", each.kind, ' ', each.object, " of ", each.table);
}

void check(Context& ctx, const Project& project) {
  if (!project.database) return;
  const std::string& database = project.database->shown;
  for (const SchemaDifference& each : project.database->differences) {
    std::string message, help;
    switch (each.where) {
      case Where::only_here:
        message = cat(database, " lacks ", what(each), ", which the migrations it has run make");
        help = "find out who dropped it, then make it again or drop it in a new migration";
        break;
      case Where::only_there:
        message = cat(database, " holds ", what(each), ", which no migration makes");
        help = "write a migration that makes it where it is missing (IF NOT EXISTS), or drop it";
        break;
      case Where::different:
        message = cat(what(each), " is another in ", database, " than the migrations make it");
        help = cat("bring them together in a new migration; the files say, then the database:\n",
                   each.here, "\n", each.there);
        break;
    }
    ctx.report(*each.source, each.span, std::move(message))
        .because(
            "somebody changed the database by hand, or a migration that had run was edited: what "
            "is tested on new databases is not what runs here")
        .try_(std::move(help))
        .with("kind", each.kind)
        .with("object", each.object)
        .with("table", each.table)
        .with("here", each.here)
        .with("there", each.there)
        .under("the live schema differs from what the migrations make")
        .about(each.table.empty() ? cat(each.kind, ' ', each.object)
                                  : cat(each.kind, ' ', each.table, '.', each.object));
  }
}

constexpr std::string_view another_column = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000}
]}
-- schema
CREATE TABLE users (id bigint PRIMARY KEY, nickname text);
)";
constexpr std::string_view table_gone = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000}
]}
-- schema
CREATE TABLE people (id bigint PRIMARY KEY);
)";
constexpr std::string_view narrower = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000}
]}
-- schema
CREATE TABLE users (id int PRIMARY KEY);
)";
// What is not applied yet is no drift; neither are other schemas.
constexpr std::string_view equal = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000}
]}
-- schema
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE SCHEMA cron;
CREATE TABLE cron.job (id bigint);
)";
constexpr Example bad[] = {{.files = examples::drizzle_of_two, .database = another_column},
                           {.files = examples::drizzle_of_two, .database = table_gone},
                           {.files = examples::drizzle_of_two, .database = narrower}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two, .database = equal},
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_one}};

}  // namespace

extern constexpr Rule db_schema_drift{
    .severity = Severity::warning,
    .summary = "The database asked holds another schema than its applied migrations make",
    .why =
        "The migrations that a database has noted are replayed, and the result is compared with "
        "its "
        "catalog: tables, columns with type, NOT NULL and default, constraints, indexes, triggers, "
        "policies, enums and functions. What extensions own, what the replay cannot know and "
        "schemas that no migration touches are left out.",
    .instead =
        "Bring both together with a migration that every database can run, such as ADD COLUMN IF "
        "NOT EXISTS, and keep hands off the live schema.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
