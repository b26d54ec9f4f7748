#include <lint/accept.hpp>
#include <lint/identity.hpp>
#include <lint/ignore.hpp>
#include <project/tree.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace migguard::lint {
namespace {

bool within(Span inner, Span outer) {
  return inner.begin >= outer.begin && inner.begin < outer.end;
}

bool covers(const IgnoreComment& comment, const IgnoredRule& rule, const Finding& finding) {
  if (comment.ran_out || !comment.mistake.empty()) return false;
  if (!same_rule(rule.name, finding.rule)) return false;
  return comment.file || (!comment.covers_nothing && within(finding.span, comment.statement));
}

// Findings about ignore comments come from here and not from a listener; they obey the
// configuration all the same.
void report(const RuleSet& rules, std::string_view name, const SourceFile& source, Span span,
            std::string message, std::string help, std::vector<Finding>& findings) {
  const auto index = rules.find(name);
  if (!index || rules.verdict(*index, source.path) == RuleSet::Verdict::off) return;
  const RegisteredRule& rule = rules[*index];
  Finding finding;
  finding.rule = rule.name;
  finding.family = rule.family;
  finding.severity = rule.rule->severity;
  finding.source = &source;
  finding.span = span;
  finding.message = std::move(message);
  finding.why = std::string(rule.rule->why);
  finding.help = std::move(help);
  findings.push_back(std::move(finding));
}

std::vector<std::string_view> rule_names() {
  std::vector<std::string_view> names;
  for (const RegisteredRule& rule : all_rules()) names.push_back(rule.name);
  return names;
}

void report_useless(const SourceFile& source, const IgnoreComment& comment, const RuleSet& rules,
                    std::vector<Finding>& findings) {
  if (!comment.mistake.empty()) {
    report(rules, "unused-suppression", source, comment.span,
           cat("this comment ignores nothing: ", comment.mistake),
           "write `-- migguard: ignore RULE: reason`", findings);
    return;
  }
  if (comment.ran_out) {
    report(rules, "unused-suppression", source, comment.span,
           cat("this comment ignores nothing any more: it held until ", comment.until),
           "do what it put off and delete it, or give it another day", findings);
    return;
  }
  for (const IgnoredRule& rule : comment.rules) {
    if (!rules.find(rule.name)) {
      const auto names = rule_names();
      const auto meant = closest(rule.name, names);
      report(
          rules, "unknown-rule-in-suppression", source, rule.span,
          cat("no rule is named `", rule.name, "`"),
          meant ? cat("write `", *meant, "`") : std::string("see `migguard rules` for the names"),
          findings);
    } else if (!rule.used) {
      report(rules, "unused-suppression", source, rule.span,
             cat("`", rule.name, "` finds nothing ",
                 comment.file ? "in this file" : "at this statement"),
             "delete the name, or move the comment to the line above the statement it speaks of",
             findings);
    }
  }
}

// Of a file that holds both ways, a comment speaks of the way it stands in: those of the whole file
// and those before either belong to the way forward.
void keep_own(const Migration& migration, std::vector<IgnoreComment>& comments) {
  if (migration.ranges.empty()) return;
  std::erase_if(comments, [&](const IgnoreComment& comment) {
    const std::uint32_t at = comment.span.begin;
    if (!migration.rollback) return !comment.file && at >= migration.ranges.back().end;
    return comment.file ||
           std::none_of(migration.ranges.begin(), migration.ranges.end(),
                        [&](Span range) { return at >= range.begin && at < range.end; });
  });
}

void apply_to_file(const Migration& migration, std::vector<IgnoreComment> comments,
                   const RuleSet& rules, const std::vector<std::size_t>& of_file,
                   std::vector<Finding>& findings) {
  const SourceFile& source = *migration.source;
  keep_own(migration, comments);
  for (const std::size_t index : of_file) {
    Finding& finding = findings[index];
    for (IgnoreComment& comment : comments) {
      for (IgnoredRule& rule : comment.rules) {
        if (!covers(comment, rule, finding)) continue;
        rule.used = true;
        finding.status = Status::suppressed;
        finding.status_reason = std::string(comment.reason);
      }
    }
  }
  for (const IgnoreComment& comment : comments) {
    // A rule that is off finds nothing because it was not asked: its comment is not to blame.
    IgnoreComment asked = comment;
    for (IgnoredRule& rule : asked.rules) {
      const auto index = rules.find(rule.name);
      rule.used |= index && rules.verdict(*index, source.path) == RuleSet::Verdict::off;
    }
    report_useless(source, asked, rules, findings);
  }
}

}  // namespace

