// A Prisma migration whose name Prisma would not have made.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// `^\d{14}_`, or `^0+_` of a baseline.
bool is_standard(std::string_view name) {
  const std::string_view prefix = tag_prefix(name);
  if (prefix.empty() || prefix.size() == name.size()) return false;
  const bool zeros = prefix.find_first_not_of('0') == std::string_view::npos;
  return zeros ||
         (prefix.size() == 14 && prefix.find_first_not_of("0123456789") == std::string_view::npos);
}

void check(Context& ctx, const History& history) {
  if (!history.prisma || !judges_order(history)) return;
  for (const Migration& migration : history.migrations) {
    if (is_standard(migration.id)) continue;
    ctx.report(*migration.source, {},
               cat("nothing but its spelling says when ", migration.id, " runs"))
        .because(
            "Prisma sorts directories by name, and a name without a time stamp stands where the "
            "alphabet puts it")
        .try_("before it is released, rename the directory:\nYYYYMMDDHHMMSS_name")
        .about(migration.id);
  }
}

constexpr ExampleFile by_hand[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/add_orders/migration.sql", examples::orders}};
constexpr ExampleFile short_date[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101_users/migration.sql", examples::users}};
constexpr ExampleFile baseline[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users},
    {"prisma/migrations/000000000000_squashed/migration.sql", examples::orders}};
constexpr Example bad[] = {{.files = by_hand}, {.files = short_date}};
constexpr Example good[] = {{.files = examples::prisma_of_two}, {.files = baseline}};

}  // namespace

extern constexpr Rule prisma_nonstandard_name{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A Prisma migration without a time stamp runs where its spelling puts it",
    .why =
        "Prisma accepts any directory name and sorts by it. Names that it makes itself begin with "
        "fourteen digits; baselines are called `0_init` by convention.",
    .instead = "YYYYMMDDHHMMSS_name, as prisma migrate dev makes it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
