#include <lint/accept.hpp>
#include <lint/judge.hpp>
#include <lint/lint.hpp>
#include <lint/narrow.hpp>
#include <lint/outsider.hpp>
#include <lint/rule_set.hpp>
#include <project/load.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace migguard::lint {
namespace {

project::LoadSettings load_settings(const Settings& settings) {
  project::LoadSettings load;
  load.paths = settings.paths;
  load.ignore = settings.ignore;
  load.tool = settings.tool;
  load.folders = settings.folders;
  return load;
}

// The configuration has the last word on severity, also where a rule chose one by the case.
void configure_severity(std::vector<Finding>& findings, const RuleSet& rules) {
  for (Finding& finding : findings) {
    switch (rules.verdict(*rules.find(finding.rule), finding.source->path)) {
      case RuleSet::Verdict::note:
        finding.severity = Severity::note;
        break;
      case RuleSet::Verdict::warning:
        finding.severity = Severity::warning;
        break;
      case RuleSet::Verdict::error:
        finding.severity = Severity::error;
        break;
      default:
        break;
    }
  }
}

// When SQL files are linted by name, the history around them is read but only they are judged.
void keep_selected(const Project& project, std::vector<Finding>& findings) {
  std::vector<const SourceFile*> left_out;
  for (const History& history : project.histories) {
    for (const auto* list : {&history.migrations, &history.rollbacks}) {
      for (const Migration& migration : *list) {
        if (!migration.selected) left_out.push_back(migration.source);
      }
    }
    if (!history.selected) {
      if (history.marker) left_out.push_back(history.marker);
      if (history.drizzle) {
        left_out.push_back(history.drizzle->source);
        for (const DrizzleSnapshot& each : history.drizzle->snapshots)
          left_out.push_back(each.source);
        for (const SourceFile* each : history.drizzle->stray_files) left_out.push_back(each);
      }
      if (history.prisma) {
        for (const SourceFile* each : {history.prisma->lock, history.prisma->schema})
          left_out.push_back(each);
      }
    }
  }
  if (left_out.empty()) return;
  std::sort(left_out.begin(), left_out.end());
  std::erase_if(findings, [&](const Finding& finding) {
    return std::binary_search(left_out.begin(), left_out.end(), finding.source);
  });
}

// By place, so that the same input gives the same bytes; a thing said twice is said once.
void sort_findings(std::vector<Finding>& findings) {
  const auto key = [](const Finding& each) {
    return std::tie(each.source->path, each.span.begin, each.span.end, each.rule, each.message);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [&](const Finding& a, const Finding& b) { return key(a) == key(b); }),
                 findings.end());
}

Summary summarize(const Report& report, const RuleSet& rules) {
  Summary summary;
  summary.rules = rules.enabled_count();
  for (const History& history : report.project->histories) {
    // Of migrations in code the names are known, no more.
    if (!history.code.empty() && history.migrations.empty()) continue;
    ++summary.histories;
    for (const Migration& migration : history.migrations) {
      if (!migration.selected) continue;
      ++summary.migrations;
      summary.statements += static_cast<std::uint32_t>(migration.script.statements.size());
      summary.not_understood += static_cast<std::uint32_t>(migration.script.problems.size());
    }
  }
  for (const Finding& finding : report.findings) {
    if (finding.status != Status::open) {
      ++summary.suppressed;
    } else if (finding.severity == Severity::error) {
      ++summary.errors;
    } else if (finding.severity == Severity::warning) {
      ++summary.warnings;
    } else {
      ++summary.notes;
    }
  }
  return summary;
}

std::optional<Error> add_outside_findings(Outsider& outsider, Report& report) {
  auto said = outsider.findings();
  if (!said) return said.error();
  for (Outsider::Said& each : *said) {
    const OwnRule& rule =
        register_own_rule(report.own_rules, each.rule, each.severity, {}, each.why, {});
    Finding& finding = report.findings.emplace_back();
    finding.rule = rule.name;
    finding.family = own_family;
    finding.severity = each.severity;
    finding.source = each.source;
    finding.span = each.span;
    finding.message = std::move(each.message);
    finding.why = std::move(each.why);
    finding.help = std::move(each.help);
  }
  return std::nullopt;
}

