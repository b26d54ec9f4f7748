// The findings as the page shows them: what destroys, what locks, what stands in JSON, then all of
// them with their source, and the rules they lead to.
#include <migguard/rule.hpp>
#include <report/html/page.hpp>
#include <report/place.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace migguard::report {
namespace {

void head(HtmlWriter& out, std::initializer_list<std::string_view> names) {
  out.begin("thead").begin("tr");
  for (const std::string_view each : names) out.element("th", {{"scope", "col"}}, each);
  out.end().end();
}

// Findings of a family, those that are an alarm first.
std::vector<const Finding*> of_family(const Page& page, std::string_view family) {
  std::vector<const Finding*> found;
  for (const Finding& each : page.report.findings)
    if (each.family == family) found.push_back(&each);
  std::stable_sort(found.begin(), found.end(), [](const Finding* a, const Finding* b) {
    return (a->status == Status::open) > (b->status == Status::open);
  });
  return found;
}

std::string alarms_and_history(const std::vector<const Finding*>& found) {
  const auto open =
      static_cast<std::size_t>(std::count_if(found.begin(), found.end(), [](const Finding* each) {
        return each->status == Status::open;
      }));
  std::string out = cat(open, " to answer");
  if (open < found.size()) out += cat(", ", found.size() - open, " applied or accepted");
  return out + ".";
}

void migration_cell(Page& page, const Finding& finding) {
  page.out.begin("th", {{"scope", "row"}});
  if (const MigrationRow* row = page.row_of(finding.source)) {
    page.migration_link(*row);
  } else {
    page.out.text(printable(file_name(finding.source->path)));
  }
  page.out.end();
}

// A statement in one line.
std::string shortened(std::string_view text, std::size_t most) {
  std::string line;
  for (const char each : text) {
    const bool blank = each == ' ' || each == '\n' || each == '\t' || each == '\r';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : each;
    if (line.size() > most) break;
  }
  if (line.size() <= most) return line;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return cat(line.substr(0, end), "…");
}

std::string data(const Finding& finding, const std::string& name) {
  const auto known = finding.data.find(name);
  return known == finding.data.end() ? std::string() : known->second;
}

// What one remedy answers: every place with its source, then the remedy once.
void write_group(Page& page, const std::vector<const Finding*>& group) {
  constexpr std::size_t sources_shown = 3;
  HtmlWriter& out = page.out;
  out.begin("article").begin("ul", {{"class", "found"}});
  for (std::size_t index = 0; index < group.size(); ++index) {
    const Finding& finding = *group[index];
    const Place where = place_of(finding.source, finding.span);
    const std::string path = printable(path_in(page.options.repository, where.path));
    out.begin("li", {{"id", page.anchor(finding)},
                     {"class", "finding"},
                     {"data-severity", std::string(to_string(finding.severity))},
                     {"data-family", std::string(finding.family)}});
    page.badge(finding.severity);
    out.text(" ").begin("span", {{"class", "message"}}).sentence(finding.message).end();
    out.begin("p", {{"class", "at"}});
    out.element("code", where.whole_file
                            ? path
                            : cat(path, ":", where.begin.line, ":", where.begin.column));
    if (const MigrationRow* row = page.row_of(finding.source)) {
      out.text(" in migration ");
      page.migration_link(*row);
    }
    out.end();
    const bool folded = index >= sources_shown;
    if (folded && !where.whole_file) out.begin("details").element("summary", "source");
    page.excerpt(*finding.source, finding.span);
    for (const Label& label : finding.labels) {
      if (!label.source) continue;
      out.begin("p", {{"class", "at"}}).prose(label.text).text(" ");
      out.element("code", to_string(place_of(label.source, label.span))).end();
    }
    if (folded && !where.whole_file) out.end();
    out.end();
  }
  out.end();
  const Finding& first = *group.front();
  if (!first.why.empty()) {
    out.begin("p", {{"class", "why"}}).element("strong", "Why: ").prose(first.why).end();
  }
  if (!first.help.empty()) {
    out.begin("div", {{"class", "help"}});
    page.help(first.help);
    out.end();
  }
  out.end();
}

void write_filters(Page& page) {
  HtmlWriter& out = page.out;
  std::set<std::string_view> families;
  for (const Chapter& each : page.chapters) families.insert(each.family);
  // Shown by the script, without which it could do nothing.
  out.begin("form", {{"id", "filters"}, {"hidden", ""}, {"role", "search"}});
  out.begin("label").text("Search ");
  out.empty("input", {{"type", "search"},
                      {"name", "text"},
                      {"placeholder", "table, file, rule"},
                      {"autocomplete", "off"}});
  out.end();
  out.begin("fieldset").element("legend", "Severity");
  for (const std::string_view each : {"error", "warning", "note"}) {
    out.begin("label", {{"class", std::string(each)}});
    out.empty("input", {{"type", "checkbox"},
                        {"name", "severity"},
                        {"value", std::string(each)},
                        {"checked", ""}});
    out.text(cat(" ", each)).end();
  }
  out.end();
  out.begin("label").text("Family ").begin("select", {{"name", "family"}});
  out.element("option", {{"value", ""}}, "all");
  for (const std::string_view each : families)
    out.element("option", {{"value", std::string(each)}}, each);
  out.end().end();
  out.element("output", {{"id", "shown"}, {"aria-live", "polite"}}, "");
  out.end();
}

}  // namespace

