// A Prisma baseline that no script marks as applied: on the live database the deployment refuses.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

bool creates_table(const Migration& migration) {
  const auto& statements = migration.script.statements;
  return std::any_of(statements.begin(), statements.end(), [](const Statement& statement) {
    return std::any_of(statement.ops.begin(), statement.ops.end(),
                       [](const Op& op) { return std::holds_alternative<CreateTable>(op); });
  });
}

void check(Context& ctx, const History& history) {
  if (!history.prisma || !judges_order(history) || history.migrations.empty()) return;
  const Migration& first = history.migrations.front();
  const bool baseline = first.id == "0_init" || first.id.find("baseline") != std::string::npos;
  if (!baseline || !creates_table(first)) return;
  bool deploys = false;
  for (const RunnerCommand& command : ctx.project().commands) {
    if (command.tool != Tool::prisma || !concerns(command, history.package)) continue;
    if (command.text.find("resolve") != std::string::npos) return;
    deploys |= command.action == RunnerAction::migrate;
  }
  if (!deploys) return;
  ctx.report(*first.source, {},
             cat("prisma migrate deploy refuses a database that already has these tables: no "
                 "script marks ",
                 first.id, " as applied"))
      .because(
          "a database with tables and without Prisma's history is refused (P3005) until the "
          "baseline is marked")
      .try_(cat("once on every such database, before the first deploy:\n"
                "npx prisma migrate resolve --applied ",
                shell_word(first.id)))
      .about(first.id);
}

constexpr std::string_view deploy_only = R"({"scripts": {"db:migrate": "prisma migrate deploy"}})";
constexpr std::string_view deploy_and_resolve =
    R"({"scripts": {"db:migrate": "prisma migrate deploy", "db:baseline": "prisma migrate resolve --applied 0_init"}})";
constexpr ExampleFile unmarked[] = {{examples::lock_path, examples::lock_text},
                                    {"package.json", deploy_only},
                                    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile unmarked_by_name[] = {
    {examples::lock_path, examples::lock_text},
    {"package.json", deploy_only},
    {"prisma/migrations/20240101000000_baseline/migration.sql", examples::users}};
constexpr ExampleFile marked[] = {{examples::lock_path, examples::lock_text},
                                  {"package.json", deploy_and_resolve},
                                  {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile no_baseline[] = {
    {examples::lock_path, examples::lock_text},
    {"package.json", deploy_only},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr Example bad[] = {{.files = unmarked}, {.files = unmarked_by_name}};
constexpr Example good[] = {{.files = marked}, {.files = no_baseline}};

}  // namespace

extern constexpr Rule prisma_baseline_unmarked{
    .severity = Severity::note,
    .off_by_default = true,
    .summary =
        "prisma migrate deploy refuses the live database until the baseline is marked as applied",
    .why =
        "A baseline recreates what the live database already has. `prisma migrate deploy` on it "
        "ends with P3005, unless `prisma migrate resolve --applied` was run there once. Many teams "
        "do that by hand: this is a reminder.",
    .instead = "npx prisma migrate resolve --applied 0_init",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
