// A SQL file directly in prisma/migrations: it never runs.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.prisma) return;
  for (const SourceFile* file : history.prisma->stray_sql) {
    ctx.report(*file, {}, "Prisma never runs this file: it is not in a directory of its own")
        .because("Prisma runs <directory>/migration.sql and ignores files beside the directories")
        .try_(cat("make it a migration:\nnpx prisma migrate dev --create-only --name ",
                  shell_word(
                      tag_name(base_name(file->path).substr(0, base_name(file->path).rfind('.'))))))
        .about(std::string(base_name(file->path)));
  }
}

constexpr ExampleFile by_hand[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/add_orders.sql", examples::orders}};
constexpr ExampleFile numbered[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_orders.sql", examples::orders}};
constexpr ExampleFile seed[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/seed.sql", "INSERT INTO users VALUES (1);\n"}};
constexpr Example bad[] = {{.files = by_hand}, {.files = numbered}};
constexpr Example good[] = {{.files = examples::prisma_of_two}, {.files = seed}};

}  // namespace

extern constexpr Rule prisma_stray_sql{
    .severity = Severity::warning,
    .summary = "Prisma never runs a SQL file that lies directly in migrations/",
    .why =
        "A migration of Prisma's is a directory with migration.sql in it. Files beside the "
        "directories are ignored by deploy, dev and status alike.",
    .instead =
        "npx prisma migrate dev --create-only --name <name> makes the directory; put the SQL into "
        "its migration.sql.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
