// A command of a migration tool that has no migrations here any more.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <set>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// Whether a tool may have migrations although none was recognized: Django and Rails bring some with
// their packages, and migrations in code may lie anywhere in a package that depends on the tool.
bool may_have_others(const Project& project, Tool tool) {
  if (tool == Tool::django || tool == Tool::rails) return true;
  return std::find(project.code_tools.begin(), project.code_tools.end(), tool) !=
         project.code_tools.end();
}

// What applies a history's migrations.
std::string migrate_command(const History& history) {
  switch (history.tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return "npx drizzle-kit migrate";
    case Tool::prisma:
      return "npx prisma migrate deploy";
    case Tool::supabase:
      return "supabase db push";
    case Tool::flyway:
      return "flyway migrate";
    case Tool::golang_migrate:
      return cat("migrate -path ", shell_word(history.folder), " -database \"$DATABASE_URL\" up");
    case Tool::goose:
      return cat("goose -dir ", shell_word(history.folder), " postgres \"$DATABASE_URL\" up");
    case Tool::dbmate:
      return cat("dbmate --migrations-dir ", shell_word(history.folder), " up");
    case Tool::sqlx:
      return cat("sqlx migrate run --source ", shell_word(history.folder));
    case Tool::knex:
      return "npx knex migrate:latest";
    case Tool::sequelize:
      return "npx sequelize db:migrate";
    case Tool::node_pg_migrate:
      return "npx node-pg-migrate up";
    case Tool::diesel:
      return "diesel migration run";
    case Tool::atlas:
      return cat("atlas migrate apply --dir ", shell_word(cat("file://", history.folder)),
                 " --url \"$DATABASE_URL\"");
    case Tool::alembic:
      return "alembic upgrade head";
    case Tool::django:
      return "python manage.py migrate";
    case Tool::rails:
      return "bin/rails db:migrate";
    default:
      return {};
  }
}

// The histories that a command could be meant for instead.
std::vector<const History*> other_systems(const Project& project, const RunnerCommand& command) {
  std::vector<const History*> others;
  for (const History& history : project.histories) {
    if (!is_system(history) || !has_migrations(history)) continue;
    // Pushing needs no history: only where it meets another tool's is it a leftover.
    if (command.action == RunnerAction::push && !concerns(command, history.package)) continue;
    others.push_back(&history);
  }
  return others;
}

void check(Context& ctx, const Project& project) {
  std::set<Tool> present;
  for (const History& history : project.histories) {
    present.insert(lineage(history.tool));
    // Another tool's files, written by Drizzle for Supabase: both have a history there.
    if (history.also_run_by_another) present.insert({Tool::supabase, Tool::atlas});
  }
  std::set<std::pair<std::string_view, std::uint32_t>> said;  // one finding per line
  for (const RunnerCommand& command : project.commands) {
    if (present.count(lineage(command.tool))) continue;
    if (may_have_others(project, command.tool)) continue;
    const std::vector<const History*> others = other_systems(project, command);
    if (others.empty()) continue;
    if (!said.emplace(command.source->path, command.source->position(command.span.begin).line)
             .second)
      continue;
    std::vector<std::string> names;
    names.reserve(others.size());
    for (const History* each : others)
      names.push_back(cat(display_name(each->tool), " (", each->folder, ")"));
    const std::string instead = migrate_command(*others.front());
    const std::string_view tool = display_name(command.tool);
    ctx.report(*command.source, command.span,
               cat("this applies no migration: ", tool,
                   " has none here, the migrations are those of ", joined(names, 3)))
        .because(cat("`", command.text, "` in ", command.place,
                     " is left over from before: it fails, or succeeds without doing anything, and "
                     "the database stays behind the code"))
        .try_(
            instead.empty()
                ? std::string("run there what applies the migrations, or take the command out")
                : cat("run there what applies the migrations, or take the command out:\n", instead))
        .as(command.production ? Severity::error : Severity::warning)
        .about(command.place);
  }
}

constexpr std::string_view compose =
    "services:\n  migrator:\n    build: .\n"
    "    command: [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n";
constexpr ExampleFile left_over[] = {{examples::journal_path, examples::journal_of_one},
                                     {"drizzle/0000_users.sql", examples::users},
                                     {"docker-compose.prod.yml", compose}};
constexpr ExampleFile script[] = {{"package.json", R"({"scripts": {"db:migrate": "dbmate up"}})"},
                                  {examples::lock_path, examples::lock_text},
                                  {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile in_use[] = {{"docker-compose.prod.yml", compose},
                                  {examples::lock_path, examples::lock_text},
                                  {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile no_history[] = {{"docker-compose.prod.yml", compose},
                                      {"README.md", "npx prisma migrate deploy\n"}};
constexpr ExampleFile documented[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"README.md", "We used `npx prisma migrate deploy` until 2024.\n"}};
constexpr Example bad[] = {{.files = left_over}, {.files = script}};
constexpr Example good[] = {{.files = in_use}, {.files = no_history}, {.files = documented}};

}  // namespace

extern constexpr Rule stale_runner_reference{
    .severity = Severity::error,
    .summary = "A deployment runs a migration tool that has no migrations here",
    .why =
        "After a move from one tool to another a compose file, Dockerfile, workflow or script may "
        "still run the old one. Without a history of its own it fails, or applies nothing and "
        "reports success, and the new tool's migrations never reach the database. An error where "
        "the place is one of production (its name says prod, release or deploy, a Dockerfile, "
        "Procfile), a warning elsewhere. A tool whose migrations are code (Knex, TypeORM, "
        "Sequelize) is no finding while a package depends on it.",
    .instead =
        "Run the tool whose folder is in the repository: `npx drizzle-kit migrate`, `npx prisma "
        "migrate deploy`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
