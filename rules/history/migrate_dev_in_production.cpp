// `prisma migrate dev` or `reset` where production is deployed: both may empty the database.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const RunnerCommand& command : project.commands) {
    if (command.tool != Tool::prisma || command.action != RunnerAction::dev || !command.production)
      continue;
    const bool reset = command.text.find("reset") != std::string::npos;
    ctx.report(*command.source, command.span,
               reset ? "this drops every table of the production database"
                     : "this offers to drop every table of the production database where its "
                       "history differs")
        .because(cat("`", command.text, "` in ", command.place,
                     " is made for development databases",
                     reset ? "" : ": it resets them on drift, and makes new migrations"))
        .try_("apply what is in the folder, and nothing else:\nnpx prisma migrate deploy")
        .about(command.place);
  }
}

constexpr ExampleFile dockerfile[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users},
    {"Dockerfile", "FROM node:20\nCMD npx prisma migrate dev && node .\n"}};
constexpr ExampleFile script[] = {
    {"package.json", R"({"scripts": {"db:prod": "prisma migrate reset --force"}})"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile development[] = {
    {"package.json", R"({"scripts": {"db:migrate:dev": "prisma migrate dev"}})"}};
constexpr ExampleFile deploy[] = {
    {"Dockerfile", "FROM node:20\nCMD npx prisma migrate deploy && node .\n"}};
constexpr Example bad[] = {{.files = dockerfile}, {.files = script}};
constexpr Example good[] = {{.files = development}, {.files = deploy}};

}  // namespace

extern constexpr Rule migrate_dev_in_production{
    .severity = Severity::error,
    .summary = "prisma migrate dev and reset may drop every table of production",
    .why =
        "`prisma migrate dev` compares the database with the history on a shadow database and asks "
        "for a reset, which drops everything, where they differ; `reset` does it at once. Neither "
        "belongs where production is deployed.",
    .instead = "npx prisma migrate deploy applies pending migrations and never resets.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