void write_destructive(Page& page) {
  const auto found = of_family(page, "destructive");
  if (found.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("destructive", "What destroys data", alarms_and_history(found));
  out.begin("div", {{"class", "scroll"}}).begin("table");
  head(out, {"migration", "what happens", "place", "rule", "state"});
  out.begin("tbody");
  for (const Finding* each : found) {
    out.begin("tr", {{"class", each->status == Status::open ? "" : "history"}});
    migration_cell(page, *each);
    out.begin("td").sentence(each->message).end();
    out.begin("td");
    page.place(*each);
    out.end().begin("td");
    page.rule_link(each->rule);
    out.end().begin("td");
    page.state(*each);
    out.end().end();
  }
  out.end().end().end();
  page.end_section();
}

void write_locks(Page& page) {
  const Overview& overview = page.overview;
  if (overview.locks.empty()) return;
  HtmlWriter& out = page.out;
  std::string remark = cat(
      "Statements that keep others waiting for a time that grows with the table, on PostgreSQL ",
      page.report.pg_version, ".");
  if (overview.brief_locks > 0)
    remark += cat(" ", count(overview.brief_locks, "other statement"),
                  overview.brief_locks == 1 ? " locks" : " lock",
                  " readers out for a moment; `migguard locks` shows them all.");
  page.begin_section("locks", "Locks that would hurt", remark);
  out.begin("div", {{"class", "scroll"}}).begin("table");
  head(out, {"migration", "statement", "relation", "lock", "who waits", "meanwhile"});
  out.begin("tbody");
  for (const LockingStatement& each : overview.locks) {
    const MigrationRow& row = overview.migrations[each.migration];
    const SourceFile& source = *row.migration->source;
    const Span span = each.statement.span;
    const auto line = place_of(&source, span).begin.line;
    for (std::size_t index = 0; index < each.rows.size(); ++index) {
      const LockRow& lock = each.rows[index];
      out.begin("tr", {{"class", row.applied ? "history" : ""}});
      if (index == 0) {
        const std::string rows = std::to_string(each.rows.size());
        out.begin("th", {{"scope", "row"}, {"rowspan", rows}});
        page.migration_link(row);
        out.text(cat(":", line));
        if (row.applied) out.text(" ").element("span", {{"class", "badge history"}}, "applied");
        out.end();
        out.begin("td", {{"rowspan", rows}});
        out.element(
            "code",
            shortened(std::string_view(source.text).substr(span.begin, span.end - span.begin),
                      160));
        out.end();
      }
      out.begin("td").element("code", lock.relation).end();
      out.element("td", lock.mode).element("td", lock.who);
      out.element("td", lock.why.empty() ? lock.work : cat(lock.work, ": ", lock.why));
      out.end();
    }
  }
  out.end().end().end();
  page.end_section();
}

void write_jsonb(Page& page) {
  const auto found = of_family(page, "jsonb");
  if (found.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("jsonb", "Money and business values in JSON, by column",
                     alarms_and_history(found));
  std::map<std::string, std::vector<const Finding*>> by_column;
  for (const Finding* each : found) by_column[data(*each, "column")].push_back(each);
  out.begin("div", {{"class", "scroll"}}).begin("table");
  head(out, {"column", "key", "access", "confidence", "typed column instead", "place", "state"});
  out.begin("tbody");
  for (const auto& [column, findings] : by_column) {
    for (std::size_t index = 0; index < findings.size(); ++index) {
      const Finding& each = *findings[index];
      out.begin("tr", {{"class", each.status == Status::open ? "" : "history"}});
      if (index == 0) {
        out.begin("th", {{"scope", "rowgroup"}, {"rowspan", std::to_string(findings.size())}});
        out.element("code", column.empty() ? "?" : column).end();
      }
      out.begin("td").element("code", data(each, "path")).end();
      out.element("td", data(each, "access")).element("td", data(each, "confidence"));
      const std::string suggestion = data(each, "suggestion");
      out.begin("td");
      if (!suggestion.empty()) out.element("code", suggestion);
      out.end().begin("td");
      page.place(each);
      out.end().begin("td");
      page.state(each);
      out.end().end();
    }
  }
  out.end().end().end();
  page.end_section();
}

void write_findings(Page& page) {
  if (page.chapters.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("findings", "Every finding", "By rule, the gravest first.");
  write_filters(page);
  for (const Chapter& chapter : page.chapters) {
    out.begin("div", {{"class", "chapter"}, {"id", cat("chapter-", chapter.rule)}});
    out.begin("h3");
    page.badge(chapter.severity);
    out.text(" ");
    page.rule_link(chapter.rule);
    out.text(" ").element("span", {{"class", "times"}},
                          cat(count(chapter.findings.size(), "finding"), ", ", chapter.family));
    out.end();
    for (const auto& group : by_remedy(chapter, Severity::note)) write_group(page, group);
    out.end();
  }
  page.end_section();
}

void write_answered(Page& page) {
  std::vector<const Finding*> answered;
  for (const Finding& each : page.report.findings)
    if (each.status != Status::open) answered.push_back(&each);
  if (answered.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("answered", "History, and what was accepted",
                     "No alarms: what was applied long ago, or answered for.");
  out.begin("details");
  out.element("summary", count(answered.size(), "finding"));
  out.begin("div", {{"class", "scroll"}}).begin("table");
  head(out, {"migration", "what it says", "place", "rule", "why it is no alarm"});
  out.begin("tbody");
  for (const Finding* each : answered) {
    out.begin("tr", {{"id", page.anchor(*each)}, {"class", "history"}});
    migration_cell(page, *each);
    out.begin("td").sentence(each->message).end();
    const Place where = place_of(each->source, each->span);
    const std::string path = printable(path_in(page.options.repository, where.path));
    out.begin("td").element("code", where.whole_file ? path : cat(path, ":", where.begin.line));
    out.end().begin("td");
    page.rule_link(each->rule);
    out.end();
    out.element("td", each->status_reason.empty() ? to_string(each->status)
                                                  : std::string_view(each->status_reason));
    out.end();
  }
  out.end().end().end().end();
  page.end_section();
}

void write_rules(Page& page) {
  std::set<std::string_view> named;
  for (const Finding& each : page.report.findings) named.insert(each.rule);
  if (named.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("rules", "The rules behind them");
  for (const std::string_view name : named) {
    const Rule* rule = page.rule(name);
    out.begin("div", {{"class", "about"}, {"id", Page::rule_anchor(name)}});
    out.begin("h3").text(name);
    if (rule) out.text(" ").element("small", to_string(rule->severity));
    out.end();
    if (rule) {
      if (!rule->summary.empty()) out.begin("p").sentence(rule->summary).text(".").end();
      if (!rule->why.empty()) out.begin("p").prose(rule->why).end();
      if (!rule->instead.empty()) {
        out.begin("details").element("summary", "Instead");
        page.help(rule->instead);
        out.end();
      }
    }
    out.end();
  }
  page.end_section();
}

}  // namespace migguard::report
