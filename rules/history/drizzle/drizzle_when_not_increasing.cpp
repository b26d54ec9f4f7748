// An entry of Drizzle's journal that is not newer than those before it: databases past them skip it
// forever.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// Beyond this a Date of JavaScript holds no time; it also keeps sums from running over.
constexpr std::int64_t last_date = 8'640'000'000'000'000;

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  constexpr std::size_t recent = 3;
  const DrizzleEntry* newest = nullptr;
  std::int64_t proposed = 0;  // the last value given as a remedy: the next must be above it as well
  for (std::size_t place = 0; place < journal->entries.size(); ++place) {
    const DrizzleEntry& entry = journal->entries[place];
    if (!entry.when) continue;
    if (!newest || *entry.when > *newest->when) {
      newest = &entry;
      continue;
    }
    proposed = std::max(proposed, *newest->when) + (*newest->when < last_date ? 1 : 0);
    const bool future = *newest->when > ctx.now() + 86'400'000;
    Finding& finding =
        ctx.report(*journal->source, entry.when_span,
                   cat("databases that have run ", newest->tag, " skip ", entry.tag,
                       " forever: its `when` is not greater"))
            .because(
                "Drizzle keeps the greatest `when` it has applied and runs only what is newer; it "
                "reports success, and on an empty database, as in CI, everything runs")
            .try_(future
                      ? cat("give ", newest->tag,
                            " the time it was made at, then every entry after it a greater `when`")
                      : cat("before it is released, write:\n\"when\": ", proposed,
                            "\n"
                            "where databases have run it already, also set their mark:\n"
                            "UPDATE ",
                            record_name(history), " SET created_at = ", proposed,
                            " WHERE created_at = ", *entry.when, ";"))
            .label(*journal->source, newest->when_span, cat(newest->tag, " is newer"))
            .about(entry.tag);
    // Old ones were probably released together with their neighbours, where they did no harm.
    if (place + recent < journal->entries.size()) finding.as(Severity::warning);
  }
}

constexpr ExampleFile older[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0001_orders"},
  {"idx": 2, "when": 1735700000000, "tag": "0002_lines"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/0001_orders.sql", examples::orders},
                                 {"drizzle/0002_lines.sql", examples::lines}};
constexpr ExampleFile equal[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735689600000, "tag": "0001_orders"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/0001_orders.sql", examples::orders}};
constexpr ExampleFile close[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735689600001, "tag": "0001_orders"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/0001_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = older}, {.files = equal}};
constexpr Example good[] = {{.files = examples::drizzle_of_three}, {.files = close}};

}  // namespace

extern constexpr Rule drizzle_when_not_increasing{
    .severity = Severity::error,
    .summary = "Databases past a greater `when` skip this migration of Drizzle's forever",
    .why =
        "Drizzle decides by one number: an entry runs if its `when` is greater than the greatest "
        "created_at of drizzle.__drizzle_migrations. A migration that was generated earlier, on a "
        "branch merged later, is below the mark; every database that is past it says success and "
        "skips it. A fresh database runs all, so CI cannot see it. The last three entries are "
        "errors, older ones warnings.",
    .instead =
        "Set `when` to one more than the greatest before it, or generate the migration anew after "
        "the merge. Where it has been released, find out which databases lack it: they have no row "
        "with its `when`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
