// `db push` where a history of migrations exists: the database changes, and the history does not
// know.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  const bool has_history =
      std::any_of(project.histories.begin(), project.histories.end(),
                  [](const History& each) { return is_system(each) && !each.migrations.empty(); });
  if (!has_history) return;
  for (const RunnerCommand& command : project.commands) {
    if (command.action != RunnerAction::push || !command.production || command.accepts_data_loss)
      continue;
    const bool prisma = command.tool == Tool::prisma;
    ctx.report(*command.source, command.span,
               "this changes the production database past its migrations, and drops what the "
               "schema files lack")
        .because(cat("`", command.text, "` in ", command.place,
                     " compares the database with the schema files, runs what it makes up and "
                     "records nothing"))
        .try_(cat("apply the migrations instead:\n",
                  prisma ? "npx prisma migrate deploy" : "npx drizzle-kit migrate"))
        .about(command.place);
  }
}

constexpr ExampleFile dockerfile[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users},
    {"Dockerfile", "FROM node:20\nCMD [\"sh\", \"-c\", \"npx prisma db push && node .\"]\n"}};
constexpr ExampleFile script[] = {
    {"package.json", R"({"scripts": {"deploy": "drizzle-kit push && node ."}})"},
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile development[] = {
    {"package.json", R"({"scripts": {"db:push": "prisma db push"}})"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile no_history[] = {
    {"Dockerfile", "FROM node:20\nCMD npx prisma db push && node .\n"}};
constexpr Example bad[] = {{.files = dockerfile}, {.files = script}};
constexpr Example good[] = {{.files = development}, {.files = no_history}};

}  // namespace

extern constexpr Rule db_push_in_production{
    .severity = Severity::error,
    .summary = "`db push` changes production past its migrations",
    .why =
        "prisma db push and drizzle-kit push make the database look like the schema files, without "
        "a file that was reviewed and without a record. Columns that the schema files lack are "
        "dropped; the next migration finds its changes already there and fails. For a database of "
        "development, or without any history, it is the normal way.",
    .instead = "npx prisma migrate deploy, npx drizzle-kit migrate.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
