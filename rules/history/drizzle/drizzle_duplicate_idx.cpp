// Two entries of Drizzle's journal with one idx: what two branches merged by hand leave behind.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::map<std::int64_t, const DrizzleEntry*> first;
  for (const DrizzleEntry& entry : journal->entries) {
    if (!entry.idx) continue;
    const auto [known, added] = first.try_emplace(*entry.idx, &entry);
    if (added) continue;
    ctx.report(*journal->source, entry.idx_span,
               cat("the next drizzle-kit generate takes a number that is in use: ",
                   known->second->tag, " and ", entry.tag, " both have idx ", *entry.idx))
        .because(
            "drizzle-kit numbers on from the idx of the last entry, and names file and snapshot "
            "for the number")
        .try_(
            "number the entries as they stand in the list, from 0, or take the later migration "
            "back and generate it anew on top of the other:\nnpx drizzle-kit drop\n"
            "npx drizzle-kit generate")
        .label(*journal->source, known->second->idx_span, "also here")
        .about(entry.tag);
  }
}

constexpr ExampleFile two_branches[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0001_orders"},
  {"idx": 1, "when": 1735862400000, "tag": "0001_lines"}]})"},
                                        {"drizzle/0000_users.sql", examples::users},
                                        {"drizzle/0001_orders.sql", examples::orders},
                                        {"drizzle/0001_lines.sql", examples::lines}};
constexpr ExampleFile pasted[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 0, "when": 1735776000000, "tag": "0001_orders"}]})"},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/0001_orders.sql", examples::orders}};
constexpr ExampleFile gap[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 2, "when": 1735776000000, "tag": "0002_orders"}]})"},
                               {"drizzle/0000_users.sql", examples::users},
                               {"drizzle/0002_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = two_branches}, {.files = pasted}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = gap}};

}  // namespace

extern constexpr Rule drizzle_duplicate_idx{
    .severity = Severity::warning,
    .summary = "Two entries of Drizzle's journal have one idx, and the next generate collides",
    .why =
        "The migrator never reads `idx`, so both run. drizzle-kit generate takes the last entry's "
        "idx plus one as the next number: after two branches that both added number 7, that is 8 "
        "for the ninth migration, and files, snapshots and entries drift apart.",
    .instead =
        "Rebase the branch that is not released: drop its migration, merge, and generate it anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
