// The format `html` of `migguard verify`: one page, in the dress of the audit's, with what a server
// made of each migration beside what was predicted.
#include <migguard/version.hpp>
#include <report/html_page.hpp>
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <report_page.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

using lint::Verdict;
using lint::VerifiedHistory;
using lint::VerifiedMigration;
using lint::VerifiedStatement;
using lint::VerifyFinding;

void write_code(HtmlWriter& out, std::string_view text) {
  out.begin("div", {{"class", "code"}});
  out.element("button", {{"type", "button"}, {"class", "copy"}, {"hidden", ""}}, "Copy");
  out.begin("pre", {{"tabindex", "0"}}).element("code", text).end().end();
}

void write_finding(HtmlWriter& out, const VerifyFinding& finding) {
  const std::string_view severity = finding.fatal ? "error" : "note";
  out.begin("div", {{"class", cat("step ", severity)}});
  out.begin("h3");
  out.element("span", {{"class", cat("badge ", severity)}}, lint::to_string(finding.kind));
  out.text(" ").text(finding.message).end();
  if (finding.source) {
    out.element("p", {{"class", "places"}}, to_string(place_of(finding.source, finding.span)));
    if (finding.span != Span{})
      write_code(out, std::string_view(finding.source->text)
                          .substr(finding.span.begin, finding.span.end - finding.span.begin));
  }
  if (finding.server) {
    for (const std::string* each : {&finding.server->detail, &finding.server->hint})
      if (!each->empty()) out.element("p", *each);
  }
  if (!finding.why.empty()) out.begin("p").sentence(finding.why).end();
  for (const HelpPart& part : help_parts(finding.help)) {
    if (part.code)
      write_code(out, part.text);
    else
      out.begin("p").sentence(part.text).end();
  }
  out.end();
}

void write_mistakes(HtmlWriter& out, const VerifiedMigration& migration) {
  for (const VerifiedStatement& statement : migration.statements) {
    for (const std::string& each : statement.mistakes) {
      out.begin("p", {{"class", "wrong-text"}});
      out.text(to_string(place_of(migration.migration->source, statement.span)));
      out.text(": migguard is mistaken here: ").text(each).end();
    }
  }
}

void write_migrations(HtmlWriter& out, const VerifiedHistory& history) {
  out.begin("div", {{"class", "scroll tall"}}).begin("table").begin("thead").begin("tr");
  for (const std::string_view each : {"Migration", "", "Time", "Locks that make others wait"})
    out.element("th", {{"scope", "col"}}, each);
  out.end().end().begin("tbody");
  for (const VerifiedMigration& each : history.migrations) {
    const bool failed = each.verdict == Verdict::failed;
    out.begin("tr", {{"class", failed ? "wrong error" : each.beforehand ? "history" : ""}});
    out.element("th", {{"scope", "row"}}, each.migration->id);
    out.element("td",
                {{"class", each.verdict == Verdict::applied ? "there"
                           : failed                         ? "missing"
                                                            : "none"}},
                in_words(each.verdict));
    out.element("td", {{"class", "number"}},
                each.verdict == Verdict::not_reached ? "" : duration(each.milliseconds));
    out.begin("td").text(felt_locks(each));
    write_mistakes(out, each);
    out.end().end();
  }
  out.end().end().end();
}

void write_schema(HtmlWriter& out, const std::vector<SchemaDifference>& differences) {
  if (differences.empty()) {
    out.element("p", "The schema that migguard replays is the server's.");
    return;
  }
  out.element("p", "migguard's replay differs from the server, which is its own error:");
  out.begin("ul");
  for (const SchemaDifference& each : differences) {
    out.element("li", cat(each.kind, " ", each.object, each.table.empty() ? "" : " of ", each.table,
                          each.where == SchemaDifference::Where::only_here ? ": only in the replay"
                          : each.where == SchemaDifference::Where::only_there
                              ? ": only on the server"
                              : cat(": replayed as ", each.here, ", on the server ", each.there)));
  }
  out.end();
}

void write_history(HtmlWriter& out, const VerifiedHistory& history, std::size_t number) {
  const std::string id = cat("history-", number);
  out.begin("section", {{"id", id}, {"aria-labelledby", cat(id, "-title")}});
  out.element("h2", {{"id", cat(id, "-title")}},
              cat(history.history->folder, " (", display_name(history.history->tool), ")"));
  if (!history.skipped.empty()) {
    out.element("p", {{"class", "remark"}}, cat("Not run, for ", history.skipped, ".")).end();
    return;
  }
  for (const VerifyFinding& each : history.findings) write_finding(out, each);
  write_migrations(out, history);
  const LockTally tally = lock_tally(history);
  if (tally.watched > 0) {
    out.begin("p").prose(cat(
        "Locks were watched in ", tally.watched, " of ", count(tally.statements, "statement"),
        tally.mistaken == 0
            ? ", and are as `migguard locks` predicts them."
            : cat("; migguard is mistaken about ", tally.mistaken, ", which is its own error.")));
    out.end();
  }
  if (history.differences) write_schema(out, *history.differences);
  if (!history.second_run.empty()) out.begin("p").sentence(history.second_run).text(".").end();
  if (history.rollbacks > 0)
    out.element("p", cat(count(history.rollbacks, "rollback"), " tried",
                         history.untried_rollbacks > 0
                             ? cat(", ", history.untried_rollbacks, " more not: too many fail.")
                             : "."));
  out.end();
}

}  // namespace

std::string verification_html(const lint::Verification& verification, const RenderOptions&) {
  HtmlWriter out;
  std::size_t applied = 0, all = 0, findings = 0;
  for (const VerifiedHistory& each : verification.histories) {
    all += each.migrations.size();
    for (const VerifiedMigration& migration : each.migrations)
      applied += migration.verdict == Verdict::applied;
    for (const VerifyFinding& finding : each.findings) findings += finding.fatal;
  }
  out.begin("html", {{"lang", "en"}});
  write_head(out, "Migrations on a real server");
  out.begin("body");
  out.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the report");
  out.begin("header").element("h1", "Migrations on a real server");
  out.element("p", {{"class", "remark"}}, cat("migguard ", version, ", ", verification.server));
  out.end().begin("main", {{"id", "main"}});
  out.begin("section", {{"id", "summary"}});
  out.element("p", {{"id", "verdict"}, {"class", findings > 0 ? "error" : "good"}},
              cat(applied, " of ", count(all, "migration"), " applied in ",
                  duration(verification.milliseconds), ": ",
                  findings > 0 ? count(findings, "finding") : "nothing fails"));
  out.end();
  for (std::size_t index = 0; index < verification.histories.size(); ++index)
    write_history(out, verification.histories[index], index + 1);
  out.end().begin("footer");
  out.begin("p").prose("Made by `migguard verify`: the SQL ran on a server made for it.").end();
  out.end().script(page_js).end().end();
  return cat("<!doctype html>\n", out.take(), "\n");
}

}  // namespace migguard::report
