// Drizzle's statement marker inside a literal: Drizzle cuts there all the same.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (lineage(history.tool) != Tool::drizzle || !judges_files(history)) return;
  for (const Migration& migration : history.migrations) {
    for (const Span marker : migration.script.breakpoints_in_literals) {
      ctx.report(*migration.source, marker,
                 "this migration fails: Drizzle cuts the statement in two at this marker")
          .because(
              "Drizzle splits the raw text of the file at every `--> statement-breakpoint`, and "
              "knows no quotes or comments")
          .try_(
              "write the words in another way, such as `statement breakpoint` or '--' || '> "
              "statement-breakpoint'")
          .about(migration.id);
    }
  }
}

constexpr ExampleFile in_string[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY);\n--> statement-breakpoint\n"
     "COMMENT ON TABLE users IS 'see --> statement-breakpoint in the docs';\n"}};
constexpr ExampleFile in_body[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n"
     "  --> statement-breakpoint\n  PERFORM 1;\nEND $$;\n"}};
constexpr ExampleFile in_line_comment[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY); -- first --> statement-breakpoint\n"
     "SELECT 'statement-breakpoint';\n"}};
constexpr ExampleFile other_tool[] = {
    {"prisma/migrations/migration_lock.toml", examples::lock_text},
    {"prisma/migrations/20240101000000_a/migration.sql",
     "SELECT 'see --> statement-breakpoint';\n"}};
constexpr Example bad[] = {{.files = in_string}, {.files = in_body}};
constexpr Example good[] = {{.files = in_line_comment}, {.files = other_tool}};

}  // namespace

extern constexpr Rule drizzle_breakpoint_in_literal{
    .severity = Severity::error,
    .summary = "Drizzle cuts a literal in two at `--> statement-breakpoint`",
    .why =
        "Drizzle splits a migration at the exact text `--> statement-breakpoint`, wherever it "
        "stands. Inside a string, a function body, a quoted name or a block comment it leaves two "
        "pieces that are no SQL (42601), and the whole run is rolled back.",
    .instead = "Do not write the marker inside literals. In a function body use another comment.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
