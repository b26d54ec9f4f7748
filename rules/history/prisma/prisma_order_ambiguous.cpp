// Names of Prisma migrations that different versions of Prisma sort differently.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.prisma || !judges_order(history)) return;
  // The migrations stand in the order of localeCompare, as current versions run them.
  std::map<const Migration*, std::size_t> place;
  for (const Migration& each : history.migrations) place.emplace(&each, place.size());
  std::map<std::string_view, const Migration*> by_bytes;
  for (const Migration& each : history.migrations) by_bytes.emplace(each.id, &each);
  const Migration* last = nullptr;
  for (const auto& [id, migration] : by_bytes) {
    if (last && place[last] > place[migration]) {
      ctx.report(*last->source, {},
                 cat("older and newer versions of Prisma run ", last->id, " and ", id,
                     " in different order"))
          .because(cat("in byte order ", last->id,
                       " comes first; by localeCompare, which current versions use, ", id, " does"))
          .try_(
              "before they are released, rename the directories so that both begin with fourteen "
              "digits:\n"
              "20240101000000_name")
          .about(last->id);
    }
    last = migration;
  }
}

constexpr ExampleFile short_numbers[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/1_users/migration.sql", examples::users},
    {"prisma/migrations/10_orders/migration.sql", examples::orders}};
constexpr ExampleFile letter_case[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/Zones/migration.sql", examples::users},
    {"prisma/migrations/accounts/migration.sql", examples::orders}};
constexpr ExampleFile baseline[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/0_init/migration.sql", examples::users},
    {"prisma/migrations/20240101000000_orders/migration.sql", examples::orders},
    {"prisma/migrations/20240101000000_lines/migration.sql", examples::lines}};
constexpr Example bad[] = {{.files = short_numbers}, {.files = letter_case}};
constexpr Example good[] = {{.files = examples::prisma_of_two}, {.files = baseline}};

}  // namespace

extern constexpr Rule prisma_order_ambiguous{
    .severity = Severity::warning,
    .summary = "Versions of Prisma disagree on the order of these migrations",
    .why =
        "Prisma used to sort migration directories by bytes and now does it with localeCompare: "
        "`_` comes before digits, and letter case hardly counts. `1_a` and `10_b` change places. "
        "Standard names (fourteen digits) and `0_init` sort alike in both.",
    .instead = "Keep the names that prisma migrate dev makes: YYYYMMDDHHMMSS_name.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
