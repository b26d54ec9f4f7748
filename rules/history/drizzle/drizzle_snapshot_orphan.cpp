// A snapshot of Drizzle's that belongs to no migration, and may be taken for the latest.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <set>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::set<std::string_view> prefixes;
  for (const DrizzleEntry& entry : journal->entries) prefixes.insert(tag_prefix(entry.tag));
  const auto colliding = colliding_snapshots(*journal);
  for (const DrizzleSnapshot& snapshot : journal->snapshots) {
    if (snapshot.invalid || prefixes.count(snapshot.prefix)) continue;
    if (std::binary_search(colliding.begin(), colliding.end(), &snapshot)) continue;
    const bool last = &snapshot == &journal->snapshots.back();
    ctx.report(*snapshot.source, {},
               last ? cat("the next drizzle-kit generate compares with this snapshot, which "
                          "belongs to no migration of the journal")
                    : cat("this snapshot belongs to no migration of the journal"))
        .because(
            "drizzle-kit takes the snapshot that sorts last for the state of the database, "
            "whatever the journal says")
        .try_(
            cat("delete it, unless its migration was dropped from the journal by mistake:\ngit rm ",
                shell_word(snapshot.source->path)))
        .about(std::string(base_name(snapshot.source->path)));
  }
}

constexpr ExampleFile left_over[] = {{examples::journal_path, examples::journal_of_two},
                                     {"drizzle/0000_users.sql", examples::users},
                                     {"drizzle/0001_orders.sql", examples::orders},
                                     {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                     {"drizzle/meta/0001_snapshot.json", examples::snapshot_b},
                                     {"drizzle/meta/0002_snapshot.json", examples::snapshot_c}};
constexpr ExampleFile alone[] = {{examples::journal_path, examples::empty_journal},
                                 {"drizzle/meta/0000_snapshot.json", examples::snapshot_a}};
// Two children of one parent are another finding.
constexpr ExampleFile collision[] = {{examples::journal_path, examples::journal_of_two},
                                     {"drizzle/0000_users.sql", examples::users},
                                     {"drizzle/0001_orders.sql", examples::orders},
                                     {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                     {"drizzle/meta/0001_snapshot.json", examples::snapshot_b},
                                     {"drizzle/meta/0002_snapshot.json", examples::snapshot_b2}};
constexpr Example bad[] = {{.files = left_over}, {.files = alone}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = collision}};

}  // namespace

extern constexpr Rule drizzle_snapshot_orphan{
    .severity = Severity::warning,
    .summary = "A snapshot of no migration may be what drizzle-kit compares with",
    .why =
        "drizzle-kit generate compares the schema files with the snapshot whose name sorts last, "
        "not with the last entry's. One that was left behind by a dropped migration makes it leave "
        "changes out, or undo what no database has.",
    .instead = "Remove migrations with `npx drizzle-kit drop`, which takes the snapshot along.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
