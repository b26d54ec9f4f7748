// Folder and database each hold migrations of Prisma's that the other does not.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  const SourceFile* place = place_of(history);
  const Migration* unapplied = nullptr;  // the first one
  const Migration* common = nullptr;     // the one before it
  for (const Migration& each : history.migrations) {
    if (!each.listed) continue;
    if (!each.applied && !unapplied) unapplied = &each;
    if (!unapplied) common = &each;
  }
  std::vector<std::string> unknown;
  for (const AppliedRow& row : table->rows) {
    if (!row.known && row.state == AppliedState::applied) unknown.push_back(row.version);
  }
  if (!place || !unapplied || unknown.empty()) return;
  ctx.report(*place, {},
             cat("this folder and ", ctx.project().database->shown, " have gone separate ways",
                 common ? cat(" after ", common->id) : "", ": it has run ", joined(unknown),
                 " and not ", unapplied->id))
      .because(
          "prisma migrate status fails, and prisma migrate deploy applies what is new as if "
          "nothing were missing")
      .try_(cat("merge the branch that brings ", unknown.front(),
                " before anything is deployed:\n"
                "git log --all --oneline -- ",
                shell_word(in_folder(history.folder, unknown.front()))))
      .with("table", table->name)
      .about(unapplied->id);
}

constexpr std::string_view only_unknown = R"({"public._prisma_migrations": [
  {"id": "c", "checksum": "2222222222222222222222222222222222222222222222222222222222222222", "finished_at": "2024-01-03",
   "migration_name": "20240103000000_gone", "logs": null, "rolled_back_at": null, "started_at": "2024-01-03", "applied_steps_count": 1}]})";
constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_another},
    {.files = examples::prisma_of_two, .database = only_unknown}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_more},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_one}};

}  // namespace

extern constexpr Rule db_prisma_diverged{
    .severity = Severity::error,
    .summary = "Folder and database asked each hold migrations of Prisma's that the other does not",
    .why =
        "Somebody deployed from a branch that is not merged, or deleted migrations that production "
        "had run. Both sides go on from different schemas, and Prisma compares names only.",
    .instead =
        "Merge the other branch first; where its migrations are given up, undo their effect and "
        "take their rows out.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
