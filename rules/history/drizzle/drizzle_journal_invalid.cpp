// A journal that Drizzle cannot read: nothing runs.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle || !history.drizzle->source || !history.drizzle->invalid) return;
  const Defect& defect = *history.drizzle->invalid;
  ctx.report(*history.drizzle->source, defect.span,
             cat("no migration runs until this journal is mended: ", defect.message))
      .because(
          "Drizzle reads the whole journal before it runs anything, and stops at what it cannot "
          "use")
      .try_(
          "mend the journal by hand, keeping the entries of both sides of a merge with an `idx` "
          "and a later `when` each, or take it from the last commit that worked:\n"
          "git log --oneline -- " +
          shell_word(history.drizzle->source->path))
      .about("journal");
}

constexpr ExampleFile conflict[] = {
    {examples::journal_path, R"({"version": "7", "dialect": "postgresql", "entries": [
  {"idx": 0, "version": "7", "when": 1735689600000, "tag": "0000_users", "breakpoints": true},
<<<<<<< HEAD
  {"idx": 1, "version": "7", "when": 1735776000000, "tag": "0001_orders", "breakpoints": true}
=======
  {"idx": 1, "version": "7", "when": 1735776000999, "tag": "0001_lines", "breakpoints": true}
>>>>>>> feature
]})"},
    {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile tag_with_ending[] = {
    {examples::journal_path, R"({"version": "7", "dialect": "postgresql", "entries": [
  {"idx": 0, "version": "7", "when": 1735689600000, "tag": "0000_users.sql", "breakpoints": true}]})"},
    {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile no_when[] = {
    {examples::journal_path, R"({"version": "7", "dialect": "postgresql", "entries": [
  {"idx": 0, "version": "7", "tag": "0000_users", "breakpoints": true}]})"},
    {"drizzle/0000_users.sql", examples::users}};
// `when` as digits in quotes is taken, and nothing but `tag` and `when` is ever read.
constexpr ExampleFile sparse[] = {
    {examples::journal_path, R"({"entries": [{"when": "1735689600000", "tag": "0000_users"}]})"},
    {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {{.files = conflict}, {.files = tag_with_ending}, {.files = no_when}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = sparse}};

}  // namespace

extern constexpr Rule drizzle_journal_invalid{
    .severity = Severity::error,
    .summary = "Drizzle's journal cannot be read, so that no migration runs",
    .why =
        "Drizzle's migrator parses meta/_journal.json as JSON and takes `tag` and `when` of every "
        "entry. Conflict markers, a byte order mark or a missing `entries` make it throw; an entry "
        "without a whole number in `when` fails at the insert into the history table, and "
        "everything is rolled back. Other findings about the folder's history are held back until "
        "the journal can be read.",
    .instead =
        "Keep both sides' entries, in the order in which they are to run, each with a `when` "
        "greater than the one before it. drizzle-kit writes \"when\" in milliseconds since 1970 "
        "and \"tag\" without `.sql`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
