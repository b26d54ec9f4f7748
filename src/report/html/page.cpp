// The format `html`: a whole audit in one file that needs nothing else. It opens from a disk, holds
// no link to another host, and its content security policy lets nothing run but the script that is
// ours, by its hash.
#include <migguard/history.hpp>
#include <migguard/version.hpp>
#include <report/html/page.hpp>
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <report_page.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {

Page::Page(const lint::Report& of, const RenderOptions& with)
    : report(of), options(with), overview(overview_of(of)), chapters(chapters_of(of.findings)) {
  for (std::size_t index = 0; index < report.findings.size(); ++index)
    findings_[&report.findings[index]] = index + 1;
  for (std::size_t index = 0; index < overview.migrations.size(); ++index)
    sources_[overview.migrations[index].migration->source] = index;
}

std::string Page::anchor(const Finding& finding) const { return cat("f-", findings_.at(&finding)); }

const Rule* Page::rule(std::string_view name) const {
  const RegisteredRule* known = report.rule(name);
  return known ? known->rule : nullptr;
}

const MigrationRow* Page::row_of(const SourceFile* source) const {
  const auto known = sources_.find(source);
  return known == sources_.end() ? nullptr : &overview.migrations[known->second];
}

const MigrationRow* Page::row_of(const Migration* migration) const {
  return migration ? row_of(migration->source) : nullptr;
}

// ---- Parts -----------------------------------------------------------------------------------

void Page::begin_section(std::string_view id, std::string_view title, std::string_view remark) {
  out.begin("section", {{"id", std::string(id)}, {"aria-labelledby", cat(id, "-title")}});
  out.element("h2", {{"id", cat(id, "-title")}}, title);
  if (!remark.empty()) {
    out.begin("p", {{"class", "remark"}}).prose(remark).end();
  }
}

void Page::badge(Severity severity) {
  out.element("span", {{"class", cat("badge ", to_string(severity))}}, to_string(severity));
}

void Page::number_cell(std::size_t number, Severity severity) {
  out.element("td", {{"class", number > 0 ? cat("number ", to_string(severity)) : "number none"}},
              number > 0 ? std::to_string(number) : "·");
}

void Page::place(const Finding& finding) {
  const Place where = place_of(finding.source, finding.span);
  const std::string path = printable(path_in(options.repository, where.path));
  out.element("a", {{"class", "place"}, {"href", cat("#", anchor(finding))}},
              where.whole_file ? path : cat(path, ":", where.begin.line));
}

void Page::rule_link(std::string_view rule) {
  out.element("a", {{"class", "rule"}, {"href", cat("#", rule_anchor(rule))}}, rule);
}

void Page::migration_link(const MigrationRow& row) {
  out.element("a", {{"href", cat("#", anchor(row))}}, row.migration->id);
}

void Page::code(std::string_view text) {
  out.begin("div", {{"class", "code"}});
  // Shown by the script, without which it could do nothing.
  out.element("button", {{"type", "button"}, {"class", "copy"}, {"hidden", ""}}, "Copy");
  out.begin("pre", {{"tabindex", "0"}}).element("code", text).end().end();
}

void Page::help(std::string_view text) {
  for (const HelpPart& part : help_parts(text)) {
    if (part.code) {
      code(part.text);
    } else {
      out.begin("p").sentence(part.text).end();
    }
  }
}

void Page::excerpt(const SourceFile& source, Span span) {
  constexpr std::uint32_t most_lines = 8, around = 1;
  constexpr std::size_t most_bytes = 400;  // of a line
  const Place where = place_of(&source, span);
  if (where.whole_file || span.begin >= source.text.size()) return;
  const std::uint32_t first = where.begin.line > around ? where.begin.line - around : 1;
  const std::uint32_t last =
      std::min({where.end.line + around, source.line_count(), first + most_lines - 1});
  out.begin("pre", {{"class", "source"}, {"tabindex", "0"}});
  for (std::uint32_t number = first; number <= last; ++number) {
    const std::size_t begin = source.line_begin(number);
    std::string_view line = source.line(number);
    // The part of the line to show is the one around what is to blame.
    std::size_t skip = 0;
    if (line.size() > most_bytes && number == where.begin.line &&
        span.begin > begin + most_bytes / 2)
      skip = std::min(span.begin - begin - most_bytes / 2, line.size() - most_bytes);
    while (skip > 0 && (static_cast<unsigned char>(line[skip]) & 0xC0U) == 0x80U) --skip;
    std::size_t size = std::min(line.size() - skip, most_bytes);
    while (skip + size < line.size() &&
           (static_cast<unsigned char>(line[skip + size]) & 0xC0U) == 0x80U)
      ++size;
    const std::string_view shown = line.substr(skip, size);
    const std::size_t from = begin + skip;
    const std::size_t mark_begin =
        std::clamp<std::size_t>(span.begin, from, from + shown.size()) - from;
    const std::size_t mark_end =
        std::clamp<std::size_t>(span.end, from + mark_begin, from + shown.size()) - from;
    out.element("span", {{"class", "line"}}, std::to_string(number)).text(skip > 0 ? "…" : "");
    out.text(shown.substr(0, mark_begin));
    if (mark_end > mark_begin) out.element("mark", shown.substr(mark_begin, mark_end - mark_begin));
    out.text(shown.substr(mark_end)).text(skip + size < line.size() ? "…\n" : "\n");
  }
  if (last < where.end.line) out.element("span", {{"class", "line"}}, "…").text("\n");
  out.end();
}

void Page::state(const Finding& finding) {
  if (finding.status == Status::open) {
    badge(finding.severity);
    return;
  }
  const bool applied = finding.status_reason.starts_with("applied");
  out.element("span", {{"class", "badge history"}, {"title", finding.status_reason}},
              applied ? "applied" : to_string(finding.status));
}

// ---- The page --------------------------------------------------------------------------------

namespace {

struct Entry {
  std::string_view id, title;
};
constexpr std::array<Entry, 10> contents{{{"plan", "Plan"},
                                          {"verification", "Real server"},
                                          {"time-line", "History"},
                                          {"journals", "Journals"},
                                          {"destructive", "Destructive"},
                                          {"locks", "Locks"},
                                          {"jsonb", "JSON"},
                                          {"tables", "Tables"},
                                          {"findings", "Findings"},
                                          {"rules", "Rules"}}};

// `default-src 'none'`: no network, no frame, no form; the script by its hash. Style sheets have no
// nonce in a file, and ours is the only one.
std::string policy() {
  Sha256 script, style;
  script.add(page_js);
  style.add(page_css);
  return cat("default-src 'none'; script-src 'sha256-", script.base64(), "'; style-src 'sha256-",
             style.base64(), "'; base-uri 'none'; form-action 'none'");
}

}  // namespace

void write_head(HtmlWriter& out, std::string_view title) {
  out.begin("head");
  out.empty("meta", {{"charset", "utf-8"}});
  out.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy()}});
  out.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  out.empty("meta", {{"name", "generator"}, {"content", cat("migguard ", version)}});
  out.element("title", title).style(page_css).end();
}

