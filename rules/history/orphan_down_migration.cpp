// A down migration without its up: nothing leads to the state it goes back from.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <set>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const bool paired = history.tool == Tool::golang_migrate || history.tool == Tool::sqlx ||
                      history.tool == Tool::node_pg_migrate;
  if (!paired || !judges_order(history)) return;
  std::set<std::string> forward;
  for (const Migration& each : history.migrations) {
    if (each.listed) forward.insert(number_key(history.tool, each.number));
  }
  for (const SourceFile* each : history.code) {
    const std::string_view name = base_name(each->path);
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    forward.insert(number_key(history.tool, name.substr(0, digits)));
  }
  for (const Migration& down : history.rollbacks) {
    const bool beside = folder_of(down.source->path) == history.folder;
    if (!beside || !down.by_convention || !down.ranges.empty() || down.number.empty()) continue;
    if (forward.count(number_key(history.tool, down.number))) continue;
    ctx.report(*down.source, {},
               cat(display_name(history.tool), " never runs this file: there is no up migration ",
                   down.number))
        .because(
            "a version is taken back only after it has been applied, and going back past it may "
            "stop the tool")
        .try_(
            cat("restore the up file, or delete this one:\ngit log --diff-filter=D --name-only -- ",
                shell_word(history.folder)))
        .about(down.number);
  }
}

constexpr ExampleFile lost_up[] = {{"migrations/001_users.up.sql", examples::users},
                                   {"migrations/001_users.down.sql", "DROP TABLE users;\n"},
                                   {"migrations/002_orders.down.sql", "DROP TABLE orders;\n"}};
constexpr ExampleFile renumbered[] = {
    {"migrations/000001_users.up.sql", examples::users},
    {"migrations/000003_orders.up.sql", examples::orders},
    {"migrations/000002_orders.down.sql", "DROP TABLE orders;\n"}};
constexpr ExampleFile padded[] = {{"migrations/1_users.up.sql", examples::users},
                                  {"migrations/001_users.down.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile up_only[] = {{"migrations/001_users.up.sql", examples::users},
                                   {"migrations/002_orders.up.sql", examples::orders}};
constexpr ExampleFile up_in_code[] = {{"migrations/001_users.up.sql", examples::users},
                                      {"migrations/002_orders.up.go", "package migrations\n"},
                                      {"migrations/002_orders.down.sql", "DROP TABLE orders;\n"}};
constexpr Example bad[] = {{.files = lost_up}, {.files = renumbered}};
constexpr Example good[] = {{.files = padded}, {.files = up_only}, {.files = up_in_code}};

}  // namespace

extern constexpr Rule orphan_down_migration{
    .severity = Severity::warning,
    .summary = "A down migration without its up is never run",
    .why =
        "golang-migrate, sqlx and node-pg-migrate pair up and down files by version. A down file "
        "alone is what a rename or a deletion left behind; the way back past it may stop there.",
    .instead = "Rename both files of a pair together.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
