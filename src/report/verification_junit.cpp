#include <report/place.hpp>
#include <report/verification.hpp>
#include <report/xml_writer.hpp>

#include <array>
#include <charconv>

namespace migguard::report {
namespace {

using lint::Verdict;

std::string seconds(double milliseconds) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), milliseconds / 1000,
                                 std::chars_format::fixed, 3);
  return {digits.data(), end.ptr};
}

std::string details(const lint::VerifyFinding& finding) {
  std::string out =
      finding.source ? cat(to_string(place_of(finding.source, finding.span)), ": ") : std::string();
  out += finding.message;
  if (finding.server) {
    out += cat("\nsqlstate: ", finding.server->sqlstate);
    if (!finding.server->detail.empty()) out += cat("\ndetail: ", finding.server->detail);
    if (!finding.server->hint.empty()) out += cat("\nhint: ", finding.server->hint);
  }
  if (!finding.why.empty()) out += cat("\nwhy: ", finding.why);
  if (!finding.help.empty()) out += cat("\nhelp: ", finding.help);
  return out + "\n";
}

// The findings that are a test of their own: all but those of a migration or of its rollback, which
// are tests.
bool is_own_test(const lint::VerifiedHistory& history, const lint::VerifyFinding& finding) {
  const bool of_test =
      finding.kind == lint::VerifyFinding::Kind::fails || lint::is_of_rollback(finding.kind);
  if (!of_test || !finding.migration) return true;
  for (const lint::VerifiedMigration& each : history.migrations) {
    if (each.migration == finding.migration) return false;
  }
  return true;
}

void write_failure(XmlWriter& out, const lint::VerifyFinding& finding) {
  out.begin("failure").attribute("message", finding.message);
  out.attribute("type", lint::to_string(finding.kind)).text(details(finding)).end();
}

// A test for the script that takes a migration back.
void write_rollback(XmlWriter& out, const lint::VerifiedHistory& history,
                    const lint::VerifiedMigration& migration) {
  out.begin("testcase").attribute("name", cat("rollback ", migration.migration->id));
  out.attribute("classname", history.history->folder);
  if (migration.taken_back == lint::TakenBack::untried) {
    out.begin("skipped").attribute("message", history.untried_because.empty()
                                                  ? std::string("its migration was not applied")
                                                  : history.untried_because);
    out.end();
  }
  for (const lint::VerifyFinding& each : history.findings) {
    if (each.migration != migration.migration || !lint::is_of_rollback(each.kind)) continue;
    if (each.fatal) {
      write_failure(out, each);
    } else {
      out.begin("system-out").text(details(each)).end();
    }
  }
  out.end();
}

void write(XmlWriter& out, const lint::VerifiedHistory& history) {
  const auto& all = history.migrations;
  std::size_t tests = all.size(), failures = 0, skipped = 0;
  for (const lint::VerifiedMigration& each : all) {
    skipped += each.verdict == Verdict::not_reached || each.verdict == Verdict::undone;
    tests += each.taken_back != lint::TakenBack::no_script;
    skipped += each.taken_back == lint::TakenBack::untried;
  }
  for (const lint::VerifyFinding& each : history.findings) {
    tests += is_own_test(history, each);
    failures += each.fatal;
  }
  if (!history.skipped.empty()) tests = skipped = 1;
  out.begin("testsuite").attribute("name", history.history->folder).attribute("tests", tests);
  out.attribute("failures", failures).attribute("errors", 0).attribute("skipped", skipped);
  if (!history.skipped.empty()) {
    out.begin("testcase")
        .attribute("name", "verify")
        .attribute("classname", history.history->folder);
    out.begin("skipped").attribute("message", history.skipped).end().end();
  }
  for (const lint::VerifiedMigration& each : all) {
    out.begin("testcase").attribute("name", each.migration->id);
    out.attribute("classname", history.history->folder);
    out.attribute("file", each.migration->source->path);
    out.attribute("time", seconds(each.milliseconds));
    if (each.verdict == Verdict::not_reached || each.verdict == Verdict::undone) {
      out.begin("skipped").attribute("message", each.verdict == Verdict::undone
                                                    ? "taken back with a later migration"
                                                    : "an earlier migration failed");
      out.end();
    }
    for (const lint::VerifyFinding& finding : history.findings) {
      if (finding.migration == each.migration && !is_own_test(history, finding) &&
          !lint::is_of_rollback(finding.kind))
        write_failure(out, finding);
    }
    out.end();
  }
  for (const lint::VerifiedMigration& each : all) {
    if (each.taken_back != lint::TakenBack::no_script) write_rollback(out, history, each);
  }
  for (const lint::VerifyFinding& each : history.findings) {
    if (!is_own_test(history, each)) continue;
    const std::string_view of = each.migration ? std::string_view(each.migration->id) : "";
    out.begin("testcase")
        .attribute("name", of.empty() ? std::string(lint::to_string(each.kind))
                                      : cat(lint::to_string(each.kind), " ", of));
    out.attribute("classname", history.history->folder);
    if (each.source) {
      const Place place = place_of(each.source, each.span);
      out.attribute("file", place.path).attribute("line", place.begin.line);
    }
    if (each.fatal) {
      write_failure(out, each);
    } else {
      out.begin("system-out").text(details(each)).end();
    }
    out.end();
  }
  out.end();
}

}  // namespace

std::string verification_junit(const lint::Verification& verification, const RenderOptions&) {
  XmlWriter out;
  out.begin("testsuites").attribute("name", "migguard verify");
  out.attribute("time", seconds(verification.milliseconds));
  for (const lint::VerifiedHistory& each : verification.histories) write(out, each);
  return out.end().take();
}

}  // namespace migguard::report
