// A directory in prisma/migrations without migration.sql: the deployment stops there.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

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

// `migration.ts` and the like: a step that a runner of the team's own takes, since Prisma stops
// there.
bool is_script_of_another_runner(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  constexpr std::string_view extensions[] = {"ts", "mts", "cts", "js", "mjs", "cjs", "py", "sh"};
  const std::size_t dot = name.rfind('.');
  return name.substr(0, dot) == "migration" && dot != name.npos &&
         std::find(std::begin(extensions), std::end(extensions), name.substr(dot + 1)) !=
             std::end(extensions);
}

void report_other_runner(Context& ctx, const History& history,
                         const std::vector<const SourceFile*>& scripts) {
  const std::string_view first = migration_folder(history, scripts.front()->path);
  Finding& finding =
      ctx.report(
             *scripts.front(), {},
             scripts.size() == 1
                 ? cat("prisma migrate deploy would stop at ", first,
                       ", which holds a script and no migration.sql")
                 : cat("prisma migrate deploy would stop at ", first, " and ", scripts.size() - 1,
                       " more directories, which hold scripts and no ", "migration.sql"))
          .as(Severity::warning)
          .because(
              "Prisma runs SQL alone (P3015), so another runner must take these steps, and every "
              "database that Prisma itself migrates goes without them")
          .try_(cat("if a runner of your own applies ", history.folder,
                    ", accept this and see that no job calls prisma migrate deploy on it; else "
                    "move the scripts out of the folder"))
          .about(std::string(first));
  for (const SourceFile* script : scripts) {
    if (script != scripts.front()) finding.label(*script, {}, "another script");
  }
}

void check(Context& ctx, const History& history) {
  if (!history.prisma) return;
  std::vector<const SourceFile*> scripts;
  for (const SourceFile* file : history.prisma->missing_script) {
    if (is_script_of_another_runner(file->path)) {
      scripts.push_back(file);
      continue;
    }
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
  if (!scripts.empty()) report_other_runner(ctx, history, scripts);
}

constexpr ExampleFile notes[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/notes/README.md", "How we migrate.\n"}};
constexpr ExampleFile rollback[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_orders/down.sql", "DROP TABLE orders;\n"}};
constexpr ExampleFile script[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_fill_names/migration.ts", "export const run = () => {};\n"}};
constexpr ExampleFile with_down[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240101000000_users/down.sql", "DROP TABLE users;\n"}};
constexpr Example bad[] = {{.files = notes}, {.files = rollback}, {.files = script}};
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
        "ignored and may stay. Steps in TypeScript that a runner of your own takes are one "
        "warning.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
