// One file listed twice in Drizzle's journal: it runs twice.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::map<std::string_view, const DrizzleEntry*> first;
  for (const DrizzleEntry& entry : journal->entries) {
    const auto [known, added] = first.try_emplace(entry.tag, &entry);
    if (added) continue;
    ctx.report(*journal->source, entry.tag_span, cat("this runs ", entry.tag, ".sql a second time"))
        .because(
            "each entry runs its file: a CREATE TABLE fails the second time, an INSERT doubles the "
            "rows")
        .try_("delete one of the two entries: the later one, unless a database has run it already")
        .label(*journal->source, known->second->tag_span, "listed first here")
        .about(entry.tag);
  }
}

constexpr ExampleFile twice[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0000_users"}]})"},
                                 {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile merged[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0001_orders"},
  {"idx": 2, "when": 1735862400000, "tag": "0002_lines"},
  {"idx": 3, "when": 1735948800000, "tag": "0001_orders"}]})"},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/0001_orders.sql", examples::orders},
                                  {"drizzle/0002_lines.sql", examples::lines}};
constexpr ExampleFile same_number[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0000_users_more"}]})"},
                                       {"drizzle/0000_users.sql", examples::users},
                                       {"drizzle/0000_users_more.sql", examples::orders}};
constexpr Example bad[] = {{.files = twice}, {.files = merged}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = same_number}};

}  // namespace

extern constexpr Rule drizzle_duplicate_tag{
    .severity = Severity::error,
    .summary = "Drizzle's journal lists one file twice, so that it runs twice",
    .why =
        "The migrator runs the file of every entry that is newer than the newest one applied. Two "
        "entries with one tag and different `when` run the file twice: 42P07 for a CREATE TABLE, "
        "silently doubled rows for an INSERT.",
    .instead =
        "Delete the entry that no database has applied, with its snapshot if it has one of its "
        "own.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
