// The audit as Markdown, for a wiki: the same sections as the page of the format `html`.
#include <migguard/history.hpp>
#include <report/chapters.hpp>
#include <report/markdown_text.hpp>
#include <report/overview.hpp>
#include <report/place.hpp>
#include <report/style.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace migguard::report {
namespace {

std::string where(const Finding& finding, const RenderOptions& options) {
  const Place place = place_of(finding.source, finding.span);
  const std::string path = path_in(options.repository, place.path);
  return markdown_code(place.whole_file ? path : cat(path, ":", place.begin.line));
}

std::string state(const Finding& finding) {
  if (finding.status == Status::open) return std::string(to_string(finding.severity));
  return finding.status_reason.empty() ? std::string(to_string(finding.status))
                                       : markdown_prose(finding.status_reason);
}

std::string head(std::initializer_list<std::string_view> names) {
  std::string out = "\n|", rule = "\n|";
  for (const std::string_view each : names) {
    out += cat(" ", each, " |");
    rule += " --- |";
  }
  return cat(out, rule, "\n");
}

std::string number(std::size_t value) { return value > 0 ? std::to_string(value) : "·"; }

std::vector<const Finding*> of_family(const lint::Report& report, std::string_view family) {
  std::vector<const Finding*> found;
  for (const Finding& each : report.findings)
    if (each.family == family) found.push_back(&each);
  std::stable_sort(found.begin(), found.end(), [](const Finding* a, const Finding* b) {
    return (a->status == Status::open) > (b->status == Status::open);
  });
  return found;
}

std::string summary(const lint::Report& report, const std::vector<Chapter>& chapters) {
  const lint::Summary& sum = report.summary;
  std::string out =
      cat("**", count(sum.errors, "error"), "**, ", count(sum.warnings, "warning"), " and ",
          count(sum.notes, "note"), " in ", count(sum.migrations, "migration"), " (",
          count(sum.statements, "statement"), "), PostgreSQL ", report.pg_version);
  if (sum.suppressed > 0) out += cat("; ", sum.suppressed, " applied long ago or accepted");
  out += ".\n";
  if (chapters.empty()) return out;
  out += head({"errors", "warnings", "notes", "rule", "family"});
  for (const Chapter& each : chapters) {
    out += cat("| ", number(each.errors), " | ", number(each.warnings), " | ", number(each.notes),
               " | ", markdown_code(each.rule), " | ", each.family, " |\n");
  }
  return out;
}

std::string plan(const std::vector<Chapter>& chapters, const RenderOptions& options) {
  constexpr std::size_t shown_places = 5, shown_code = 6;
  const auto steps = steps_of(chapters, Severity::warning);
  if (steps.empty()) return {};
  std::string out = "\n## What to do, in this order\n";
  std::size_t index = 0;
  for (const Step& step : steps) {
    out += cat("\n### ", ++index, ". ", markdown_prose(step.first().message));
    if (step.findings.size() > 1) out += cat(" (×", step.findings.size(), ")");
    out += cat("\n\n", to_string(step.severity), " ", markdown_code(step.first().rule), " at ");
    for (std::size_t at = 0; at < std::min(step.findings.size(), shown_places); ++at)
      out += cat(at > 0 ? ", " : "", where(*step.findings[at], options));
    if (step.findings.size() > shown_places)
      out += cat(" and ", count(step.findings.size() - shown_places, "other place"));
    out += "\n";
    std::set<std::string_view> told;
    for (const Finding* each : step.findings) {
      if (told.size() == shown_code || !told.insert(each->help).second) continue;
      out += cat("\n", markdown_help(each->help));
    }
  }
  return out;
}

std::string history(const Overview& overview) {
  if (overview.migrations.empty()) return {};
  std::string out = "\n## The history, with the risk of each migration\n";
  out += head({"#", "migration", "date", "state", "tables it touches", "errors", "warnings",
               "notes", "answered"});
  for (const MigrationRow& row : overview.migrations) {
    std::string tables;
    for (const std::size_t table : row.tables)
      tables += cat(tables.empty() ? "" : ", ", markdown_code(overview.tables[table].name));
    out += cat("| ", row.number, " | ", markdown_code(row.migration->id), " | ", row.date, " | ",
               !row.migration->listed ? "never runs"
               : row.applied          ? "applied"
                                      : "",
               " | ", tables, " | ", number(row.errors), " | ", number(row.warnings), " | ",
               number(row.notes), " | ", number(row.answered), " |\n");
  }
  return out;
}

std::string_view presence(Presence what) {
  return what == Presence::yes ? "yes" : what == Presence::no ? "**no**" : "·";
}

std::string wrong(const std::vector<const Finding*>& findings) {
  std::string out;
  for (const Finding* each : findings)
    out += cat(out.empty() ? "" : "; ", "**", to_string(each->severity), "** ",
               markdown_prose(each->message));
  return out;
}

std::string journals(const Overview& overview) {
  std::string out;
  for (const JournalTable& table : overview.journals) {
    out += cat(out.empty() ? "\n## Journals beside files\n" : "", "\n### ",
               markdown_code(table.history->folder), "\n\n", display_name(table.history->tool), " ",
               table.journal, ".\n");
    if (!table.others.empty()) out += cat("\n", wrong(table.others), "\n");
    if (table.rows.empty()) continue;
    out += head({"#", "migration", "when", "in the journal", "file", "snapshot", "database",
                 "what is wrong"});
    for (const JournalRow& row : table.rows) {
      out += cat("| ", row.place, " | ", markdown_code(row.name), " | ", row.when, " | ",
                 presence(row.journal), " | ", presence(row.file), " | ", presence(row.snapshot),
                 " | ", presence(row.database), " | ", wrong(row.findings), " |\n");
    }
  }
  return out;
}

std::string destructive(const lint::Report& report, const RenderOptions& options) {
  const auto found = of_family(report, "destructive");
  if (found.empty()) return {};
  std::string out = "\n## What destroys data\n";
  out += head({"place", "what happens", "rule", "state"});
  for (const Finding* each : found)
    out += cat("| ", where(*each, options), " | ", markdown_prose(each->message), " | ",
               markdown_code(each->rule), " | ", state(*each), " |\n");
  return out;
}

std::string locks(const Overview& overview, const lint::Report& report) {
  if (overview.locks.empty()) return {};
  std::string out =
      cat("\n## Locks that would hurt\n\nStatements that keep others waiting for a "
          "time that grows with the table, on PostgreSQL ",
          report.pg_version, ".\n");
  out += head({"migration", "relation", "lock", "who waits", "meanwhile", "state"});
  for (const LockingStatement& each : overview.locks) {
    const MigrationRow& row = overview.migrations[each.migration];
    const auto line = place_of(row.migration->source, each.statement.span).begin.line;
    for (const LockRow& lock : each.rows) {
      const std::string work = lock.why.empty() ? lock.work : cat(lock.work, ": ", lock.why);
      out += cat("| ", markdown_code(cat(row.migration->id, ":", line)), " | ",
                 markdown_code(lock.relation), " | ", lock.mode, " | ", lock.who, " | ",
                 markdown_prose(work), " | ", row.applied ? "applied" : "", " |\n");
    }
  }
  return out;
}

std::string jsonb(const lint::Report& report, const RenderOptions& options) {
  const auto found = of_family(report, "jsonb");
  if (found.empty()) return {};
  const auto data = [](const Finding& finding, const std::string& name) {
    const auto known = finding.data.find(name);
    return known == finding.data.end() || known->second.empty() ? std::string()
                                                                : markdown_code(known->second);
  };
  std::map<std::string, std::vector<const Finding*>> by_column;
  for (const Finding* each : found) by_column[data(*each, "column")].push_back(each);
  std::string out = "\n## Money and business values in JSON, by column\n";
  out += head({"column", "key", "access", "confidence", "typed column instead", "place", "state"});
  for (const auto& [column, findings] : by_column) {
    for (const Finding* each : findings)
      out += cat("| ", column, " | ", data(*each, "path"), " | ", data(*each, "access"), " | ",
                 data(*each, "confidence"), " | ", data(*each, "suggestion"), " | ",
                 where(*each, options), " | ", state(*each), " |\n");
  }
  return out;
}

std::string tables(const Overview& overview) {
  if (overview.tables.empty()) return {};
  std::string out = "\n## Which tables are touched by what\n";
  out += head({"table", "migrations", "what they did"});
  for (const TableRow& table : overview.tables) {
    out += cat("| ", markdown_code(table.name), table.dropped ? " (dropped)" : "", " | ",
               table.uses.size(), " | ");
    for (std::size_t index = 0; index < table.uses.size(); ++index) {
      const TableRow::Use& use = table.uses[index];
      out += cat(index > 0 ? "; " : "",
                 markdown_code(overview.migrations[use.migration].migration->id), " ",
                 touch_words(use.touches));
    }
    out += " |\n";
  }
  return out;
}

std::string findings(const std::vector<Chapter>& chapters, const RenderOptions& options) {
  std::string out;
  for (const Chapter& chapter : chapters) {
    out += cat(out.empty() ? "\n## Every finding\n" : "", "\n### ", markdown_code(chapter.rule),
               " (", chapter.family, ")\n");
    for (const auto& group : by_remedy(chapter, Severity::note)) {
      out += '\n';
      for (const Finding* each : group)
        out += cat("- ", to_string(each->severity), " ", where(*each, options), ": ",
                   markdown_prose(each->message), "\n");
      if (!group.front()->why.empty())
        out += cat("\n*Why:* ", markdown_prose(group.front()->why), "\n");
    }
  }
  return out;
}

}  // namespace

std::string audit_markdown(const lint::Report& report, const RenderOptions& options) {
  const std::vector<Chapter> chapters = chapters_of(report.findings);
  const Overview overview = overview_of(report);
  const std::string root = report.project ? report.project->root : std::string();
  std::string out = "# Migration audit";
  if (!root.empty() && root != ".") out += cat(": ", markdown_code(root));
  out += "\n\n";
  if (report.now > 0) out += cat(utc_date(report.now), ". ");
  return cat(out, summary(report, chapters), plan(chapters, options), history(overview),
             journals(overview), destructive(report, options), locks(overview, report),
             jsonb(report, options), tables(overview),
             options.verification ? verification_chapter(*options.verification) : std::string(),
             findings(chapters, options),
             "\n<sub>`migguard explain RULE` tells more about a rule.</sub>\n");
}

}  // namespace migguard::report
