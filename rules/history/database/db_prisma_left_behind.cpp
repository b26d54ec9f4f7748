// The record of a migration tool that this project does not use.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  if (!project.database) return;
  const auto uses = [&](Tool tool) {
    return std::any_of(project.histories.begin(), project.histories.end(),
                       [&](const History& each) { return lineage(each.tool) == tool; });
  };
  for (const AppliedTable& table : project.database->applied) {
    const Tool tool = lineage(table.tool);
    const Tool other = tool == Tool::prisma ? Tool::drizzle : Tool::prisma;
    if ((tool != Tool::prisma && tool != Tool::drizzle) || uses(tool) || !uses(other)) continue;
    for (const History& history : project.histories) {
      const SourceFile* place = place_of(history);
      if (lineage(history.tool) != other || !place) continue;
      ctx.report(
             *place, {},
             cat(project.database->shown, " still holds ", display_name(tool), "'s ", table.name,
                 ", with ", table.rows.size(), table.rows.size() == 1 ? " row" : " rows",
                 ", beside ", display_name(other), "'s history"))
          .because("a command or service that was forgotten can go on migrating by it")
          .try_(cat("once nothing runs ", display_name(tool),
                    " any more, keep a copy and drop it:\nDROP TABLE ", table.name, ";"))
          .with("table", table.name)
          .about(table.name);
      break;
    }
  }
}

constexpr Example bad[] = {
    {.files = examples::drizzle_of_two, .database = examples::prisma_has_two},
    {.files = examples::prisma_of_two, .database = examples::drizzle_has_two}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_two},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two}};

}  // namespace

extern constexpr Rule db_prisma_left_behind{
    .severity = Severity::note,
    .summary = "The database asked still holds the record of the migration tool before this one",
    .why =
        "A project that moved from Prisma to Drizzle (or back) leaves the old tool's table behind. "
        "It is harmless until an old job runs the old tool, which then works from its own idea of "
        "the schema.",
    .instead = "Make sure that nothing runs the old tool, then drop its table.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
