// Two snapshots of Drizzle's with one parent: two branches that were never put in a line.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const DrizzleJournal* journal = readable_journal(history);
  if (!journal) return;
  std::map<std::string_view, const DrizzleSnapshot*>
      first;  // by parent; the snapshots are sorted by name
  for (const DrizzleSnapshot& snapshot : journal->snapshots) {
    if (snapshot.invalid) continue;
    const auto [known, added] = first.try_emplace(snapshot.prev_id, &snapshot);
    if (added) continue;
    const DrizzleSnapshot& other = *known->second;
    ctx.report(*snapshot.source, snapshot.prev_id_span,
               cat("drizzle-kit generate writes no migration: ", base_name(snapshot.source->path),
                   " and ", base_name(other.source->path), " have the same parent"))
        .because(
            "drizzle-kit needs snapshots in a line; generate then ends with exit code 0 and "
            "without a file, check with 1")
        .try_(
            "take back the migration that is not released (file, snapshot and entry), and generate "
            "it anew on top of the other:\nnpx drizzle-kit drop\n"
            "npx drizzle-kit generate")
        .label(*other.source, other.prev_id_span, "the same parent")
        .about(std::string(base_name(snapshot.source->path)));
  }
}

constexpr ExampleFile two_branches[] = {{examples::journal_path, examples::journal_of_three},
                                        {"drizzle/0000_users.sql", examples::users},
                                        {"drizzle/0001_orders.sql", examples::orders},
                                        {"drizzle/0002_lines.sql", examples::lines},
                                        {"drizzle/meta/0000_snapshot.json", examples::snapshot_a},
                                        {"drizzle/meta/0001_snapshot.json", examples::snapshot_b},
                                        {"drizzle/meta/0002_snapshot.json", examples::snapshot_b2}};
constexpr ExampleFile copied[] = {{examples::journal_path, examples::journal_of_one},
                                  {"drizzle/0000_users.sql", examples::users},
                                  {"drizzle/meta/0000_snapshot copy.json", examples::snapshot_a},
                                  {"drizzle/meta/0000_snapshot.json", examples::snapshot_a}};
constexpr ExampleFile unreadable[] = {{examples::journal_path, examples::journal_of_two},
                                      {"drizzle/0000_users.sql", examples::users},
                                      {"drizzle/0001_orders.sql", examples::orders},
                                      {"drizzle/meta/0000_snapshot.json", "{}"},
                                      {"drizzle/meta/0001_snapshot.json", "{}"}};
constexpr Example bad[] = {{.files = two_branches}, {.files = copied}};
constexpr Example good[] = {{.files = examples::drizzle_of_three}, {.files = unreadable}};

}  // namespace

extern constexpr Rule drizzle_snapshot_collision{
    .severity = Severity::error,
    .summary = "Two snapshots with one parent stop drizzle-kit generate, with exit code 0",
    .why =
        "Each snapshot names its predecessor in `prevId`. Two branches that both generated a "
        "migration leave two with the same predecessor; so does a copy of a snapshot in meta/. "
        "drizzle-kit check fails, generate writes nothing and exits with 0. Renaming the file or "
        "the number does not help: the ids collide.",
    .instead =
        "Rebase one branch on the other: drop its migration, merge, run `npx drizzle-kit generate` "
        "again.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
