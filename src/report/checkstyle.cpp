// The format `checkstyle`: the XML that Checkstyle writes, which Jenkins, reviewdog and many others
// read. It knows nothing of suppressed findings: what somebody has answered for is left out.
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/xml_writer.hpp>

namespace migguard::report {
namespace {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "info";
}

}  // namespace

std::string checkstyle(const lint::Report& report, const RenderOptions&) {
  XmlWriter out;
  out.begin("checkstyle").attribute("version", "4.3");
  const SourceFile* file = nullptr;
  for (const Finding& finding : report.findings) {  // sorted by path
    if (finding.status != Status::open) continue;
    const Place place = place_of(finding.source, finding.span);
    if (finding.source != file) {
      if (file) out.end();
      file = finding.source;
      out.begin("file").attribute("name", place.path);
    }
    out.begin("error").attribute("line", place.begin.line).attribute("column", place.begin.column);
    out.attribute("severity", severity_name(finding.severity));
    out.attribute("message", finding.message);
    out.attribute("source", cat("migguard.", finding.family, ".", finding.rule)).end();
  }
  if (file) out.end();
  return out.end().take();
}

}  // namespace migguard::report