std::string html(const lint::Report& report, const RenderOptions& options) {
  Page page(report, options);
  HtmlWriter& out = page.out;
  const std::string_view root = report.project ? std::string_view(report.project->root) : "";
  const std::string title =
      cat("Migration audit", root.empty() || root == "." ? "" : cat(": ", root));

  // The sections know best whether there is anything to show: they are written first, and the
  // contents then name those that are there.
  write_plan(page);
  if (options.verification) write_verification(out, *options.verification, &page);
  write_time_line(page);
  write_journals(page);
  write_destructive(page);
  write_locks(page);
  write_jsonb(page);
  write_tables(page);
  write_findings(page);
  write_answered(page);
  write_rules(page);
  const std::string sections = out.take();

  out.begin("html", {{"lang", "en"}});
  write_head(out, title);
  out.begin("body");
  out.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the report");
  out.begin("header").element("h1", title).begin("p", {{"class", "remark"}});
  out.text(cat("migguard ", version, ", PostgreSQL ", report.pg_version));
  if (report.now > 0) out.text(cat(", ", utc_date(report.now)));
  out.end().begin("nav", {{"aria-label", "Sections"}}).begin("ul");
  for (const Entry& each : contents) {
    if (sections.find(cat("<section id=\"", each.id, "\"")) == std::string::npos) continue;
    out.begin("li").element("a", {{"href", cat("#", each.id)}}, each.title).end();
  }
  out.end().end().end();
  out.begin("main", {{"id", "main"}});
  write_summary(page);
  std::string text = cat("<!doctype html>\n", out.take(), sections);
  out.end();
  out.begin("footer").begin("p");
  const bool asked = report.project && report.project->database;
  out.text(cat("Made by migguard from files",
               asked ? " and from what a database says" : " alone: no database was asked"));
  out.text(options.verification ? "; the migrations ran on the server named above. "
           : asked              ? "; nothing was executed. "
                                : ", and nothing was executed. ");
  out.prose("`migguard explain RULE` tells more about a rule.").end().end();
  out.script(page_js).end().end();
  text += cat(out.take(), "\n");
  return text;
}

}  // namespace migguard::report
