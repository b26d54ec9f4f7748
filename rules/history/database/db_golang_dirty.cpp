// golang-migrate's record says that a migration stopped half-way.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::golang_migrate);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    const SourceFile* source = row.migration ? row.migration->source : place_of(history);
    if (row.state != AppliedState::unfinished || !source) continue;
    ctx.report(*source, {},
               cat("migrate applies nothing to ", ctx.project().database->shown, ": version ",
                   row.version, " stopped half-way there"))
        .because("golang-migrate refuses a dirty database until somebody has looked at it")
        .try_(cat("undo or finish by hand what version ", row.version,
                  " left, then say where the database is:\n"
                  "migrate -path ",
                  shell_word(history.folder), " -database \"$DATABASE_URL\" force ", row.version))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr ExampleFile two[] = {{"migrations/0001_users.up.sql", examples::users},
                               {"migrations/0001_users.down.sql", "DROP TABLE users;\n"},
                               {"migrations/0002_orders.up.sql", examples::orders},
                               {"migrations/0002_orders.down.sql", "DROP TABLE orders;\n"}};
constexpr std::string_view dirty =
    R"({"public.schema_migrations": [{"version": 2, "dirty": true}]})";
constexpr std::string_view dirty_below =
    R"({"public.schema_migrations": [{"version": 1, "dirty": true}]})";
constexpr std::string_view clean =
    R"({"public.schema_migrations": [{"version": 2, "dirty": false}]})";
constexpr Example bad[] = {{.files = two, .database = dirty},
                           {.files = two, .database = dirty_below}};
constexpr Example good[] = {{.files = two, .database = clean}, {.files = two}};

}  // namespace

extern constexpr Rule db_golang_dirty{
    .severity = Severity::error,
    .summary = "golang-migrate applies nothing to the database asked: it is dirty",
    .why =
        "golang-migrate marks a version as dirty before it runs it and takes the mark off "
        "afterwards. Where it is left, the run failed (or goes on at this moment) and `Dirty "
        "database version N. Fix and force version.` is all that any later run says.",
    .instead =
        "Repair the database by hand and set the version that it really has with `migrate force`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
