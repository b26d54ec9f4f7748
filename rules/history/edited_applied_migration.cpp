// A migration that was there at the commit compared with, and says something else now.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

struct Consequence {
  Severity severity;
  std::string_view message;  // behind the migration's name
  std::string_view why;
};

Consequence consequence_of(const History& history) {
  switch (history.tool) {
    case Tool::prisma:
      return {Severity::error,
              "is not what databases have run: `prisma migrate dev` wants to reset them",
              "Prisma keeps the checksum of what it ran; `prisma migrate deploy` passes the change "
              "by, so that a new database differs from every old one"};
    case Tool::flyway:
      return {Severity::error, "stops Flyway before it runs anything",
              "Flyway compares the checksum of what it ran with the file, and refuses to migrate"};
    case Tool::sqlx:
      return {Severity::error, "stops sqlx before it runs anything",
              "sqlx compares the checksum of what it ran, line ends included, and refuses with "
              "VersionMismatch"};
    case Tool::atlas:
      return {Severity::error, "stops Atlas before it runs anything",
              "atlas.sum and the databases' own table hold the hash of what was run"};
    default:
      if (history.atlas && history.atlas->source) {
        return {Severity::error, "stops Atlas before it runs anything",
                "atlas.sum and the databases' own table hold the hash of what was run"};
      }
      return {Severity::warning, "never reaches a database that has run it",
              "no migration runs twice, so that new databases differ from old ones and no tool "
              "says so"};
  }
}

// The first line that differs.
Span first_difference(const SourceFile& now, const SourceFile& then) {
  const auto end = static_cast<std::uint32_t>(now.text.size());
  const auto [here, there] =
      std::mismatch(now.text.begin(), now.text.end(), then.text.begin(), then.text.end());
  auto at = static_cast<std::uint32_t>(here - now.text.begin());
  if (at == end && at > 0) --at;
  auto begin = at, behind = at;
  while (begin > 0 && now.text[begin - 1] != '\n') --begin;
  while (behind < end && now.text[behind] != '\n') ++behind;
  return {begin, behind};
}

void check(Context& ctx, const History& history) {
  if (history.loose || history.docker_init) return;
  const Consequence consequence = consequence_of(history);
  for (const Migration& each : history.migrations) {
    if (each.novelty != Novelty::changed || !each.listed) continue;
    std::string help = "take the edit back, and write a new migration for it";
    if (!ctx.project().earlier_commit.empty() && each.before->source->path == each.source->path) {
      help += cat(":\ngit checkout ", ctx.project().earlier_commit.substr(0, 12), " -- ",
                  shell_word(each.source->path));
    }
    ctx.report(*each.source, {}, cat("this edit of ", each.id, ' ', consequence.message))
        .because(std::string(consequence.why))
        .try_(std::move(help))
        .label(*each.source, first_difference(*each.source, *each.before->source),
               "the first line that differs")
        .as(consequence.severity)
        .about(each.id);
  }
}

constexpr std::string_view wider_users = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
constexpr std::string_view users_laid_out_anew =
    "-- everybody\ncreate table users (\n  id bigint primary key\n);\n";
constexpr ExampleFile plain[] = {{"migrations/0001_users.sql", examples::users},
                                 {"migrations/0002_orders.sql", examples::orders}};
constexpr ExampleFile plain_edited[] = {{"migrations/0001_users.sql", wider_users},
                                        {"migrations/0002_orders.sql", examples::orders}};
constexpr ExampleFile plain_reformatted[] = {{"migrations/0001_users.sql", users_laid_out_anew},
                                             {"migrations/0002_orders.sql", examples::orders}};
constexpr ExampleFile plain_moved[] = {{"db/migrations/0001_users.sql", examples::users},
                                       {"db/migrations/0002_orders.sql", examples::orders}};
constexpr ExampleFile prisma[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users}};
constexpr ExampleFile prisma_commented[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_users/migration.sql",
     "-- everybody\nCREATE TABLE users (id bigint PRIMARY KEY);\n"}};
constexpr ExampleFile prisma_crlf[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_users/migration.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY);\r\n"}};
constexpr Example bad[] = {{.files = plain_edited, .base = plain},
                           {.files = prisma_commented, .base = prisma}};
constexpr Example good[] = {{.files = plain_reformatted, .base = plain},
                            {.files = plain_moved, .base = plain},
                            {.files = prisma_crlf, .base = prisma},
                            {.files = plain_edited}};

}  // namespace

extern constexpr Rule edited_applied_migration{
    .severity = Severity::warning,
    .summary = "The edit of a migration that was applied reaches no database that has run it",
    .why =
        "With --since or --staged, what was there before counts as applied. Prisma, Flyway, sqlx "
        "and Atlas keep checksums of what they ran and stop or want a reset when a file differs, "
        "be it by a comment; the other tools never look again, so that new databases differ from "
        "old ones. There, only a change of what is executed counts.",
    .instead =
        "Take the edit back and write a new migration. An edit of a migration that has run nowhere "
        "yet can be accepted in migguard.json.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
