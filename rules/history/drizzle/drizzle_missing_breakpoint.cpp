// Several statements in one piece of a Drizzle migration: drivers that take one statement at a time
// refuse it.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!readable_journal(history)) return;
  for (const Migration& migration : history.migrations) {
    const Script& script = migration.script;
    if (!script.parsed || script.statements.size() < 2 || script.breakpoints > 0) continue;
    ctx.report(*migration.source, {},
               cat("drivers that take one statement at a time refuse this migration: ",
                   script.statements.size(), " statements, and no marker between them"))
        .because(
            "Drizzle sends what stands between two markers as one query; node-postgres and "
            "postgres.js take that, drivers over HTTP do not")
        .try_("put the marker between the statements:\n--> statement-breakpoint")
        .about(migration.id);
  }
}

constexpr ExampleFile unmarked[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", "CREATE TABLE users (id int);\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile misspelt[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "CREATE TABLE users (id int);\n-->statement-breakpoint\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile marked[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "CREATE TABLE users (id int);\n--> statement-breakpoint\nCREATE TABLE orders (id int);\n"}};
constexpr Example bad[] = {{.files = unmarked}, {.files = misspelt}};
constexpr Example good[] = {{.files = marked}, {.files = examples::drizzle_of_two}};

}  // namespace

extern constexpr Rule drizzle_missing_breakpoint{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "Drivers over HTTP refuse several statements without Drizzle's marker between them",
    .why =
        "Without `--> statement-breakpoint` the whole file is one query. node-postgres and "
        "postgres.js run it (as one implicit transaction); drivers that prepare each query, or "
        "send it over HTTP, refuse several statements.",
    .instead =
        "Put `--> statement-breakpoint` on a line of its own between statements, exactly so: "
        "`-->statement-breakpoint` is only a comment.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
