// A migration that was there at the commit compared with, and is gone.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

std::string what_happens(const History& history, const Migration& gone) {
  switch (history.tool) {
    case Tool::drizzle:
      return cat("databases that have run ", gone.id,
                 " keep what it did, and new ones never get it");
    case Tool::prisma:
      return cat("`prisma migrate dev` wants to reset every database that has run ", gone.id,
                 ", which is gone");
    case Tool::supabase:
      return cat("`supabase db push` refuses every database that has run ", gone.id,
                 ", which is gone");
    case Tool::flyway:
      return cat("Flyway stops at every database that has run ", gone.id, ", which is gone");
    case Tool::sqlx:
      return cat("sqlx stops at every database that has run ", gone.id, ", which is gone");
    case Tool::golang_migrate:
      return cat("golang-migrate finds no way on from a database that stands at ", gone.id,
                 ", which is gone");
    case Tool::node_pg_migrate:
      return cat("node-pg-migrate stops at every database that has run ", gone.id,
                 ", which is gone");
    default:
      return cat("new databases never get what ", gone.id, " did, which is gone");
  }
}

// Where it lives now under another name; null where it does not.
const Migration* renamed(const History& history, const Migration& gone) {
  const auto same = std::find_if(
      history.migrations.begin(), history.migrations.end(), [&](const Migration& each) {
        return each.novelty == Novelty::added && each.source->text == gone.source->text;
      });
  return same == history.migrations.end() ? nullptr : &*same;
}

// The file to blame: the journal or lock file that speaks for all; without one the migration that
// came before the one gone.
const SourceFile* place_of(const History& history, const Migration& gone) {
  if (!history.marker->path.ends_with(".sql")) return history.marker;
  const SourceFile* place = history.marker;
  for (const Migration& each : history.before->migrations) {
    if (&each == &gone) break;
    const auto still = std::find_if(history.migrations.begin(), history.migrations.end(),
                                    [&](const Migration& now) { return now.before == &each; });
    if (still != history.migrations.end()) place = still->source;
  }
  return place;
}

void check(Context& ctx, const History& history) {
  if (history.loose || history.docker_init || !history.marker) return;
  for (const Migration* gone : history.gone) {
    const Migration* other = renamed(history, *gone);
    const SourceFile* source = other ? other->source : place_of(history, *gone);
    Span span;
    // Where the journal still lists it, that line is to blame.
    if (history.drizzle) {
      for (const DrizzleEntry& entry : history.drizzle->entries) {
        if (entry.tag != gone->id || !history.drizzle->source) continue;
        source = history.drizzle->source;
        span = entry.tag_span;
      }
    }
    const std::string& commit = ctx.project().earlier_commit;
    std::string help = "bring it back, and undo what it did in a new migration";
    if (!commit.empty())
      help += cat(":\ngit checkout ", commit.substr(0, 12), " -- ", shell_word(gone->source->path));
    ctx.report(*source, span,
               other ? cat("databases that have run ", gone->id, " run it again as ", other->id)
                     : what_happens(history, *gone))
        .because(other
                     ? "the tool knows a migration by its name, and takes a renamed one for new"
                     : "what was there before counts as applied, and a migration that was applied "
                       "is part of what every database is")
        .try_(other ? cat("give it back the name ", gone->id) : std::move(help))
        .about(gone->id);
  }
}

constexpr ExampleFile three[] = {{"migrations/0001_users.sql", examples::users},
                                 {"migrations/0002_orders.sql", examples::orders},
                                 {"migrations/0003_lines.sql", examples::lines}};
constexpr ExampleFile without_second[] = {{"migrations/0001_users.sql", examples::users},
                                          {"migrations/0003_lines.sql", examples::lines}};
constexpr ExampleFile other_description[] = {{"migrations/0001_users.sql", examples::users},
                                             {"migrations/0002_all_orders.sql", examples::orders},
                                             {"migrations/0003_lines.sql", examples::lines}};
constexpr ExampleFile squashed[] = {
    {"migrations/0001_init.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);\n"
     "CREATE TABLE lines (id bigint PRIMARY KEY);\n"},
    {"migrations/0004_more.sql", "CREATE TABLE more (id bigint PRIMARY KEY);\n"}};
constexpr ExampleFile prisma[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_orders/migration.sql", examples::orders}};
constexpr ExampleFile prisma_renamed[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240102000000_all_orders/migration.sql", examples::orders}};
constexpr Example bad[] = {{.files = without_second, .base = three},
                           {.files = prisma_renamed, .base = prisma}};
constexpr Example good[] = {{.files = other_description, .base = three},
                            {.files = squashed, .base = three},
                            {.files = without_second}};

}  // namespace

extern constexpr Rule deleted_applied_migration{
    .severity = Severity::error,
    .summary =
        "A migration that was applied is gone: tools refuse to go on, or new databases differ",
    .why =
        "With --since or --staged, what was there before counts as applied. Supabase, Flyway, sqlx "
        "and node-pg-migrate stop at a database that has run what they cannot find, Prisma wants "
        "to "
        "reset it; the others go on, and a new database never becomes what the old ones are. One "
        "new migration that takes the place of the oldest ones is a squash, and no finding.",
    .instead = "Bring the file back; undo what it did in a new migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
