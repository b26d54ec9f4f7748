// What a real server made of histories, for a browser: a section of the audit's page, and a page of
// its own for `migguard verify --format html`.
#include <migguard/version.hpp>
#include <report/html/page.hpp>
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <report/verification_parts.hpp>
#include <report_page.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

using lint::TakenBack;
using lint::Verdict;
using lint::VerifiedHistory;
using lint::VerifiedMigration;
using lint::VerifyFinding;

class Section {
 public:
  Section(HtmlWriter& out, Page* audit) : out_(out), audit_(audit) {}

  void write(const VerifiedHistory& history) {
    out_.element("h3",
                 cat(history.history->folder, " (", display_name(history.history->tool), ")"));
    if (!history.skipped.empty()) {
      out_.element("p", {{"class", "remark"}}, cat("Not run, for ", history.skipped, "."));
      return;
    }
    write_findings(history, [](const VerifyFinding& each) {
      return !lint::is_of_rollback(each.kind) && each.kind != VerifyFinding::Kind::repeat_fails;
    });
    write_migrations(history);
    write_locks(history);
    write_part("Rollbacks", rollbacks_sentence(history));
    write_findings(history,
                   [](const VerifyFinding& each) { return lint::is_of_rollback(each.kind); });
    write_part("A second run", history.second_run);
    write_findings(history, [](const VerifyFinding& each) {
      return each.kind == VerifyFinding::Kind::repeat_fails;
    });
    const std::string schema = schema_sentence(history);
    write_part("The schema", schema.empty() ? "" : cat("Compared: ", schema));
    if (history.differences && !history.differences->empty()) {
      out_.begin("ul");
      for (const SchemaDifference& each : *history.differences) out_.element("li", in_words(each));
      out_.end();
    }
    write_part("What stays in the database", history.left);
  }

 private:
  void write_part(std::string_view title, std::string_view sentence) {
    if (sentence.empty()) return;
    out_.element("h4", title).begin("p").sentence(sentence).text(".").end();
  }

  void write_code(std::string_view text) {
    out_.begin("div", {{"class", "code"}});
    out_.element("button", {{"type", "button"}, {"class", "copy"}, {"hidden", ""}}, "Copy");
    out_.begin("pre", {{"tabindex", "0"}}).element("code", text).end().end();
  }

