// Two snapshots of Drizzle 1.0 with one id.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  std::map<std::string_view, const DrizzleV1Folder*> first;
  for (const DrizzleV1Folder& each : history.drizzle_v1->folders) {
    if (!each.snapshot || each.invalid) continue;
    const auto [known, is_new] = first.try_emplace(each.id, &each);
    if (is_new) continue;
    ctx.report(*each.snapshot, each.id_span,
               cat("the next generated migration may repeat or drop changes: this snapshot has "
                   "the id of ",
                   known->second->name, "'s"))
        .because(
            "ids tie the graph of migrations together; `drizzle-kit up` gives one id to two "
            "migrations that shared a number")
        .try_("delete the later folder, and generate its changes anew:\nnpx drizzle-kit generate")
        .label(*known->second->snapshot, known->second->id_span, "the same id")
        .about(each.name);
  }
}

constexpr ExampleFile twice[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                 {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                 {"drizzle/20240102000000_orders/migration.sql", examples::orders},
                                 {"drizzle/20240102000000_orders/snapshot.json", examples::v1_b},
                                 {"drizzle/20240103000000_lines/migration.sql", examples::lines},
                                 {"drizzle/20240103000000_lines/snapshot.json", examples::v1_b}};
constexpr ExampleFile copied[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                  {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                  {"drizzle/20240102000000_again/migration.sql", examples::orders},
                                  {"drizzle/20240102000000_again/snapshot.json", examples::v1_a}};
constexpr Example bad[] = {{.files = twice}, {.files = copied}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = examples::v1_merged}};

}  // namespace

extern constexpr Rule drizzle_v1_duplicate_id{
    .severity = Severity::error,
    .summary = "Two snapshots with one id make drizzle-kit compare with the wrong one",
    .why =
        "In Drizzle 1.0 the ids of the snapshots make the history a graph. Two with one id, "
        "copied by hand or made by `drizzle-kit up` over duplicate numbers, make it a wrong one.",
    .instead = "Generate the later migration anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
