// The format `junit`: test results, one suite for each file. A finding is a test: failed where it
// fails the run, skipped where somebody has answered for it, passed with what it says otherwise. A
// migration without findings is one test that passed.
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/xml_writer.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace migguard::report {
namespace {

struct Suite {
  std::vector<const Finding*> findings;
  std::size_t failures = 0, skipped = 0;
  std::size_t tests() const { return std::max<std::size_t>(findings.size(), 1); }
};

bool fails(const Finding& finding, const RenderOptions& options) {
  return finding.status == Status::open && options.fails_at &&
         finding.severity >= *options.fails_at;
}

// By path; a file of which nothing was asked has no suite.
std::map<std::string_view, Suite> suites_of(const lint::Report& report,
                                            const RenderOptions& options) {
  std::map<std::string_view, Suite> suites;
  if (report.project) {
    for (const History& history : report.project->histories) {
      for (const auto* list : {&history.migrations, &history.rollbacks}) {
        for (const Migration& migration : *list) {
          if (migration.selected && migration.source) suites[migration.source->path];
        }
      }
    }
  }
  for (const Finding& finding : report.findings) {
    Suite& suite = suites[finding.source ? std::string_view(finding.source->path) : "."];
    suite.findings.push_back(&finding);
    suite.failures += fails(finding, options);
    suite.skipped += finding.status != Status::open;
  }
  return suites;
}

std::string details(const Finding& finding, const Place& place) {
  std::string out = cat(to_string(place), ": ", to_string(finding.severity), ": ", finding.message);
  if (!finding.why.empty()) out += cat("\nwhy: ", finding.why);
  if (!finding.help.empty()) out += cat("\nhelp: ", finding.help);
  return out + "\n";
}

void write(XmlWriter& out, std::string_view path, const Finding& finding,
           const RenderOptions& options) {
  const Place place = place_of(finding.source, finding.span);
  out.begin("testcase");
  out.attribute("name", place.whole_file
                            ? std::string(finding.rule)
                            : cat(finding.rule, " at ", place.begin.line, ":", place.begin.column));
  out.attribute("classname", path).attribute("file", path).attribute("line", place.begin.line);
  if (finding.status != Status::open) {
    out.begin("skipped");
    out.attribute("message", cat(to_string(finding.status),
                                 finding.status_reason.empty() ? "" : ": ", finding.status_reason));
    out.end();
  } else if (fails(finding, options)) {
    out.begin("failure").attribute("message", finding.message);
    out.attribute("type", to_string(finding.severity)).text(details(finding, place)).end();
  } else {
    out.begin("system-out").text(details(finding, place)).end();
  }
  out.end();
}

}  // namespace

std::string junit(const lint::Report& report, const RenderOptions& options) {
  const auto suites = suites_of(report, options);
  Suite all;
  std::size_t tests = 0;
  for (const auto& [path, suite] : suites) {
    tests += suite.tests();
    all.failures += suite.failures;
    all.skipped += suite.skipped;
  }
  XmlWriter out;
  out.begin("testsuites").attribute("name", "migguard").attribute("tests", tests);
  out.attribute("failures", all.failures).attribute("errors", 0).attribute("skipped", all.skipped);
  for (const auto& [path, suite] : suites) {
    out.begin("testsuite").attribute("name", path).attribute("tests", suite.tests());
    out.attribute("failures", suite.failures).attribute("errors", 0);
    out.attribute("skipped", suite.skipped);
    if (suite.findings.empty()) {
      out.begin("testcase").attribute("name", "no findings").attribute("classname", path);
      out.attribute("file", path).end();
    }
    for (const Finding* each : suite.findings) write(out, path, *each, options);
    out.end();
  }
  return out.end().take();
}

}  // namespace migguard::report
