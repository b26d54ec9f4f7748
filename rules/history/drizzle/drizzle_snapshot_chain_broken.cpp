// A snapshot of Drizzle's whose parent does not exist.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <set>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

constexpr std::string_view root = "00000000-0000-0000-0000-000000000000";

// The first prefix whose snapshot is missing or cannot be read: what comes later may well be its
// child.
std::string_view first_unknown(const DrizzleJournal& journal) {
  const auto present = snapshot_prefixes(journal);
  std::string_view first;
  const auto consider = [&](std::string_view prefix) {
    if (!prefix.empty() && (first.empty() || prefix < first)) first = prefix;
  };
  for (const DrizzleEntry& entry : journal.entries) {
    if (!present.count(tag_prefix(entry.tag))) consider(tag_prefix(entry.tag));
  }
  for (const DrizzleSnapshot& snapshot : journal.snapshots) {
    if (snapshot.invalid) consider(snapshot.prefix);
  }
  return first;
}

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::set<std::string_view> ids;
  for (const DrizzleSnapshot& each : journal->snapshots) ids.insert(each.id);
  const auto colliding = colliding_snapshots(*journal);
  const std::string_view unknown = first_unknown(*journal);
  for (const DrizzleSnapshot& snapshot : journal->snapshots) {
    if (snapshot.invalid || snapshot.prev_id == root || ids.count(snapshot.prev_id)) continue;
    // drizzle-kit pull makes the first one the root itself (introspectPg).
    if (snapshot.id == root && snapshot.prev_id.empty()) continue;
    if (std::binary_search(colliding.begin(), colliding.end(), &snapshot)) continue;
    if (!unknown.empty() && unknown < snapshot.prefix) continue;
    // Run with 1.0.0-rc.5: `drizzle-kit up` refuses such a folder of PostgreSQL's ("a migration was
    // deleted in the middle of the history"), and converts one of MySQL's or SQLite's.
    const bool refused = history.dialect == Dialect::postgresql;
    Finding& finding = ctx.report(
        *snapshot.source, snapshot.prev_id_span,
        refused ? cat("the upgrade to Drizzle 1.0 stops here: no snapshot is the parent of ",
                      base_name(snapshot.source->path))
                : cat("the snapshots are no line any more: none is the parent of ",
                      base_name(snapshot.source->path)));
    if (!refused) finding.as(Severity::note);
    finding
        .because(cat("`prevId` names a snapshot that is not in the folder; drizzle-kit 0.x does "
                     "not notice",
                     refused ? ", `drizzle-kit up` of 1.0 refuses to convert the folder" : ""))
        .try_(
            "write the `id` of the snapshot before it, if that is what this migration was "
            "generated from; else drop the migration and generate it anew, before it is released:\n"
            "npx drizzle-kit drop\n"
            "npx drizzle-kit generate")
        .about(std::string(base_name(snapshot.source->path)));
  }
}

constexpr std::string_view stray_child =
    R"({"id": "c0000000-0000-4000-8000-00000000000c", "prevId": "f0000000-0000-4000-8000-00000000000f",
  "version": "7", "dialect": "postgresql", "tables": {}})";
constexpr ExampleFile broken[] = {{examples::journal_path, examples::journal_of_three},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/0001_orders.sql", examples::orders},
                                  {"drizzle/0002_lines.sql", examples::lines},
                                  {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                  {"drizzle/meta/0001_snapshot.json", examples::snapshot_b},
                                  {"drizzle/meta/0002_snapshot.json", stray_child}};
constexpr ExampleFile broken_root[] = {{examples::journal_path, examples::journal_of_one},
                                       {"drizzle/0000_users.sql", examples::users},
                                       {"drizzle/meta/0000_snapshot.json", stray_child}};
constexpr std::string_view pulled_root =
    R"({"id": "00000000-0000-0000-0000-000000000000", "prevId": "",
  "version": "7", "dialect": "postgresql", "tables": {}})";
constexpr ExampleFile pulled[] = {{examples::journal_path, examples::journal_of_one},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/meta/0000_snapshot.json", pulled_root}};
constexpr ExampleFile missing_before[] = {
    {examples::journal_path, examples::journal_of_three},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/0001_orders.sql", examples::orders},
    {"drizzle/0002_lines.sql", examples::lines},
    {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
    {"drizzle/meta/0002_snapshot.json", examples::snapshot_c}};
constexpr Example bad[] = {{.files = broken}, {.files = broken_root}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_three}, {.files = missing_before}, {.files = pulled}};

}  // namespace

extern constexpr Rule drizzle_snapshot_chain_broken{
    .severity = Severity::warning,
    .summary = "A snapshot's parent does not exist: the line that Drizzle 1.0 goes by is broken",
    .why =
        "Each snapshot names its predecessor in `prevId`. drizzle-kit 0.x only looks for two "
        "children of one parent; drizzle-kit up and 1.0 follow the line. Where an earlier snapshot "
        "is missing or cannot be read, this rule is silent: the other finding says it.",
    .instead = "Generate migrations on top of each other, one branch after the other.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
