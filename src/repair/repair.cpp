#include <repair/repair.hpp>

#include <algorithm>
#include <array>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <project/load.hpp>
#include <set>
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

// The history that a finding speaks of: by its place, else, where that is a configuration beside
// it, by the tool that the rule is named for.
HistoryPlan* plan_of(const Finding& finding, std::vector<HistoryPlan>& plans) {
  for (HistoryPlan& each : plans)
    if (is_below(finding.source->path, each.folder)) return &each;
  for (HistoryPlan& each : plans) {
    const bool drizzle = each.tool == Tool::drizzle || each.tool == Tool::drizzle_v1;
    const std::string tool(drizzle ? "drizzle" : to_string(each.tool));
    if (finding.rule.starts_with(cat(tool, "-"))) return &each;
  }
  return nullptr;
}

std::string why_not(std::string_view rule, Dialect dialect) {
  if (dialect != Dialect::postgresql) return "this history is not PostgreSQL's";
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

// Why an operation must fail on the schema as it stands; empty where nothing says that it does.
std::string conflict(const Op& op, const schema::Catalog& schema) {
  const auto known = [&](const Name& name) {
    const Relation* relation = schema.relation(name).known();
    return relation && relation->create_seen ? relation : nullptr;
  };
  if (const auto* create = std::get_if<CreateTable>(&op)) {
    if (!create->if_not_exists && known(create->table))
      return cat("it makes the table ", to_string(create->table), ", which is there by then");
  } else if (const auto* add = std::get_if<AddColumn>(&op)) {
    const Relation* table = known(add->table);
    if (!add->if_not_exists && table && table->column(add->column.name))
      return cat("it adds the column ", to_string(add->table), ".", add->column.name,
                 ", which is there by then");
  } else if (const auto* type = std::get_if<CreateEnum>(&op)) {
    if (schema.type(type->type).known())
      return cat("it makes the type ", to_string(type->type), ", which is there by then");
  } else if (const auto* index = std::get_if<CreateIndex>(&op)) {
    const Relation* table = known(index->table);
    if (!index->if_not_exists && table && table->index(index->index))
      return cat("it makes the index ", index->index, ", which is there by then");
  } else if (const auto* constraint = std::get_if<AddConstraint>(&op)) {
    const Relation* table = known(constraint->table);
    if (table && !constraint->constraint.name.empty() &&
        table->constraint(constraint->constraint.name))
      return cat("it adds the constraint ", constraint->constraint.name,
                 ", which is there by then");
  } else if (const auto* drop = std::get_if<DropTable>(&op)) {
    if (!drop->if_exists && schema.relation(drop->table).exists() == Known::no)
      return cat("it drops the table ", to_string(drop->table), ", which is gone by then");
  } else if (const auto* column = std::get_if<DropColumn>(&op)) {
    const Relation* table = known(column->table);
    if (!column->if_exists && table && !table->column(column->column))
      return cat("it drops the column ", to_string(column->table), ".", column->column,
                 ", which is gone by then");
  }
  return {};
}

// Replays the planned history, and finds what was put into it and cannot run there.
class Trial final : public lint::ReplayListener {
 public:
  Trial(const schema::Catalog& catalog, const OldTags& old_tags, const History& before)
      : catalog_(catalog), old_tags_(old_tags) {
    for (const Migration& each : before.migrations)
      if (!each.listed || !before.drizzle || before.drizzle->invalid) added_.insert(each.id);
  }
  void migration(const Migration& migration) override {
    tag_.clear();
    if (!migration.listed) return;
    const auto found = old_tags_.find(migration.id);
    tag_ = found == old_tags_.end() ? migration.id : found->second;
  }
  void operation(const Op& op, bool) override {
    if (!added_.count(tag_) || node(op).within != Within::statement || failed.count(tag_)) return;
    if (std::string reason = conflict(op, catalog_); !reason.empty())
      failed[tag_] = {std::move(reason)};
  }
  std::map<std::string, LeftOut, std::less<>> failed;

 private:
  const schema::Catalog& catalog_;
  const OldTags& old_tags_;
  std::set<std::string, std::less<>> added_;
  std::string tag_;
};

const History* history_in(const Project& project, const std::string& folder) {
  for (const History& each : project.histories)
    if (each.folder == folder) return &each;
  return nullptr;
}

std::optional<Error> plan_drizzle(const Project& project, const History& history,
                                  const lint::Settings& settings, Wishes wishes,
                                  const FileSystem& files, HistoryPlan& plan, ChangeList& changes) {
  if (history.dialect != Dialect::postgresql) return std::nullopt;
  const HistoryPlan empty = plan;
  while (true) {
    const OldTags old_tags = plan_drizzle_journal(project, history, wishes, plan, changes);
    plan_rollbacks(history, plan, changes);
    if (old_tags.empty()) return std::nullopt;
    const auto after = planned(history, changes, settings, files);
    if (!after) return after.error();
    const History* then = history_in(**after, history.folder);
    if (!then) return std::nullopt;
    schema::Catalog catalog;
    Trial trial(catalog, old_tags, history);
    lint::replay(*then, false, catalog, trial);
    if (trial.failed.empty()) {
      plan_drizzle_snapshots(*then, old_tags, plan, changes);
      return std::nullopt;
    }
    // Once more without them. Each round takes at least one out, so that it comes to an end.
    wishes.left_out.merge(trial.failed);
    plan = empty;
    changes = ChangeList();
  }
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
    HistoryPlan* plan = plan_of(finding, plans);
    if (!plan) continue;
    const auto known = [&](const Refusal& each) {
      const bool file = each.path.ends_with(".sql");  // one reason for each is enough
      return each.path == finding.source->path && (file || each.rule == finding.rule);
    };
    if (std::any_of(plan->refusals.begin(), plan->refusals.end(), known)) continue;
    plan->refusals.push_back({std::string(finding.rule), finding.source->path,
                              finding.source->position(finding.span.begin).line, finding.message,
                              why_not(finding.rule, plan->dialect), finding.help});
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
    plan.dialect = history.dialect;
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
