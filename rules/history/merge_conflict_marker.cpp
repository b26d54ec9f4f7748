// A merge conflict that was committed unresolved.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!judges_files(history)) return;
  for (const auto* list : {&history.migrations, &history.rollbacks}) {
    for (const Migration& migration : *list) {
      const Span marker = migration.script.conflict_marker;
      if (marker == Span{}) continue;
      ctx.report(*migration.source, marker, "this migration fails: a merge conflict begins here")
          .because("the markers are no SQL, and the server stops at the first")
          .try_("take one side, or both as two migrations, and delete the three marker lines")
          .about(migration.id);
    }
  }
}

constexpr std::string_view conflict =
    "CREATE TABLE users (id bigint);\n<<<<<<< HEAD\n"
    "CREATE TABLE orders (id bigint);\n=======\n"
    "CREATE TABLE lines (id bigint);\n>>>>>>> feature\n";
constexpr ExampleFile drizzle[] = {{examples::journal_path, examples::journal_of_one},
                                   {"drizzle/0000_users.sql", conflict}};
constexpr ExampleFile prisma[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", conflict}};
constexpr ExampleFile ruler[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "/*\n=======\nusers\n=======\n*/\nCREATE TABLE users (id bigint);\n"}};
constexpr Example bad[] = {{.files = drizzle}, {.files = prisma}};
constexpr Example good[] = {{.files = ruler}, {.files = examples::drizzle_of_two}};

}  // namespace

extern constexpr Rule merge_conflict_marker{
    .severity = Severity::error,
    .summary = "A committed merge conflict makes the migration fail",
    .why =
        "`<<<<<<<`, `=======` and `>>>>>>>` at the beginning of lines are what git leaves where "
        "two branches changed the same lines. All three must stand there; a ruler of equal signs "
        "is no finding.",
    .instead =
        "Resolve the conflict. Two branches that changed one migration usually need two "
        "migrations.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
