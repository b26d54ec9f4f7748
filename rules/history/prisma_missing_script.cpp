// A directory in prisma/migrations without migration.sql: the deployment stops there.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// The directory directly below the history's folder that holds a path.
std::string_view migration_folder(const History& history, std::string_view path) {
  if (history.folder != "." && is_below(path, history.folder) &&
      path.size() > history.folder.size()) {
    path.remove_prefix(history.folder.size() + 1);
  }
  return path.substr(0, path.find('/'));
}

void check(Context& ctx, const History& history) {
  if (!history.prisma) return;
  for (const SourceFile* file : history.prisma->missing_script) {
    const std::string_view name = migration_folder(history, file->path);
    const std::string folder = in_folder(history.folder, name);
    ctx.report(*file, {},
               cat("prisma migrate deploy stops at ", folder, ": it has no migration.sql"))
        .because(
            "Prisma takes every directory there for a migration; those before it are applied by "
            "then, those behind it are not (P3015)")
        .try_(cat("restore its migration.sql from git, or move the directory out of ",
                  history.folder, ":\ngit log --all -- ",
                  shell_word(in_folder(folder, "migration.sql"))))
        .about(std::string(name));
  }
}

constexpr ExampleFile notes[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/notes/README.md", "How we migrate.\n"}};
constexpr ExampleFile rollback[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_orders/down.sql", "DROP TABLE orders;\n"}};
constexpr ExampleFile with_down[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240101000000_users/down.sql", "DROP TABLE users;\n"}};
constexpr Example bad[] = {{.files = notes}, {.files = rollback}};
constexpr Example good[] = {{.files = examples::prisma_of_two}, {.files = with_down}};

}  // namespace

extern constexpr Rule prisma_missing_script{
    .severity = Severity::error,
    .summary = "prisma migrate deploy stops at a directory without migration.sql",
    .why =
        "Prisma takes each directory in migrations/ for a migration. One without migration.sql "
        "(notes, rollback scripts, what a git switch left behind) ends the deployment with P3015 "
        "when its turn comes: half of the pending migrations are applied.",
    .instead =
        "Keep nothing but migrations in prisma/migrations; files beside a migration.sql are "
        "ignored and may stay.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
