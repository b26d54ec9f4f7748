// Two ends in the graph of Drizzle 1.0's snapshots: branches that nothing was generated on top of.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <set>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  const auto& folders = history.drizzle_v1->folders;
  std::set<std::string_view> parents;
  for (const DrizzleV1Folder& each : folders) {
    // What it merges is not known.
    if (each.invalid) return;
    parents.insert(each.prev_ids.begin(), each.prev_ids.end());
  }
  const DrizzleV1Folder* first = nullptr;
  std::set<std::string_view> ids;
  for (const DrizzleV1Folder& each : folders) {
    if (!each.snapshot || parents.count(each.id) || !ids.insert(each.id).second) continue;
    if (!first) {
      first = &each;
      continue;
    }
    ctx.report(*each.snapshot, {},
               cat("the branches ", first->name, " and ", each.name,
                   " were never merged: where they change the same, a database gets both"))
        .because(
            "each was generated without knowing of the other; drizzle-kit check only warns of it, "
            "and fails where both touch one object")
        .try_(
            "read both, and generate the next migration, which merges them:\nnpx drizzle-kit "
            "check\nnpx drizzle-kit generate")
        .label(*first->snapshot, {}, "the other branch ends here")
        .about(each.name);
  }
}

constexpr ExampleFile branches[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20240102000000_orders/migration.sql", examples::orders},
    {"drizzle/20240102000000_orders/snapshot.json", examples::v1_b},
    {"drizzle/20240103000000_lines/migration.sql", examples::lines},
    {"drizzle/20240103000000_lines/snapshot.json", examples::v1_b2}};
constexpr std::string_view other_root =
    R"({"id": "f", "dialect": "postgres", "prevIds": ["00000000-0000-0000-0000-000000000000"]})";
constexpr ExampleFile roots[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                 {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                 {"drizzle/20240102000000_orders/migration.sql", examples::orders},
                                 {"drizzle/20240102000000_orders/snapshot.json", other_root}};
constexpr Example bad[] = {{.files = branches}, {.files = roots}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = examples::v1_merged}};

}  // namespace

extern constexpr Rule drizzle_v1_unmerged_branches{
    .severity = Severity::warning,
    .summary = "Two branches of Drizzle 1.0's snapshots that no later migration merges",
    .why =
        "The snapshots of Drizzle 1.0 are a graph; two that nobody names as parent are branches "
        "that were merged in git alone. Both run. Whether they agree, nobody has looked: "
        "drizzle-kit check fails only where both touch one object.",
    .instead = "Generate on top of both: the next snapshot then names the two as its parents.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
