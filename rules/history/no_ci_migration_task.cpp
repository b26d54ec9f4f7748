// Migrations that no workflow, container or script runs.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// Tools whose commands are looked for; a loop over psql has no name.
bool has_commands(Tool tool) { return tool != Tool::plain && tool != Tool::typeorm; }

void check(Context& ctx, const History& history) {
  if (!ctx.project().continuous_integration || !history.marker) return;
  if (!is_system(history) || !has_migrations(history) || !has_commands(history.tool)) return;
  const auto& commands = ctx.project().commands;
  const bool is_run =
      std::any_of(commands.begin(), commands.end(), [&](const RunnerCommand& command) {
        return lineage(command.tool) == lineage(history.tool) &&
               (command.action == RunnerAction::migrate || command.action == RunnerAction::dev) &&
               command.source->path.find(".github/workflows/") != std::string::npos;
      });
  if (is_run) return;
  ctx.report(*history.marker, {},
             cat("no workflow runs these migrations: the first database that sees them is a "
                 "real one"))
      .because("a migration that fails on an empty database is found by running it on one")
      .try_("add a job with a postgres service that applies all migrations")
      .about(history.folder);
}

constexpr ExampleFile lint_only[] = {
    {".github/workflows/ci.yml",
     "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile other_tool[] = {
    {".github/workflows/ci.yml",
     "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: dbmate up\n"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile runs[] = {{".github/workflows/ci.yml",
                                 "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
                                 "      - run: npx prisma migrate deploy\n"},
                                {examples::lock_path, examples::lock_text},
                                {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile no_workflows[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr Example bad[] = {{.files = lint_only}, {.files = other_tool}};
constexpr Example good[] = {{.files = runs}, {.files = no_workflows}};

}  // namespace

extern constexpr Rule no_ci_migration_task{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "No workflow runs the migrations",
    .why =
        "There are workflows, and none applies the migrations to a database. Off by default, since "
        "a test suite may do so by itself.",
    .instead = "Apply all migrations to an empty database in a job of every pull request.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
