// A migration of Prisma's that comes in below the newest one that was applied.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

// The name with another time in front, one second behind the newest's.
std::string behind(std::string_view newest, std::string_view id) {
  const std::size_t newest_digits = std::min(newest.find_first_not_of("0123456789"), newest.size());
  const std::size_t digits = std::min(id.find_first_not_of("0123456789"), id.size());
  std::string time(newest.substr(0, newest_digits));
  for (auto digit = time.rbegin(); digit != time.rend(); ++digit) {
    *digit = *digit == '9' ? '0' : static_cast<char>(*digit + 1);
    if (*digit != '0') break;
  }
  return cat(time, id.substr(digits));
}

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  const Migration* newest = nullptr;
  for (const Migration& each : history.migrations) {
    if (each.applied) newest = &each;
  }
  if (!newest) return;
  for (const Migration& each : history.migrations) {
    if (&each == newest) break;
    const bool noted =
        std::any_of(table->rows.begin(), table->rows.end(), [&](const AppliedRow& row) {
          return row.migration == &each && row.state == AppliedState::unfinished;
        });
    if (each.applied || !each.listed || noted) continue;
    ctx.report(*each.source, {},
               cat(ctx.project().database->shown, " runs this after ", newest->id,
                   ", which new databases run after this"))
        .because(
            "Prisma applies what is not noted in the order of names, also below what is applied")
        .try_(cat("where the order matters, give it a name behind ", newest->id, ":\ngit mv ",
                  shell_word(in_folder(history.folder, each.id)), " ",
                  shell_word(in_folder(history.folder, behind(newest->id, each.id)))))
        .with("table", table->name)
        .about(each.id);
  }
}

constexpr ExampleFile three[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240101120000_lines/migration.sql", examples::lines},
    {"prisma/migrations/20240102000000_orders/migration.sql", examples::orders}};
constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_the_last},
    {.files = three, .database = examples::prisma_has_the_last}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_one},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two}};

}  // namespace

extern constexpr Rule db_prisma_late{
    .severity = Severity::warning,
    .summary = "The database asked runs this migration of Prisma's later than new databases do",
    .why =
        "A branch that was merged late brings a migration that sorts before one already applied. "
        "Prisma runs it last there and earlier everywhere else: two databases, two orders, and no "
        "message.",
    .instead = "Rename the folder behind the newest applied one before it is released.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
