// Two migration tools over one database: neither knows what the other has done.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <map>

#include "examples.hpp"

namespace migguard::rules {
namespace {

using Systems = std::map<std::string_view, std::vector<const History*>>;  // by tool

// Whether a command changes a database by a tool, as far as a package is concerned.
bool is_invoked(const Project& project, std::string_view package, Tool tool) {
  return std::any_of(
      project.commands.begin(), project.commands.end(), [&](const RunnerCommand& command) {
        const bool changes = command.action == RunnerAction::migrate ||
                             command.action == RunnerAction::push ||
                             command.action == RunnerAction::dev;
        return changes && lineage(command.tool) == tool && concerns(command, package);
      });
}

void report(Context& ctx, const std::string& package, const Systems& systems) {
  std::size_t invoked = 0;
  for (const auto& [name, histories] : systems) {
    invoked += is_invoked(ctx.project(), package, lineage(histories.front()->tool));
  }
  std::vector<std::string> names;
  for (const auto& [name, histories] : systems) names.emplace_back(name);
  for (const auto& [name, histories] : systems) {
    for (const History* history : histories) {
      // A journal that cannot be read has that one finding.
      if (!history->marker || has_root_cause(*history)) continue;
      Finding& finding =
          ctx.report(*history->marker, {},
                     cat(joined(names), names.size() == 2 ? " both" : " all", " change ",
                         package == "." ? std::string("this project's") : cat(package, "'s"),
                         " database, none knowing what the other applied"))
              .because(
                  "each keeps a table of its own of what was applied, so that an order between "
                  "them exists nowhere, and commands that compare the database with a schema may "
                  "drop what the other made")
              .try_(
                  "decide for one: make a baseline of the database in it, take the other's "
                  "commands out of all scripts, and archive its folder")
              .as(invoked >= 2 ? Severity::error : Severity::warning)
              .about(std::string(name))
              .under(cat("mixed-migration-systems:", package))
              .with("package", package);
      for (const auto& [other, theirs] : systems) {
        if (other != name && theirs.front()->marker) {
          finding.label(*theirs.front()->marker, {}, cat(other, " is here"));
        }
      }
    }
  }
}

// SQL files beside migrations in code are what those run.
bool is_run_by_code(const Project& project, const History& history) {
  return history.tool == Tool::plain &&
         std::any_of(project.histories.begin(), project.histories.end(), [&](const History& other) {
           return !other.code.empty() && is_below(history.folder, other.folder);
         });
}

void check(Context& ctx, const Project& project) {
  std::map<std::pair<std::string, Dialect>, Systems> packages;
  for (const History& history : project.histories) {
    if (!is_system(history) || !has_migrations(history)) continue;
    if (is_run_by_code(project, history)) continue;
    packages[{history.package, history.dialect}][display_name(lineage(history.tool))].push_back(
        &history);
  }
  for (const auto& [key, systems] : packages) {
    if (systems.size() > 1) report(ctx, key.first, systems);
  }
}

constexpr std::string_view package = R"({"name": "shop"})";
constexpr ExampleFile prisma_and_drizzle[] = {
    {"package.json", package},
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile goose_and_dbmate[] = {
    {"go.mod", "module shop\n"},
    {"goose/00001_users.sql", "-- +goose Up\nCREATE TABLE users (id int);\n"},
    {"db/migrations/20240101000000_orders.sql",
     "-- migrate:up\nCREATE TABLE orders (id int);\n-- migrate:down\n"}};
constexpr ExampleFile knex_and_prisma[] = {
    {"package.json", R"({"name": "shop", "dependencies": {"knex": "^3.0.0"}})"},
    {"migrations/20240101000000_users.js", "exports.up = (knex) => knex.raw('SELECT 1');\n"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile sql_for_django[] = {{"pyproject.toml", "[project]\nname = \"shop\"\n"},
                                          {"shop/migrations/__init__.py", "\n"},
                                          {"shop/migrations/0001_initial.py", "operations = []\n"},
                                          {"shop/migrations/0001_initial.sql", examples::users},
                                          {"shop/migrations/0002_orders.sql", examples::orders}};
constexpr ExampleFile two_packages[] = {
    {"apps/a/package.json", package},
    {"apps/a/drizzle/meta/_journal.json", examples::journal_of_one},
    {"apps/a/drizzle/0000_users.sql", examples::users},
    {"apps/b/package.json", package},
    {"apps/b/prisma/migrations/migration_lock.toml", examples::lock_text},
    {"apps/b/prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile drizzle_for_supabase[] = {
    {"package.json", package},
    {"supabase/config.toml", "project_id = \"shop\"\n"},
    {"supabase/migrations/meta/_journal.json", examples::journal_of_one},
    {"supabase/migrations/0000_users.sql", examples::users}};
constexpr ExampleFile init_scripts[] = {
    {"package.json", package},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users},
    {"docker-entrypoint-initdb.d/01_roles.sql", "CREATE ROLE app;\n"},
    {"docker-entrypoint-initdb.d/02_extensions.sql", "CREATE EXTENSION citext;\n"}};
constexpr Example bad[] = {
    {.files = prisma_and_drizzle}, {.files = goose_and_dbmate}, {.files = knex_and_prisma}};
constexpr Example good[] = {{.files = two_packages},
                            {.files = drizzle_for_supabase},
                            {.files = init_scripts},
                            {.files = sql_for_django}};

}  // namespace

extern constexpr Rule mixed_migration_systems{
    .severity = Severity::warning,
    .summary =
        "Two migration tools change one package's database, each without the other's history",
    .why =
        "What is left of a move from one tool to the other is two histories over one database. "
        "Neither tool sees what the other applied: a fresh database gets both in no particular "
        "order, and commands that compare the database with the schema offer to drop the other's "
        "objects. It is an error where commands of both are in use. Separate packages, other "
        "dialects, Drizzle writing for Supabase and the postgres image's init scripts are no "
        "finding.",
    .instead =
        "Finish the move: baseline the database in the new tool, remove the old one's commands and "
        "archive its folder.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
