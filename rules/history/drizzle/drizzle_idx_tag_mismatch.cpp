// An entry of Drizzle's journal whose idx is not the number of its file.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal || has_duplicate_idx(*journal)) return;
  std::map<std::string_view, int> uses;
  for (const DrizzleEntry& entry : journal->entries) ++uses[entry.tag];
  for (const DrizzleEntry& entry : journal->entries) {
    const std::string_view prefix = tag_prefix(entry.tag);
    const auto number = prefix.size() == 4 ? sequence_number(prefix) : std::nullopt;
    if (!number || !entry.idx || *number == *entry.idx || uses[entry.tag] > 1) continue;
    ctx.report(*journal->source, entry.tag_span,
               cat(entry.tag, " has idx ", *entry.idx, " and the number ", prefix))
        .because(
            "nothing depends on it when migrations run, but the snapshot is named for the number "
            "and the next migration for the idx")
        .try_(cat("write \"idx\": ", *number,
                  " where that is the entry's place in the list; otherwise leave it"))
        .about(entry.tag);
  }
}

constexpr ExampleFile renamed[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0002_orders"}]})"},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0002_orders.sql", examples::orders}};
constexpr ExampleFile from_one[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "0001_users"}]})"},
    {"drizzle/0001_users.sql", examples::users}};
constexpr ExampleFile timestamps[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "20250101000000_users"}]})"},
    {"drizzle/20250101000000_users.sql", examples::users}};
constexpr ExampleFile twice[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "0000_users"}]})"},
                                 {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {{.files = renamed}, {.files = from_one}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two}, {.files = timestamps}, {.files = twice}};

}  // namespace

extern constexpr Rule drizzle_idx_tag_mismatch{
    .severity = Severity::note,
    .summary = "The idx of an entry of Drizzle's journal is not the number in its tag",
    .why =
        "Cosmetic: the migrator reads the tag only. drizzle-kit names a snapshot for the number in "
        "the tag and numbers on from the idx, so that people look for the wrong file.",
    .instead =
        "Keep idx and number equal, or use `prefix: \"timestamp\"`, where they have nothing to do "
        "with each other.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
