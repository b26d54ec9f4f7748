// The format `json`, version 1: other programs read it, so fields are added and never changed or
// removed.
#include <report/json_writer.hpp>
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/verification.hpp>

namespace migguard::report {
namespace {

void write(JsonWriter& out, const Place& place) {
  out.member("path", place.path)
      .member("line", place.begin.line)
      .member("column", place.begin.column);
  out.member("end_line", place.end.line).member("end_column", place.end.column);
}

void write(JsonWriter& out, const Label& label) {
  out.begin_object();
  write(out, place_of(label.source, label.span));
  out.member("text", label.text);
  out.end_object();
}

void write(JsonWriter& out, const Finding& finding) {
  out.begin_object();
  out.member("rule", finding.rule).member("family", finding.family);
  out.member("severity", to_string(finding.severity));
  write(out, place_of(finding.source, finding.span));
  out.member("message", finding.message).member("why", finding.why).member("help", finding.help);
  out.key("labels").begin_array();
  for (const Label& label : finding.labels) write(out, label);
  out.end_array();
  out.key("fixes").begin_array().end_array();
  out.member("status", to_string(finding.status)).member("status_reason", finding.status_reason);
  out.member("subject", finding.subject).member("cause", finding.cause);
  out.key("data").begin_object();
  for (const auto& [name, value] : finding.data) out.member(name, value);
  out.end_object().end_object();
}

void write(JsonWriter& out, const lint::Summary& summary) {
  out.begin_object();
  out.member("histories", summary.histories).member("migrations", summary.migrations);
  out.member("statements", summary.statements).member("rules", summary.rules);
  out.member("not_understood", summary.not_understood).member("errors", summary.errors);
  out.member("warnings", summary.warnings).member("notes", summary.notes);
  out.member("suppressed", summary.suppressed);
  out.end_object();
}

}  // namespace

std::string json(const lint::Report& report, const RenderOptions& options) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1);
  out.key("findings").begin_array(JsonWriter::Layout::block);
  for (const Finding& finding : report.findings) {
    write(out, finding);
    options.hand_over(out.so_far());
  }
  out.end_array();
  out.key("summary");
  write(out, report.summary);
  if (options.verification) {
    out.key("verification");
    write_verification(out, *options.verification);
  }
  return out.end_object().take();
}

}  // namespace migguard::report