  // The lines that a finding blames; in an audit with what is around them.
  void write_source(const SourceFile& source, Span span) {
    constexpr std::size_t most = 2000;  // bytes
    if (span == Span{} || source.text.empty()) return;
    if (audit_) {
      audit_->excerpt(source, span);
      return;
    }
    std::string_view text = std::string_view(source.text).substr(span.begin, span.end - span.begin);
    const bool whole = text.size() <= most;
    text = text.substr(0, most);
    while (!whole && !text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
      text.remove_suffix(1);
    out_.begin("pre", {{"class", "source"}, {"tabindex", "0"}}).text(text);
    out_.text(whole ? "" : "…").end();
  }

  template <class Wanted>
  void write_findings(const VerifiedHistory& history, Wanted wanted) {
    for (const VerifyFinding& each : history.findings) {
      if (wanted(each)) write_finding(each);
    }
  }

  void write_finding(const VerifyFinding& finding) {
    const std::string_view severity = finding.fatal ? "error" : "note";
    out_.begin("div", {{"class", cat("step ", severity)}});
    out_.begin("h4");
    out_.element("span", {{"class", cat("badge ", severity)}}, lint::to_string(finding.kind));
    // Not as prose: the server's messages have backticks of their own.
    out_.text(" ").text(finding.message).end();
    if (finding.source) {
      out_.element("p", {{"class", "places"}}, to_string(place_of(finding.source, finding.span)));
      write_source(*finding.source, finding.span);
    }
    if (finding.server) {
      const lint::ServerMessage& server = *finding.server;
      for (const auto& [name, text] :
           {std::pair("Detail", &server.detail), std::pair("Hint", &server.hint),
            std::pair("Context", &server.context)}) {
        if (!text->empty()) out_.element("p", cat(name, ": ", *text));
      }
      if (!server.sqlstate.empty())
        out_.element("p", {{"class", "remark"}}, cat("SQLSTATE ", server.sqlstate));
    }
    if (!finding.why.empty()) out_.begin("p").sentence(finding.why).end();
    for (const HelpPart& part : help_parts(finding.help)) {
      if (part.code) {
        write_code(part.text);
      } else {
        out_.begin("p").sentence(part.text).end();
      }
    }
    out_.end();
  }

  void begin_table(std::size_t rows, std::string_view label,
                   std::initializer_list<std::string_view> heads) {
    constexpr std::size_t long_table = 40;
    if (rows > long_table) {
      out_.begin("div", {{"class", "scroll tall"},
                         {"tabindex", "0"},
                         {"role", "region"},
                         {"aria-label", std::string(label)}});
    } else {
      out_.begin("div", {{"class", "scroll"}});
    }
    out_.begin("table").begin("thead").begin("tr");
    for (const std::string_view each : heads) out_.element("th", {{"scope", "col"}}, each);
    out_.end().end().begin("tbody");
  }
  void end_table() { out_.end().end().end(); }

  void write_name(const VerifiedMigration& migration) {
    const MigrationRow* row = audit_ ? audit_->row_of(migration.migration) : nullptr;
    if (row) {
      audit_->migration_link(*row);
    } else {
      out_.text(migration.migration->id);
    }
  }

  void write_migrations(const VerifiedHistory& history) {
    const bool rollbacks =
        std::any_of(history.migrations.begin(), history.migrations.end(),
                    [](const auto& each) { return each.taken_back != TakenBack::no_script; });
    const std::size_t rows = history.migrations.size();
    if (rollbacks) {
      begin_table(rows, "Migrations on the server",
                  {"Migration", "Outcome", "Time", "Locks that make others wait", "Its rollback"});
    } else {
      begin_table(rows, "Migrations on the server",
                  {"Migration", "Outcome", "Time", "Locks that make others wait"});
    }
    for (const VerifiedMigration& each : history.migrations) {
      const bool failed = each.verdict == Verdict::failed;
      out_.begin("tr", {{"class", failed ? "wrong error" : each.beforehand ? "history" : ""}});
      out_.begin("th", {{"scope", "row"}});
      write_name(each);
      out_.end();
      out_.element("td",
                   {{"class", each.verdict == Verdict::applied ? "there"
                              : failed                         ? "missing"
                                                               : "none"}},
                   each.beforehand && each.verdict == Verdict::applied ? "applied beforehand"
                                                                       : in_words(each.verdict));
      out_.element("td", {{"class", "number"}},
                   each.verdict == Verdict::not_reached ? "" : duration(each.milliseconds));
      out_.element("td", felt_locks(each));
      if (rollbacks) {
        const bool bad =
            each.taken_back == TakenBack::not_whole || each.taken_back == TakenBack::refused;
        out_.element("td",
                     {{"class", bad                                   ? "missing"
                                : each.taken_back == TakenBack::whole ? "there"
                                                                      : "none"}},
                     each.taken_back == TakenBack::no_script ? std::string_view("·")
                                                             : in_words(each.taken_back));
      }
      out_.end();
    }
    end_table();
  }

  void write_locks(const VerifiedHistory& history) {
    const std::string sentence = locks_sentence(history);
    if (sentence.empty()) return;
    write_part("Locks, as taken and as predicted", cat("Locks were ", sentence));
    const auto rows = lock_comparisons(history);
    if (!rows.empty()) {
      begin_table(rows.size(), "Locks, as taken and as predicted",
                  {"Statement", "Relation", "The server", "migguard locks", ""});
      for (const LockComparison& each : rows) {
        out_.begin("tr", {{"class", each.mistaken ? "wrong warning" : ""}});
        out_.begin("th", {{"scope", "row"}});
        write_name(*each.migration);
        const Place place = place_of(each.migration->migration->source, each.statement->span);
        out_.text(cat(":", place.begin.line)).end();
        out_.begin("td").element("code", each.relation).end();
        out_.element("td", each.taken).element("td", each.predicted);
        out_.element("td", each.remark).end();
      }
      end_table();
      out_.element("p", {{"class", "remark"}},
                   "Locks that let others read and write are shown only where they differ.");
    }
    const auto reasons = reasons_unwatched(history);
    if (reasons.empty() || !history.unwatched.empty()) return;
    out_.begin("p", {{"class", "remark"}}).text("Not watched: ");
    for (std::size_t index = 0; index < reasons.size(); ++index)
      out_.text(index > 0 ? "; " : "").text(reasons[index]);
    out_.text(".").end();
  }

  HtmlWriter& out_;
  Page* audit_;
};

}  // namespace

void write_verification(HtmlWriter& out, const lint::Verification& verification, Page* audit) {
  out.begin("section", {{"id", "verification"}, {"aria-labelledby", "verification-title"}});
  out.element("h2", {{"id", "verification-title"}}, "On a real server");
  out.element("p", {{"class", "remark"}},
              cat(verification.server, ". ", applied_sentence(verification), ": ",
                  outcome(verification), "."));
  Section section(out, audit);
  for (const VerifiedHistory& each : verification.histories) section.write(each);
  out.end();
}

std::string verification_html(const lint::Verification& verification, const RenderOptions&) {
  HtmlWriter out;
  out.begin("html", {{"lang", "en"}});
  write_head(out, "Migrations on a real server");
  out.begin("body");
  out.element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the report");
  out.begin("header").element("h1", "Migrations on a real server");
  out.element("p", {{"class", "remark"}}, cat("migguard ", version)).end();
  out.begin("main", {{"id", "main"}});
  out.begin("section", {{"id", "summary"}, {"aria-labelledby", "verdict"}});
  out.element("h2", {{"id", "verdict"}, {"class", verification.clean() ? "good" : "error"}},
              cat(applied_sentence(verification), ": ", outcome(verification)));
  out.end();
  write_verification(out, verification, nullptr);
  out.end().begin("footer");
  out.begin("p").prose("Made by `migguard verify`, which runs what it verifies.").end();
  out.end().script(page_js).end().end();
  return cat("<!doctype html>\n", out.take(), "\n");
}

}  // namespace migguard::report
