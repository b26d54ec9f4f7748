#include <repair/repair.hpp>

#include <algorithm>
#include <array>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <project/load.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

// Rules whose findings a repair answers, or says why not: those about what belongs together. What a
// migration does to data is not repaired.
bool is_about_integrity(std::string_view rule) {
  constexpr std::array<std::string_view, 4> prefixes{"drizzle-", "prisma-", "atlas-",
                                                     "goose-bad-annotation"};
  constexpr std::array<std::string_view, 8> names{
      "duplicate-migration-number",
      "out-of-order-migration",
      "rollback-in-migrations-dir",
      "migration-order-ambiguous",
      "merge-conflict-marker",
      "unparseable-migration-name",
      "migration-bom",
      "mixed-migration-systems",
  };
  if (rule.starts_with("drizzle-config-") || rule == "drizzle-missing-breakpoint") return false;
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view each) { return rule.starts_with(each); }) ||
         std::find(names.begin(), names.end(), rule) != names.end();
}

std::string why_not(std::string_view rule) {
  if (rule.starts_with("drizzle-v1-"))
    return "Drizzle 1.0 finds what it has run by the name of its folder, and which databases have "
           "run it is not in the files";
  if (rule.starts_with("prisma-"))
    return "Prisma keeps the name and the checksum of every script in each database";
  if (rule.starts_with("atlas-"))
    return "atlas.sum is a signature: to renew it says that somebody has read the change";
  if (rule == "drizzle-breakpoint-in-literal")
    return "the file is the author's, and databases may have run it as it is";
  if (rule == "drizzle-snapshot-outdated")
    return "drizzle-kit turns old snapshots into new ones itself";
  if (rule == "merge-conflict-marker") return "which side of a merge is meant is in nobody's file";
  return "it takes a decision that the files do not hold";
}

// The history of that folder among the planned files; null where there is none any more.
Result<std::unique_ptr<Project>> planned(const History& history, const ChangeList& changes,
                                         const lint::Settings& settings, const FileSystem& files) {
  const Changed after(files, changes.so_far());
  project::LoadSettings load;
  load.paths = {history.folder};
  load.tool = Tool::drizzle;
  auto project = project::load(load, after);
  if (!project) return project.error();
  project::parse(**project, settings.jobs);
  lint::number_migrations(**project);
  return project;
}

std::optional<Error> plan_drizzle(const Project& project, const History& history,
                                  const lint::Settings& settings, const Wishes& wishes,
                                  const FileSystem& files, HistoryPlan& plan, ChangeList& changes) {
  if (history.dialect != Dialect::postgresql) return std::nullopt;
  const OldTags old_tags = plan_drizzle_journal(project, history, wishes, plan, changes);
  plan_rollbacks(history, plan, changes);
  if (old_tags.empty()) return std::nullopt;
  const auto after = planned(history, changes, settings, files);
  if (!after) return after.error();
  for (const History& each : (*after)->histories)
    if (each.folder == history.folder) plan_drizzle_snapshots(each, old_tags, plan, changes);
  return std::nullopt;
}

// What a lint of the planned files still says of a history.
std::optional<Error> add_what_is_left(std::vector<HistoryPlan>& plans,
                                      const lint::Settings& settings, const FileSystem& files) {
  std::vector<FileChange> changes;
  for (const HistoryPlan& each : plans)
    changes.insert(changes.end(), each.changes.begin(), each.changes.end());
  const Changed after(files, changes);
  lint::Settings again = settings;
  again.base = again.merging = again.published = nullptr;
  again.live = nullptr;
  again.outsider = nullptr;
  again.one_by_one = true;
  const auto report = lint::lint(again, after);
  if (!report) return report.error();
  for (const Finding& finding : report->findings) {
    if (finding.status != Status::open || finding.severity == Severity::note ||
        finding.family != "history" || !is_about_integrity(finding.rule))
      continue;
    for (HistoryPlan& plan : plans) {
      if (!is_below(finding.source->path, plan.folder)) continue;
      const auto known = [&](const Refusal& each) {
        return each.rule == finding.rule && each.path == finding.source->path;
      };
      if (std::any_of(plan.refusals.begin(), plan.refusals.end(), known)) break;
      plan.refusals.push_back({std::string(finding.rule), finding.source->path,
                               finding.source->position(finding.span.begin).line, finding.message,
                               why_not(finding.rule), finding.help});
      break;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<HistoryPlan>> plan_repairs(const Project& project,
                                              const lint::Settings& settings, const Wishes& wishes,
                                              const FileSystem& files) {
  std::vector<HistoryPlan> plans;
  for (const History& history : project.histories) {
    if (history.loose || !history.selected) continue;
    HistoryPlan& plan = plans.emplace_back();
    plan.folder = history.folder;
    plan.tool = history.tool;
    ChangeList changes;
    if (history.tool == Tool::drizzle) {
      if (auto error = plan_drizzle(project, history, settings, wishes, files, plan, changes))
        return *std::move(error);
    } else {
      plan_numbers(project, history, wishes, plan, changes);
      plan_rollbacks(history, plan, changes);
    }
    plan.changes = changes.take();
  }
  if (auto error = add_what_is_left(plans, settings, files)) return *std::move(error);
  std::erase_if(plans, [](const HistoryPlan& each) {
    return each.repairs.empty() && each.refusals.empty() && each.changes.empty();
  });
  return plans;
}

}  // namespace migguard::repair
