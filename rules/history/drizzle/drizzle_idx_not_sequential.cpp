// An idx in Drizzle's journal that is not its place in the list.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <utility>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// How many entries behind one are as far from their place as it is.
std::size_t followers(const DrizzleJournal& journal, std::size_t place, std::int64_t shift) {
  std::size_t count = 0;
  for (++place; place < journal.entries.size(); ++place, ++count) {
    const DrizzleEntry& entry = journal.entries[place];
    if (!entry.idx || *entry.idx - static_cast<std::int64_t>(place) != shift) break;
  }
  return count;
}

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal || has_duplicate_idx(*journal)) return;
  std::int64_t shift = 0;  // one number left out moves all that follow: that is one finding
  for (std::size_t place = 0; place < journal->entries.size(); ++place) {
    const DrizzleEntry& entry = journal->entries[place];
    if (!entry.idx) continue;
    const std::int64_t before = std::exchange(shift, *entry.idx - static_cast<std::int64_t>(place));
    if (shift == 0 || shift == before) continue;
    const std::size_t more = followers(*journal, place, shift);
    ctx.report(*journal->source, entry.idx_span,
               cat(entry.tag, " has idx ", *entry.idx, " at place ", place, " of the journal",
                   more == 0 ? "" : cat(", and so on for ", more, " more")))
        .because(
            "entries run in the order of the list; drizzle-kit only takes the last idx plus one as "
            "the next number")
        .try_(cat("write ", place, ", or leave it: nothing but the next number depends on it"))
        .about(entry.tag)
        .under(cat("drizzle-idx-not-sequential:", journal->source->path));
  }
}

constexpr ExampleFile from_seven[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 7, "when": 1735689600000, "tag": "0007_users"}]})"},
    {"drizzle/0007_users.sql", examples::users}};
constexpr ExampleFile swapped[] = {{examples::journal_path, R"({"entries": [
  {"idx": 1, "when": 1735689600000, "tag": "0001_orders"},
  {"idx": 0, "when": 1735776000000, "tag": "0000_users"}]})"},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0001_orders.sql", examples::orders}};
// Two entries with one idx are another finding.
constexpr ExampleFile twice[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 0, "when": 1735776000000, "tag": "0000_orders"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/0000_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = from_seven}, {.files = swapped}};
constexpr Example good[] = {{.files = examples::drizzle_of_three}, {.files = twice}};

}  // namespace

extern constexpr Rule drizzle_idx_not_sequential{
    .severity = Severity::note,
    .summary = "The idx of an entry of Drizzle's journal is not its place in the list",
    .why =
        "Only drizzle-kit generate reads `idx`: the last entry's, plus one, is the next number. "
        "The order of execution is that of the list.",
    .instead = "Number the entries 0, 1, 2, ... in the order of the list.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
