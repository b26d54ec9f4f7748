// `db push` told beforehand that losing data is fine.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

bool part_of_word(char c) { return c >= 'a' && c <= 'z'; }

// Whether the script's name, or the file that it takes its settings from, says that the database is
// one of tests: what is in it is made for a run.
bool is_for_tests(const RunnerCommand& command) {
  for (const std::string& said : {command.place, command.text}) {
    for (const std::string_view word : {"test", "tests", "e2e"}) {
      for (std::size_t at = said.find(word); at != said.npos; at = said.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !part_of_word(said[at - 1])) &&
            (end == said.size() || !part_of_word(said[end])))
          return true;
      }
    }
  }
  return false;
}

void check(Context& ctx, const Project& project) {
  for (const RunnerCommand& command : project.commands) {
    if (!command.accepts_data_loss || is_for_tests(command)) continue;
    const bool prisma = command.tool == Tool::prisma;
    ctx.report(*command.source, command.span,
               "this drops columns and tables with their rows, and does not ask")
        .because(cat("`", command.text, "` in ", command.place,
                     " agrees in advance to every loss of data"))
        .try_(prisma ? "leave the flag out, or use migrations, whose drops are reviewed:\n"
                       "npx prisma migrate deploy"
                     : "leave the flag out, or use migrations, whose drops are reviewed:\n"
                       "npx drizzle-kit migrate")
        .about(command.place);
  }
}

constexpr ExampleFile script[] = {
    {"package.json", R"({"scripts": {"db:push": "prisma db push --accept-data-loss"}})"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile dockerfile[] = {
    {"Dockerfile", "FROM node:20\nRUN npx drizzle-kit push --force\n"}};
constexpr ExampleFile plain_push[] = {
    {"package.json", R"({"scripts": {"db:push": "prisma db push"}})"}};
constexpr ExampleFile other_force[] = {
    {"package.json", R"({"scripts": {"clean": "rm -rf dist --force"}})"}};
constexpr ExampleFile of_tests[] = {{"package.json",
                                     R"({"scripts": {"e2e:setup": "drizzle-kit push --force",
                "setup": "drizzle-kit push --config=drizzle.config.test.ts --force"}})"}};
constexpr ExampleFile latest[] = {
    {"package.json", R"({"scripts": {"latest": "prisma db push --accept-data-loss"}})"},
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr Example bad[] = {{.files = script}, {.files = dockerfile}, {.files = latest}};
constexpr Example good[] = {{.files = plain_push}, {.files = other_force}, {.files = of_tests}};

}  // namespace

extern constexpr Rule db_push_accept_data_loss{
    .severity = Severity::error,
    .summary = "`db push` with --accept-data-loss or --force drops data without asking",
    .why =
        "`prisma db push --accept-data-loss` and `drizzle-kit push --force` drop columns and "
        "tables that the schema files lack, without a question. A script called with the wrong "
        "DATABASE_URL is enough.",
    .instead = "Without the flag both ask, or stop where nobody can answer.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
