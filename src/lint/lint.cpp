#include <lint/accept.hpp>
#include <lint/group.hpp>
#include <lint/judge.hpp>
#include <lint/lint.hpp>
#include <lint/live.hpp>
#include <lint/narrow.hpp>
#include <lint/novelty.hpp>
#include <lint/order.hpp>
#include <lint/outsider.hpp>
#include <lint/rule_set.hpp>
#include <migguard/history.hpp>
#include <project/load.hpp>

#include <algorithm>

namespace migguard::lint {
namespace {

project::LoadSettings load_settings(const Settings& settings) {
  project::LoadSettings load;
  load.paths = settings.paths;
  load.ignore = settings.ignore;
  load.tool = settings.tool;
  load.folders = settings.folders;
  for (const Override& each : settings.overrides) load.overrides.push_back({each.paths, each.tool});
  load.nested_repositories = !settings.base;
  return load;
}

// One run has one configuration: what another one says would silently not hold.
std::optional<Error> second_configuration(const Settings& settings, const Project& project) {
  if (!settings.configuration) return std::nullopt;
  for (const std::string& path : project.configurations) {
    if (path == *settings.configuration) continue;
    return Error{
        cat(settings.configuration->empty()
                ? std::string("a configuration below the path linted is not read")
                : cat("a second configuration: this run reads `", *settings.configuration, "`"),
            "; move what it says into `overrides` of one above, or lint that folder apart: ",
            "migguard lint ", shell_word(parent_path(path))),
        path};
  }
  return std::nullopt;
}

// The configuration has the last word on severity, also where a rule chose one by the case.
void configure_severity(std::vector<Finding>& findings, const RuleSet& rules) {
  if (!rules.any_severity()) return;
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

Summary summarize(const Report& report) {
  Summary summary;
  summary.rules = report.summary.rules;
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

// The project as it stood at a commit; what was not there then is left out.
Result<std::unique_ptr<Project>> load_earlier(const Settings& settings, const FileSystem& files) {
  project::LoadSettings load = load_settings(settings);
  for (std::string& path : load.paths) {
    while (!files.exists(path) && parent_path(path) != path) path = parent_path(path);
  }
  std::erase_if(load.paths, [&](const std::string& path) { return !files.exists(path); });
  std::erase_if(load.folders, [&](const auto& each) { return !files.is_directory(each.folder); });
  if (load.paths.empty()) return std::make_unique<Project>();
  return project::load(load, files);
}

// What counts as applied: without it, everything would be as old as the commit compared with.
Result<std::vector<std::unique_ptr<Project>>> load_applied(const Settings& settings) {
  std::vector<std::unique_ptr<Project>> applied;
  for (const FileSystem* files :
       {settings.published ? settings.published : settings.base, settings.merging}) {
    if (!files) continue;
    auto project = load_earlier(settings, *files);
    if (!project) return project.error();
    applied.push_back(*std::move(project));
  }
  return applied;
}

// Every finding on its own, with what somebody has said about it. Errors: those of a plugin.
Result<Report> judge_all(const Settings& settings, std::unique_ptr<Project> project) {
  Report report;
  report.assume_in_transaction = settings.assume_in_transaction;
  report.applied_through = settings.applied_through;
  report.now = settings.now;
  report.pg_version = server_version(settings, *project);
  report.pg_version_of_images = !settings.pg_version_given && project->server_version;
  // Number the migrations in the order of replay.
  number_only(*project);

  // Parse and lower every migration, on several threads ahead of the replay; what cannot be read
  // becomes a problem of its script. Replay history in the order its tool applies it; rules see
  // each operation before it happens. The replay is sequential, because each step depends on the
  // last: the output never depends on timing.
  for (const PatternRule& each : settings.pattern_rules)
    register_own_rule(report.own_rules, each.name, each.severity, each.message, each.why,
                      each.help);
  const RuleSet compiled_and_patterns(settings, report.own_rules);
  project::Parsing parsing(*project, settings.jobs, settings.timings);
  if (settings.live) {
    parsing.finish();
    for (History& history : project->histories) settle_completeness(history);
    consult(*project, *settings.live);
  }
  Judge judge(settings, compiled_and_patterns, *project, parsing, report.pg_version);
  if (settings.outsider) settings.outsider->begin(report.pg_version);
  {
    const Stopwatch replaying(settings.timings, &Timings::replay);
    judge.run();
  }
  report.findings = judge.take_findings();
  report.schemas = judge.take_schemas();
  // Hear what a plugin has to say of it.
  if (settings.outsider) {
    if (auto error = add_outside_findings(*settings.outsider, report)) return *std::move(error);
  }
  // A plugin's rules are known by what it said.
  std::optional<RuleSet> with_outsiders;
  if (settings.outsider) with_outsiders.emplace(settings, report.own_rules);
  const RuleSet& rules = with_outsiders ? *with_outsiders : compiled_and_patterns;
  std::erase_if(report.findings, [&](const Finding& each) {
    return each.family == own_family &&
           rules.verdict(*rules.find(each.rule), each.source->path) == RuleSet::Verdict::off;
  });
  report.project = std::move(project);

  // Narrow to what was asked for, and mark what somebody has answered for: ignore comments, the
  // configuration's `accept`, `appliedThrough`. From here findings only lose, but for comments that
  // hit nothing.
  keep_selected(*report.project, report.findings);
  sort_findings(report.findings);
  apply_ignore_comments(*report.project, rules, settings.now, report.findings);
  apply_accepted(settings, *report.project, report.findings);
  report.unmatched = apply_baseline(settings, *report.project, rules, report.findings);
  configure_severity(report.findings, rules);
  sort_findings(report.findings);
  report.summary.rules = rules.enabled_count();
  return report;
}

// Says once what has one cause, and counts.
void finish(const Settings& settings, Report& report) {
  if (!settings.one_by_one) draw_together(report);
  report.summary = summarize(report);
}

}  // namespace

const RegisteredRule* Report::rule(std::string_view name) const {
  if (const auto index = find_rule(name)) return &all_rules()[*index];
  const OwnRule* own = find_own_rule(own_rules, name);
  return own ? &own->registered : nullptr;
}

int server_version(const Settings& settings, const Project& project) {
  return settings.pg_version_given ? settings.pg_version
                                   : project.server_version.value_or(settings.pg_version);
}

Result<Report> lint(const Settings& settings, const FileSystem& files) {
  // Find the migration folders and read their journals. Beyond this point no file is read.
  auto project = [&] {
    const Stopwatch reading(settings.timings, &Timings::read);
    return project::load(load_settings(settings), files);
  }();
  if (!project) return project.error();
  if (auto error = second_configuration(settings, **project)) return *std::move(error);
  if (!settings.base) return lint(settings, *std::move(project));

  // Say of each migration whether it is new: then no database has run it yet.
  auto applied = load_applied(settings);
  if (!applied) return applied.error();
  (*project)->earlier_commit = settings.base_commit;
  compare_with(*std::move(applied), **project);
  auto judged = judge_all(settings, *std::move(project));
  if (!judged) return judged.error();
  Report report = *std::move(judged);

  // The same run on the commits to compare with says which findings are not new.
  std::uint32_t known = 0;
  for (const FileSystem* each : {settings.base, settings.merging}) {
    if (!each) continue;
    auto earlier = load_earlier(settings, *each);
    if (!earlier) return earlier.error();
    const auto before = judge_all(settings, *std::move(earlier));
    if (!before) return before.error();
    known += keep_new(*before, report);
  }
  finish(settings, report);
  report.summary.known = known;
  report.compared_with = settings.base_name;
  return report;
}

Result<Report> lint(const Settings& settings, std::unique_ptr<Project> project) {
  auto report = judge_all(settings, std::move(project));
  if (report) finish(settings, *report);
  return report;
}

}  // namespace migguard::lint
