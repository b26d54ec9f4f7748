// Prisma's lock file and schema name different databases.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

std::string_view canonical(std::string_view provider) {
  return provider == "postgres" ? "postgresql" : provider;
}

void check(Context& ctx, const History& history) {
  if (!history.prisma || !history.prisma->lock || !history.prisma->lock_provider) return;
  const PrismaFolder& prisma = *history.prisma;
  if (!prisma.schema || !prisma.schema_provider) return;
  const std::string_view locked = canonical(*prisma.lock_provider);
  const std::string_view wanted = canonical(*prisma.schema_provider);
  if (locked == wanted) return;
  ctx.report(*prisma.lock, prisma.lock_provider_span,
             cat("no migration runs: they were written for ", locked,
                 ", and the schema connects to ", wanted))
      .because("Prisma refuses to run one database's SQL on another (P3019)")
      .try_(cat("where the migrations are for ", wanted, ", write it here:\nprovider = \"", wanted,
                "\"\n"
                "else move the migrations away and start a new history:\n"
                "npx prisma migrate dev --name init"))
      .label(*prisma.schema, prisma.schema_provider_span, "the schema's provider")
      .about("provider");
}

constexpr ExampleFile changed_database[] = {
    {examples::lock_path, "provider = \"sqlite\"\n"},
    {"prisma/schema.prisma", examples::prisma_schema},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr ExampleFile other_way[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/schema.prisma",
     "datasource db {\n  provider = \"mysql\"\n  url = env(\"DATABASE_URL\")\n}\n"},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr ExampleFile postgres_alias[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/schema.prisma",
     "datasource db {\n  provider = \"postgres\"\n  url = env(\"DATABASE_URL\")\n}\n"},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr ExampleFile unreadable_lock[] = {
    {examples::lock_path, "provider = 'sqlite'\n"},
    {"prisma/schema.prisma", examples::prisma_schema},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr Example bad[] = {{.files = changed_database}, {.files = other_way}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two}, {.files = postgres_alias}, {.files = unreadable_lock}};

}  // namespace

extern constexpr Rule prisma_provider_mismatch{
    .severity = Severity::error,
    .summary = "Prisma's lock file and schema name different databases, so that no migration runs",
    .why =
        "migration_lock.toml holds the provider of the day the first migration was made. After a "
        "change of the datasource every prisma migrate command ends with P3019. `postgres` and "
        "`postgresql` are the same.",
    .instead =
        "Migrations cannot be carried to another database: delete the folder, or archive it, and "
        "start with a new first migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
