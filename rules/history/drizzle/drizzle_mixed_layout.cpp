// Drizzle's journal beside folders of the 1.0 layout: neither version runs both.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.drizzle || !history.drizzle->source || !history.drizzle->v1_migration) return;
  if (history.drizzle->invalid) return;  // the journal has to be mended first
  const SourceFile& folder = *history.drizzle->v1_migration;
  ctx.report(*history.drizzle->source, {},
             cat("Drizzle 1.0 runs nothing here, and earlier versions pass by ",
                 folder_of(folder.path)))
      .because(
          "Drizzle 1.0 throws where it finds meta/_journal.json, and earlier versions run only "
          "what the journal lists")
      .try_(
          "convert the folder as a whole, after an update to 1.0:\nnpx drizzle-kit up\n"
          "or stay with 0.x, and move the SQL of the new folders into migrations made by:\n"
          "npx drizzle-kit generate --custom")
      .label(folder, {}, "the layout of 1.0")
      .about("layout");
}

constexpr ExampleFile both[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/20260101000000_orders/migration.sql", examples::orders},
    {"drizzle/20260101000000_orders/snapshot.json", examples::snapshot_a}};
constexpr ExampleFile half_upgraded[] = {
    {examples::journal_path, examples::empty_journal},
    {"drizzle/20260101000000_users/migration.sql", examples::users},
    {"drizzle/20260101000000_users/snapshot.json", examples::snapshot_a},
    {"drizzle/20260102000000_orders/migration.sql", examples::orders},
    {"drizzle/20260102000000_orders/snapshot.json", examples::snapshot_b}};
constexpr ExampleFile only_v1[] = {
    {"drizzle/20260101000000_users/migration.sql", examples::users},
    {"drizzle/20260101000000_users/snapshot.json", examples::snapshot_a}};
constexpr Example bad[] = {{.files = both}, {.files = half_upgraded}};
constexpr Example good[] = {{.files = examples::drizzle_of_two}, {.files = only_v1}};

}  // namespace

extern constexpr Rule drizzle_mixed_layout{
    .severity = Severity::error,
    .summary = "Drizzle's journal and folders of the 1.0 layout lie in one folder",
    .why =
        "Drizzle 1.0 keeps a folder per migration and no journal; where it finds "
        "meta/_journal.json it throws. Earlier versions run the journal and never look into "
        "folders. A half-finished upgrade leaves migrations that no version runs. Other findings "
        "about the folder's history are held back.",
    .instead =
        "Run `npx drizzle-kit up` with 1.0 over the whole folder and commit the result, or take "
        "the 1.0 folders back.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
