// A graph of Drizzle 1.0's snapshots that does not hold: a parent is not there, or comes later.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <map>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

// Where an id stands in the list of parents.
Span place_of(const DrizzleV1Folder& folder, std::string_view id) {
  const std::string_view list = std::string_view(folder.snapshot->text)
                                    .substr(folder.prev_ids_span.begin,
                                            folder.prev_ids_span.end - folder.prev_ids_span.begin);
  const std::size_t at = list.find(id);
  if (at == std::string_view::npos || id.empty()) return folder.prev_ids_span;
  const auto begin = folder.prev_ids_span.begin + static_cast<std::uint32_t>(at);
  return {begin, begin + static_cast<std::uint32_t>(id.size())};
}

void report(Context& ctx, const DrizzleV1Folder& folder, Span span, std::string message,
            std::string why) {
  ctx.report(*folder.snapshot, span, std::move(message))
      .because(std::move(why))
      .try_(
          "restore the snapshot from git, or delete the folder and generate its changes anew:\n"
          "npx drizzle-kit generate")
      .about(folder.name);
}

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  const auto& folders = history.drizzle_v1->folders;
  std::map<std::string_view, const DrizzleV1Folder*> by_id;
  for (const DrizzleV1Folder& each : folders) {
    if (each.snapshot && !each.invalid) by_id.try_emplace(each.id, &each);
  }
  // The parent may be the one that cannot be read: that is said already.
  const bool all_readable = std::none_of(folders.begin(), folders.end(),
                                         [](const auto& each) { return each.invalid.has_value(); });
  const DrizzleV1Folder* base = nullptr;
  for (const DrizzleV1Folder& each : folders) {
    if (!each.snapshot || each.invalid) continue;
    for (const std::string& id : each.prev_ids) {
      if (id == no_parent) continue;
      const auto parent = by_id.find(id);
      if (parent == by_id.end()) {
        if (!all_readable) continue;
        report(ctx, each, place_of(each, id),
               cat("drizzle-kit check fails: no snapshot has the id ", id, ", the parent of ",
                   each.name),
               "a folder was deleted or renumbered, and what generate compares with is not what "
               "the migrations make");
      } else if (each.name < parent->second->name) {
        report(ctx, each, place_of(each, id),
               cat(each.name, " runs before its parent ", parent->second->name),
               "folders run in the order of their names, and this one was written on top of the "
               "other");
      }
    }
    if (each.base && base) {
      report(ctx, each, each.type_span,
             cat("drizzle-kit check fails: ", base->name, " is a base snapshot too"),
             "a base snapshot stands for everything before it, so that there can be but one");
    }
    if (each.base && !base) base = &each;
  }
}

constexpr ExampleFile lost_parent[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20240103000000_lines/migration.sql", examples::lines},
    {"drizzle/20240103000000_lines/snapshot.json", examples::v1_c}};
constexpr ExampleFile child_first[] = {
    {"drizzle/20240102000000_users/migration.sql", examples::users},
    {"drizzle/20240102000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20240101000000_orders/migration.sql", examples::orders},
    {"drizzle/20240101000000_orders/snapshot.json", examples::v1_b}};
constexpr ExampleFile unreadable_parent[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", "{"},
    {"drizzle/20240102000000_orders/migration.sql", examples::orders},
    {"drizzle/20240102000000_orders/snapshot.json", examples::v1_b}};
constexpr Example bad[] = {{.files = lost_parent}, {.files = child_first}};
constexpr Example good[] = {
    {.files = examples::v1_of_two}, {.files = examples::v1_merged}, {.files = unreadable_parent}};

}  // namespace

extern constexpr Rule drizzle_v1_chain_broken{
    .severity = Severity::error,
    .summary = "A snapshot's parent is not there, or runs after it: drizzle-kit check fails",
    .why =
        "In Drizzle 1.0 each snapshot names its parents in `prevIds`. An id that no snapshot has, "
        "a folder that sorts before one of its parents and a second snapshot of the type `base` "
        "each make drizzle-kit check fail; migrate may run a child before its parent.",
    .instead = "Generate the migration anew on top of what is there.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
