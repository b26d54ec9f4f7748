// The format `gitlab`: a code quality report, which GitLab shows in merge requests
// (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format"). It knows nothing of
// suppressed findings: what somebody has answered for is left out.
#include <report/fingerprint.hpp>
#include <report/json_writer.hpp>
#include <report/place.hpp>
#include <report/report.hpp>
#include <util/text.hpp>

namespace migguard::report {
namespace {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "critical";
    case Severity::warning:
      return "major";
    case Severity::note:
      break;
  }
  return "info";
}

}  // namespace

std::string gitlab(const lint::Report& report, const RenderOptions& options) {
  const std::vector<std::string> names = fingerprints(report, options.repository);
  JsonWriter out;
  out.begin_array(JsonWriter::Layout::block);
  for (std::size_t index = 0; index < report.findings.size(); ++index) {
    const Finding& finding = report.findings[index];
    if (finding.status != Status::open) continue;
    const Place place = place_of(finding.source, finding.span);
    out.begin_object().member("description", printable(finding.message));
    out.member("check_name", finding.rule).member("fingerprint", names[index]);
    out.member("severity", severity_name(finding.severity));
    out.key("location").begin_object();
    out.member("path", path_in(options.repository, place.path)).key("lines").begin_object();
    out.member("begin", place.begin.line).member("end", place.end.line);
    out.end_object().end_object().end_object();
  }
  return out.end_array().take();
}

}  // namespace migguard::report