// The project as it stood at the commit to compare with; what was not there then is left out.
Result<std::unique_ptr<Project>> load_base(const Settings& settings) {
  const FileSystem& files = *settings.base;
  project::LoadSettings load = load_settings(settings);
  for (std::string& path : load.paths) {
    while (!files.exists(path) && parent_path(path) != path) path = parent_path(path);
  }
  std::erase_if(load.paths, [&](const std::string& path) { return !files.exists(path); });
  std::erase_if(load.folders, [&](const auto& each) { return !files.is_directory(each.folder); });
  if (load.paths.empty()) return std::make_unique<Project>();
  return project::load(load, files);
}

}  // namespace

const RegisteredRule* Report::rule(std::string_view name) const {
  if (const auto index = find_rule(name)) return &all_rules()[*index];
  const OwnRule* own = find_own_rule(own_rules, name);
  return own ? &own->registered : nullptr;
}

Result<Report> lint(const Settings& settings, const FileSystem& files) {
  // Find the migration folders and read their journals. Beyond this point no file is read.
  auto project = project::load(load_settings(settings), files);
  if (!project) return project.error();
  auto judged = lint(settings, *std::move(project));
  if (!judged || !settings.base) return judged;
  Report report = *std::move(judged);

  // The same run on the commit to compare with says which findings are not new.
  auto base = load_base(settings);
  if (!base) return base.error();
  const auto before = lint(settings, *std::move(base));
  if (!before) return before.error();
  const std::uint32_t known = keep_new(*before, *report.project, report.findings);
  report.summary = summarize(report, RuleSet(settings, report.own_rules));
  report.summary.known = known;
  report.compared_with = settings.base_name;
  return report;
}

Result<Report> lint(const Settings& settings, std::unique_ptr<Project> project) {
  Report report;
  report.pg_version = settings.pg_version;
  report.assume_in_transaction = settings.assume_in_transaction;
  report.applied_through = settings.applied_through;
  report.now = settings.now;
  // Parse and lower every migration, in parallel; what cannot be read becomes a problem of its
  // script.
  project::parse(*project, settings.jobs);

  // Number the migrations in the order of replay. From here the project does not change.
  number_migrations(*project);

  // Replay history in the order its tool applies it; rules see each operation before it happens.
  // Sequential, because each step depends on the last: the output never depends on timing.
  for (const PatternRule& each : settings.pattern_rules)
    register_own_rule(report.own_rules, each.name, each.severity, each.message, each.why,
                      each.help);
  {
    const RuleSet rules(settings, report.own_rules);
    Judge judge(settings, rules, *project);
    if (settings.outsider) settings.outsider->begin(settings.pg_version);
    judge.run();
    std::deque<Finding> found = judge.take_findings();
    report.findings.assign(std::make_move_iterator(found.begin()),
                           std::make_move_iterator(found.end()));
  }
  // Hear what a plugin has to say of it.
  if (settings.outsider) {
    if (auto error = add_outside_findings(*settings.outsider, report)) return *std::move(error);
  }
  const RuleSet rules(settings, report.own_rules);
  report.project = std::move(project);

  // Narrow to what was asked for, and mark what somebody has answered for: ignore comments, the
  // configuration's `accept`, `appliedThrough`. From here findings only lose, but for comments that
  // hit nothing.
  keep_selected(*report.project, report.findings);
  sort_findings(report.findings);
  apply_ignore_comments(*report.project, rules, report.findings);
  apply_accepted(settings, *report.project, report.findings);
  report.unmatched = apply_baseline(settings, *report.project, report.findings);
  configure_severity(report.findings, rules);
  sort_findings(report.findings);
  report.summary = summarize(report, rules);
  return report;
}

}  // namespace migguard::lint
