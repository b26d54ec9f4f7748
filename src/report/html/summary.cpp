// The beginning of the page: what one understands in ten seconds, and what to do first.
#include <migguard/history.hpp>
#include <report/html/page.hpp>
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <report/verification_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace migguard::report {
namespace {

void tile(HtmlWriter& out, std::size_t number, std::string_view what, std::string_view kind,
          std::string_view target) {
  out.begin("li", {{"class", cat("tile ", number > 0 ? kind : "none")}});
  const auto content = [&] {
    out.element("strong", std::to_string(number)).text(" ").element("span", what);
  };
  if (number > 0 && !target.empty()) {
    out.begin("a", {{"href", std::string(target)}});
    content();
    out.end();
  } else {
    content();
  }
  out.end();
}

std::string plural(std::size_t number, std::string_view noun) {
  return cat(noun, number == 1 ? "" : "s");
}

std::string verdict(const Page& page) {
  const lint::Summary& summary = page.report.summary;
  const std::string what = cat("in ", count(summary.migrations, "migration"));
  if (summary.errors > 0)
    return cat(count(summary.errors, "error"), " ", what,
               ": this history is not safe to run as it stands.");
  if (page.options.verification && !page.options.verification->clean())
    return cat("The files show no error ", what, ", but a real server does.");
  if (summary.warnings > 0)
    return cat("No errors, but ", count(summary.warnings, "warning"), " ", what, " to look at.");
  if (summary.histories == 0) return "No migrations were found.";
  return cat("Nothing dangerous was found ", what, ".");
}

// Findings of one rule in one line: in their own words where they are the same, else in those of
// the rule.
std::string headline(const Page& page, const std::vector<const Finding*>& findings) {
  const Finding& first = *findings.front();
  const bool same = std::all_of(findings.begin(), findings.end(), [&](const Finding* each) {
    return each->message == first.message;
  });
  const Rule* rule = page.rule(first.rule);
  return same || !rule || rule->summary.empty() ? first.message : std::string(rule->summary);
}

void write_what_the_server_says(HtmlWriter& out, const lint::Verification& verification) {
  out.begin("p").element("span", {{"class", verification.clean() ? "good-text" : "wrong-text"}},
                         "On a real server: ");
  out.text(cat(applied_sentence(verification), ": "));
  out.element("a", {{"href", "#verification"}}, outcome(verification)).end();
}

void write_histories(Page& page) {
  HtmlWriter& out = page.out;
  out.begin("ul", {{"class", "histories"}});
  for (const History& each : page.report.project->histories) {
    std::size_t statements = 0;
    for (const Migration& migration : each.migrations)
      statements += migration.script.statements.size();
    out.begin("li").element("code", each.folder).text(cat(": ", display_name(each.tool), ", "));
    out.text(count(each.migrations.size() + each.code.size(), "migration"));
    out.text(cat(" (", count(statements, "statement"), ")"));
    if (!each.rollbacks.empty()) out.text(cat(", ", count(each.rollbacks.size(), "rollback")));
    if (each.dialect == Dialect::sqlite && each.migrated)
      out.text("; run by SQLite itself, in memory");
    else if (each.dialect != Dialect::postgresql)
      out.text("; not PostgreSQL, so its SQL is not checked");
    out.end();
  }
  out.end();
}

void write_places(Page& page, const Step& step) {
  constexpr std::size_t shown = 3;
  HtmlWriter& out = page.out;
  out.begin("p", {{"class", "places"}});
  page.rule_link(step.first().rule);
  out.text(" at ");
  for (std::size_t index = 0; index < std::min(shown, step.findings.size()); ++index) {
    if (index > 0) out.text(", ");
    page.place(*step.findings[index]);
  }
  out.end();
  if (step.findings.size() <= shown) return;
  out.begin("details", {{"class", "places"}});
  out.element("summary", cat(count(step.findings.size() - shown, "more place"))).begin("p");
  for (std::size_t index = shown; index < step.findings.size(); ++index) {
    if (index > shown) out.text(", ");
    page.place(*step.findings[index]);
  }
  out.end().end();
}

// What the first finding's help says, and the code of every one in a single piece, to be pasted at
// once.
void write_remedy(Page& page, const Step& step) {
  constexpr std::size_t most = 12;
  const auto parts = help_parts(step.first().help);
  const auto own_prose =
      std::count_if(parts.begin(), parts.end(), [](const HelpPart& part) { return !part.code; });
  if (own_prose > 1) {
    // Steps of their own: what stands between them cannot be told apart from what they do.
    page.help(step.first().help);
  } else {
    if (own_prose == 1) page.out.begin("p").sentence(parts.front().text).end();
    std::set<std::string> told;
    std::string code;
    for (const Finding* finding : step.findings) {
      for (const HelpPart& part : help_parts(finding->help)) {
        if (!part.code || told.size() == most || !told.insert(part.text).second) continue;
        code += cat(code.empty() ? "" : "\n", part.text, "\n");
      }
    }
    if (!code.empty()) page.code(trim(code));
  }
  std::set<std::string_view> helps;
  for (const Finding* finding : step.findings) helps.insert(finding->help);
  const std::size_t shown = own_prose > 1 ? 1 : most;
  if (helps.size() > shown)
    page.out.element("p", {{"class", "remark"}},
                     cat("and ", helps.size() - shown, " more like it, at the findings"));
}

void write_step(Page& page, const Step& step) {
  HtmlWriter& out = page.out;
  out.begin("li", {{"class", cat("step ", to_string(step.severity))}});
  out.begin("h3");
  page.badge(step.severity);
  out.text(" ").sentence(headline(page, step.findings));
  if (step.findings.size() > 1)
    out.text(" ").element("span", {{"class", "times"}}, cat("×", step.findings.size()));
  out.end();
  write_remedy(page, step);
  write_places(page, step);
  out.end();
}

std::string command(const Page& page, std::string_view name) {
  const std::string& root = page.report.project->root;
  return cat("migguard ", name, root.empty() || root == "." ? "" : cat(" ", shell_word(root)));
}

// Most of what an old history is blamed for happened long ago: the reader alone knows.
void write_hint(Page& page) {
  const auto past = static_cast<std::size_t>(std::count_if(
      page.report.findings.begin(), page.report.findings.end(), [&](const Finding& each) {
        const MigrationRow* row = page.row_of(each.source);
        return row && row->migration->listed && each.status == Status::open &&
               each.severity == Severity::error &&
               (each.family == "destructive" || each.family == "locks" ||
                each.family == "transaction" || each.family == "compatibility");
      }));
  const auto last = std::find_if(page.overview.migrations.rbegin(), page.overview.migrations.rend(),
                                 [](const MigrationRow& row) { return row.migration->listed; });
  if (past == 0 || !page.report.applied_through.empty() || last == page.overview.migrations.rend())
    return;
  HtmlWriter& out = page.out;
  out.begin("div", {{"class", "hint"}}).begin("p");
  out.prose(cat("Has this long run in production? Then what it destroyed or locked (",
                count(past, "error"),
                ") is history. Say so in `migguard.json`, with the last "
                "migration that has run:"));
  out.end();
  std::string id;
  for (const char each : last->migration->id) {
    if (each == '"' || each == '\\') id += '\\';
    id += each;
  }
  page.code(cat("{ \"appliedThrough\": \"", id, "\" }"));
  out.end();
}

void write_what_next(Page& page) {
  HtmlWriter& out = page.out;
  out.begin("h3").text("When that is done").end();
  page.code(command(page, "lint"));
  out.begin("p").text("What stays as it is can be accepted; from then on only what is new counts:");
  out.end();
  page.code(command(page, "baseline"));
}

}  // namespace

void write_summary(Page& page) {
  HtmlWriter& out = page.out;
  const lint::Summary& summary = page.report.summary;
  const lint::Verification* verification = page.options.verification;
  const bool fails = verification && !verification->clean();
  const std::string_view kind = summary.errors || fails ? "error"
                                : summary.warnings      ? "warning"
                                                        : "good";
  out.begin("section", {{"id", "summary"}, {"aria-labelledby", "verdict"}});
  out.element("h2", {{"id", "verdict"}, {"class", std::string(kind)}}, verdict(page));
  out.begin("ul", {{"class", "tiles"}});
  tile(out, summary.errors, plural(summary.errors, "error"), "error", "#findings");
  tile(out, summary.warnings, plural(summary.warnings, "warning"), "warning", "#findings");
  tile(out, summary.notes, plural(summary.notes, "note"), "note", "#findings");
  tile(out, summary.migrations, plural(summary.migrations, "migration"), "plain", "#time-line");
  tile(out, summary.suppressed, "history or accepted", "plain", "#answered");
  if (summary.not_understood > 0)
    tile(out, summary.not_understood, "not understood", "warning", "#findings");
  out.end();

  if (verification) write_what_the_server_says(out, *verification);
  if (!page.chapters.empty()) {
    constexpr std::size_t shown = 6;
    out.begin("ol", {{"class", "headlines"}});
    for (std::size_t index = 0; index < std::min(shown, page.chapters.size()); ++index) {
      const Chapter& chapter = page.chapters[index];
      out.begin("li");
      page.badge(chapter.severity);
      out.text(" ").sentence(headline(page, chapter.findings)).text(" ");
      out.begin("a", {{"class", "rule"}, {"href", cat("#chapter-", chapter.rule)}});
      out.text(chapter.rule).end();
      if (chapter.findings.size() > 1)
        out.text(" ").element("span", {{"class", "times"}}, cat("×", chapter.findings.size()));
      out.end();
    }
    out.end();
    if (page.chapters.size() > shown) {
      out.begin("p", {{"class", "remark"}}).text("and ");
      out.element(
          "a", {{"href", "#findings"}},
          count(page.chapters.size() - shown, "other kind of finding", "other kinds of findings"));
      out.end();
    }
  }
  if (page.report.project) write_histories(page);
  out.end();
}

void write_plan(Page& page) {
  const auto steps = steps_of(page.chapters, Severity::warning);
  if (steps.empty()) return;
  HtmlWriter& out = page.out;
  const auto first_warning = std::find_if(steps.begin(), steps.end(), [](const Step& each) {
    return each.severity != Severity::error;
  });
  page.begin_section("plan", "What to do, in this order");
  write_hint(page);
  if (first_warning != steps.begin()) {
    out.begin("ol", {{"class", "steps"}});
    for (auto each = steps.begin(); each != first_warning; ++each) write_step(page, *each);
    out.end();
  }
  if (first_warning != steps.end()) {
    // Warnings wait until the errors are answered.
    const std::string title =
        cat("Then look at ", count(static_cast<std::size_t>(steps.end() - first_warning),
                                   "kind of warning", "kinds of warnings"));
    if (first_warning == steps.begin()) {
      out.begin("div");
    } else {
      out.begin("details").begin("summary").text(title).end();
    }
    out.begin("ol",
              {{"class", "steps"}, {"start", std::to_string(first_warning - steps.begin() + 1)}});
    for (auto each = first_warning; each != steps.end(); ++each) write_step(page, *each);
    out.end().end();
  }
  write_what_next(page);
  page.end_section();
}

}  // namespace migguard::report
