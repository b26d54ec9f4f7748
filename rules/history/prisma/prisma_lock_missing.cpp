// No migration_lock.toml beside Prisma's migrations.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.prisma || history.prisma->lock || history.migrations.empty() ||
      !judges_order(history))
    return;
  ctx.report(*by_path(history.migrations).front()->source, {},
             cat("Prisma runs these migrations on whatever database the schema names: ",
                 in_folder(history.folder, "migration_lock.toml"), " is not there"))
      .because(
          "the file says which kind of database the SQL is for, and without it Prisma does not "
          "check")
      .try_(cat("commit ", in_folder(history.folder, "migration_lock.toml"),
                ":\nprovider = \"postgresql\""))
      .about("migration_lock.toml");
}

constexpr ExampleFile no_lock[] = {
    {"prisma/schema.prisma", examples::prisma_schema},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr ExampleFile no_lock_baseline[] = {
    {"prisma/migrations/0_init/migration.sql", examples::users}};
constexpr ExampleFile nothing_yet[] = {{examples::lock_path, examples::lock_text},
                                       {"prisma/schema.prisma", examples::prisma_schema}};
constexpr Example bad[] = {{.files = no_lock}, {.files = no_lock_baseline}};
constexpr Example good[] = {{.files = examples::prisma_of_two}, {.files = nothing_yet}};

}  // namespace

extern constexpr Rule prisma_lock_missing{
    .severity = Severity::note,
    .summary = "Without migration_lock.toml Prisma does not check the kind of database",
    .why =
        "migration_lock.toml holds the provider that the migrations were written for. prisma "
        "migrate compares it with the schema's (P3019) and skips the comparison where the file is "
        "absent.",
    .instead = "Commit the file as prisma migrate dev writes it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
