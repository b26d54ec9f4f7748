// `prefix: "none"` of drizzle-kit: snapshots that it never finds again.
#include <algorithm>
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  for (const DrizzleEntry& entry : journal->entries) {
    if (!entry.tag.starts_with('_')) continue;
    ctx.report(*journal->source, entry.tag_span,
               cat("the next drizzle-kit generate writes the whole schema once more: ", entry.tag,
                   " has no number"))
        .because(
            "its snapshot is named _snapshot.json, and drizzle-kit passes by files of meta/ that "
            "begin with `_`")
        .try_(
            "set a prefix in drizzle.config, and generate the migration anew, before it is "
            "released:\n"
            "migrations: { prefix: \"timestamp\" }")
        .about(entry.tag)
        .under(cat("drizzle-prefix-none:", journal->source->path));
  }
}

// Before the first migration of that kind the configuration says it. drizzle-kit 1.0 has no prefix.
void check_configs(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    if (config.prefix != "none" || config.out_folder.empty()) continue;
    bool said = false;
    for (const History& history : project.histories) {
      if (history.folder != config.out_folder) continue;
      said = said || history.drizzle_v1;
      const DrizzleJournal* journal = readable_journal(history);
      said = said || (journal && std::any_of(journal->entries.begin(), journal->entries.end(),
                                             [](const DrizzleEntry& entry) {
                                               return entry.tag.starts_with('_');
                                             }));
    }
    if (said) continue;
    ctx.report(*config.source, config.prefix_span,
               "by this, every drizzle-kit generate writes the whole schema once more")
        .because(
            "snapshots are then named _snapshot.json, and drizzle-kit passes by files of meta/ "
            "that begin with `_`")
        .try_("number migrations:\nmigrations: { prefix: \"timestamp\" }");
  }
}

constexpr ExampleFile configured[] = {
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: './s.ts', out: './drizzle', migrations: { "
     "prefix: 'none' } };\n"},
    {"s.ts", "export {};\n"},
    {"drizzle/0000_users.sql", examples::users},
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "0000_users"}]})"}};
constexpr ExampleFile configured_well[] = {
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: './s.ts', out: './drizzle', migrations: { "
     "prefix: 'timestamp', table: 'migrations' } };\n"},
    {"s.ts", "export {};\n"}};
constexpr ExampleFile unnumbered[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "_users"}]})"},
    {"drizzle/_users.sql", examples::users},
    {"drizzle/meta/_snapshot.json", examples::snapshot_a}};
constexpr ExampleFile mixed[] = {{examples::journal_path, R"({"entries": [
  {"idx": 0, "when": 1735689600000, "tag": "0000_users"},
  {"idx": 1, "when": 1735776000000, "tag": "_orders"}]})"},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/_orders.sql", examples::orders}};
constexpr ExampleFile timestamp[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "20250101000000_users"}]})"},
    {"drizzle/20250101000000_users.sql", examples::users},
    {"drizzle/meta/20250101000000_snapshot.json", examples::snapshot_a}};
constexpr Example bad[] = {{.files = unnumbered}, {.files = mixed}, {.files = configured}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two}, {.files = timestamp}, {.files = configured_well}};

}  // namespace

extern constexpr Rule drizzle_prefix_none{
    .severity = Severity::warning,
    .summary = "drizzle-kit never finds the snapshots of migrations without a number",
    .why =
        "With `prefix: \"none\"` drizzle-kit names every snapshot _snapshot.json, and leaves names "
        "that begin with `_` out when it looks for the latest. Each generate starts from an empty "
        "schema: it creates all tables anew.",
    .instead = "migrations: { prefix: \"timestamp\" } (or \"index\", the default).",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_configs>,
};

}  // namespace migguard::rules
