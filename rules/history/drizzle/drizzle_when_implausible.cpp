// A `when` in Drizzle's journal that is no time in milliseconds of the years Drizzle exists.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  constexpr std::int64_t year_2020 = 1'577'836'800'000;
  for (const DrizzleEntry& entry : journal->entries) {
    if (!entry.when || *entry.when >= year_2020) continue;
    const bool seconds = *entry.when >= 1'000'000'000 && *entry.when <= 9'999'999'999;
    if (!seconds && journal->entries.size() < 2) continue;
    ctx.report(*journal->source, entry.when_span,
               cat("databases that have run any other migration skip ", entry.tag, ": its `when` ",
                   seconds ? cat("counts seconds, and means ") : std::string("is "),
                   utc_date(*entry.when)))
        .because(
            "`when` counts milliseconds since 1970, and Drizzle runs only what is newer than the "
            "newest it has applied")
        .try_(seconds ? cat("write milliseconds, unless a database has run it:\n\"when\": ",
                            *entry.when * 1000)
                      : std::string("write the time the migration was made at, in milliseconds, "
                                    "greater than the entry's before it"))
        .about(entry.tag);
  }
}

constexpr ExampleFile seconds[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000, "tag": "0001_orders"}]})"},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0001_orders.sql", examples::orders}};
constexpr ExampleFile counted[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1, "tag": "0000_users"},
  {"idx": 1, "when": 2, "tag": "0001_orders"}]})"},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0001_orders.sql", examples::orders}};
// A baseline alone, stamped low on purpose so that everything is newer.
constexpr ExampleFile baseline[] = {
    {examples::journal_path, R"({"entries": [{"idx": 0, "when": 0, "tag": "0000_users"}]})"},
    {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {{.files = seconds}, {.files = counted}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = baseline}};

}  // namespace

extern constexpr Rule drizzle_when_implausible{
    .severity = Severity::warning,
    .summary = "A `when` in seconds, or of a year before Drizzle, is older than all others",
    .why =
        "Drizzle compares `when` with the greatest it has applied. Ten digits are seconds, which "
        "read as milliseconds are a day of January 1970: such an entry runs on an empty database "
        "only.",
    .instead = "Use what drizzle-kit writes: milliseconds since 1970 (`date +%s000`).",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
