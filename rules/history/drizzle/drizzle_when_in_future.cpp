// An entry of Drizzle's journal dated in the future: everything made before that day is skipped.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  constexpr std::int64_t day = 86'400'000;
  std::int64_t before = 0;  // the greatest sane `when` so far
  for (const DrizzleEntry& entry : journal->entries) {
    if (!entry.when) continue;
    if (*entry.when <= ctx.now() + day) {
      before = std::max(before, *entry.when);
      continue;
    }
    std::string help = "give the entry the time it was made at";
    if (before > 0) {
      ++before;
      help = cat("write a `when` of the past:\n\"when\": ", before,
                 "\n"
                 "and in every database that has run it:\n"
                 "UPDATE ",
                 record_name(history), " SET created_at = ", before,
                 " WHERE created_at = ", *entry.when, ";");
    }
    ctx.report(*journal->source, entry.when_span,
               cat("databases that run ", entry.tag,
                   " skip every later migration that is made before ", utc_date(*entry.when)))
        .because(
            "Drizzle runs only entries with a greater `when` than the greatest it has applied, and "
            "drizzle-kit writes the time of day into new ones")
        .try_(std::move(help))
        .about(entry.tag);
  }
}

constexpr ExampleFile far[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 32503680000000, "tag": "0000_users"}]})"},
    {"drizzle/0000_users.sql", examples::users}};
// Microseconds.
constexpr ExampleFile microseconds[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000000, "tag": "0001_orders"}]})"},
                                        {"drizzle/0000_users.sql", examples::users},
                                        {"drizzle/0001_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = far}, {.files = microseconds}};
constexpr Example good[] = {{.files = examples::drizzle_of_two},
                            {.files = examples::drizzle_of_three}};

}  // namespace

extern constexpr Rule drizzle_when_in_future{
    .severity = Severity::error,
    .summary = "A `when` in the future makes databases skip all later migrations of Drizzle's",
    .why =
        "A database's mark is the greatest `when` it has applied. One entry stamped with a day to "
        "come raises the mark beyond what drizzle-kit writes for new migrations, so that these are "
        "skipped, with success, until that day. A day's difference of clocks is allowed for.",
    .instead =
        "Stamp the entry with the time it was made at. In databases that have run it, lower "
        "created_at of its row in drizzle.__drizzle_migrations to the same number.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