void apply_ignore_comments(const Project& project, const RuleSet& rules, std::int64_t now,
                           std::vector<Finding>& findings) {
  // Most projects have no such comment: which finding is whose is looked at with the first one.
  std::unordered_map<const SourceFile*, std::vector<std::size_t>> by_file;
  bool looked = false;
  const auto of_file = [&](const SourceFile* source) -> const std::vector<std::size_t>& {
    for (std::size_t index = 0; index < findings.size() && !looked; ++index)
      by_file[findings[index].source].push_back(index);
    looked = true;
    return by_file[source];
  };
  for (const History& history : project.histories) {
    for (const auto* list : {&history.migrations, &history.rollbacks}) {
      for (const Migration& migration : *list) {
        if (migration.script.comments.empty() || !migration.selected) continue;
        std::vector<IgnoreComment> comments =
            read_ignore_comments(*migration.source, migration.script, now);
        if (comments.empty()) continue;
        apply_to_file(migration, std::move(comments), rules, of_file(migration.source), findings);
      }
    }
  }
}

void apply_accepted(const Settings& settings, const Project& project,
                    std::vector<Finding>& findings) {
  // What a statement is called takes a scan of it: asked for only where an entry names one.
  const bool by_statement =
      std::any_of(settings.accept.begin(), settings.accept.end(), [](const Accepted& each) {
        return each.subject.starts_with("sql") || each.subject.starts_with("text");
      });
  const std::vector<Identity> identities =
      by_statement ? identify(project, findings) : std::vector<Identity>();
  for (std::size_t index = 0; index < findings.size(); ++index) {
    Finding& finding = findings[index];
    if (finding.status != Status::open) continue;
    for (const Accepted& each : settings.accept) {
      if (!same_rule(each.rule, finding.rule) || !glob_match(each.path, finding.source->path))
        continue;
      if (!each.subject.empty() && each.subject != finding.subject &&
          !(by_statement && each.subject == identities[index].subject))
        continue;
      finding.status = Status::accepted;
      finding.status_reason = each.reason;
      break;
    }
  }
  if (settings.applied_through.empty() && !project.database) return;
  std::unordered_map<const SourceFile*, std::string> applied;  // and who says so
  for (const History& history : project.histories) {
    for (const Migration& each : history.migrations) {
      if (each.applied)
        applied.emplace(each.source, cat("applied: ", project.database->shown, " holds it"));
    }
    const auto last = std::find_if(history.migrations.rbegin(), history.migrations.rend(),
                                   [&](const Migration& each) {
                                     const auto& ids = settings.applied_through;
                                     return std::find(ids.begin(), ids.end(), each.id) != ids.end();
                                   });
    for (auto each = last; each != history.migrations.rend(); ++each)
      applied.emplace(each->source, cat("applied: appliedThrough is ", last->id));
  }
  for (Finding& finding : findings) {
    const bool passed =
        finding.family != "history" && finding.family != "input" && finding.family != "jsonb";
    const auto found = passed ? applied.find(finding.source) : applied.end();
    if (finding.status != Status::open || found == applied.end()) continue;
    finding.status = Status::accepted;
    finding.status_reason = found->second;
  }
}

std::vector<BaselineEntry> apply_baseline(const Settings& settings, const Project& project,
                                          const RuleSet& rules, std::vector<Finding>& findings) {
  if (settings.baseline.empty()) return {};
  std::map<BaselineEntry, bool> entries;  // whether each matched
  for (const BaselineEntry& each : settings.baseline) entries.emplace(each, false);
  const auto identities = identify(project, findings);
  for (std::size_t index = 0; index < findings.size(); ++index) {
    Finding& finding = findings[index];
    const auto entry = entries.find({std::string(finding.rule), finding.source->path,
                                     identities[index].subject, identities[index].ordinal});
    if (entry == entries.end()) continue;
    entry->second = true;
    if (finding.status != Status::open) continue;
    finding.status = Status::accepted;
    finding.status_reason = "the baseline";
  }
  std::vector<BaselineEntry> unmatched;
  for (const auto& each : entries) {
    const BaselineEntry& entry = each.first;
    const bool matched = each.second;
    const bool linted =
        std::any_of(settings.paths.begin(), settings.paths.end(),
                    [&](const std::string& path) { return project::is_below(entry.path, path); });
    const bool judged = settings.outsider || rules.find(entry.rule);
    if (!matched && linted && judged) unmatched.push_back(entry);
  }
  return unmatched;
}

}  // namespace migguard::lint
