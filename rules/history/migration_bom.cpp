// A byte order mark before the SQL: the server takes it for a character of the first word.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  // Flyway and psql, which runs the postgres image's init scripts, skip the mark.
  if (history.tool == Tool::flyway || history.docker_init || !judges_files(history)) return;
  if (history.dialect != Dialect::postgresql) return;
  for (const auto* list : {&history.migrations, &history.rollbacks}) {
    for (const Migration& migration : *list) {
      if (!migration.source->text.starts_with("\xef\xbb\xbf")) continue;
      ctx.report(*migration.source, {0, 3},
                 "this migration fails: it begins with a byte order mark")
          .because(
              "the server reads the three bytes as part of the first word, which is then a syntax "
              "error (42601)")
          .try_(cat("save the file as UTF-8 without the mark:\nsed -i '1s/^\\xEF\\xBB\\xBF//' ",
                    shell_word(migration.source->path)))
          .about(migration.id);
    }
  }
}

constexpr ExampleFile drizzle[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", "\xef\xbb\xbf-- users\nCREATE TABLE users (id int);\n"}};
constexpr ExampleFile prisma[] = {{examples::lock_path, examples::lock_text},
                                  {"prisma/migrations/20240101000000_users/migration.sql",
                                   "\xef\xbb\xbf-- users\nCREATE TABLE users (id int);\n"}};
constexpr ExampleFile flyway[] = {
    {"flyway.conf", "flyway.locations=filesystem:sql\n"},
    {"sql/V1__users.sql", "\xef\xbb\xbf-- users\nCREATE TABLE users (id int);\n"}};
constexpr ExampleFile inside[] = {{examples::journal_path, examples::journal_of_one},
                                  {"drizzle/0000_users.sql", "SELECT '\xef\xbb\xbf';\n"}};
constexpr Example bad[] = {{.files = drizzle}, {.files = prisma}};
constexpr Example good[] = {{.files = flyway}, {.files = inside}};

}  // namespace

extern constexpr Rule migration_bom{
    .severity = Severity::error,
    .summary = "A byte order mark makes the first statement a syntax error",
    .why =
        "Editors on Windows may save UTF-8 with a mark of three bytes (EF BB BF). Drizzle, Prisma "
        "and most tools send it to the server, which refuses the first statement. Flyway and psql "
        "skip it.",
    .instead =
        "Save migrations as UTF-8 without a mark; `charset = utf-8` in .editorconfig keeps it so.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
