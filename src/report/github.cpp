// The format `github`: workflow commands that GitHub Actions turns into annotations on the lines of
// a pull request.
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {
namespace {

// GitHub keeps ten annotations of each level from one step and drops the rest without a word
// (docs.github.com, "Workflow commands"); one notice is ours, for the count of the rest.
constexpr std::size_t shown_of_each = 10;
constexpr std::size_t shown_notices = shown_of_each - 1;

std::string_view command_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "notice";
}

// As the runner takes it back: src/Runner.Common/ActionCommand.cs.
std::string escape(std::string_view text, bool property) {
  std::string out;
  for (const char each : text) {
    if (each == '%') {
      out += "%25";
    } else if (each == '\r') {
      out += "%0D";
    } else if (each == '\n') {
      out += "%0A";
    } else if (property && each == ':') {
      out += "%3A";
    } else if (property && each == ',') {
      out += "%2C";
    } else {
      out += each;
    }
  }
  return out;
}

std::string annotation(const Finding& finding, const Repository& repository) {
  const Place place = place_of(finding.source, finding.span);
  std::string out = cat("::", command_of(finding.severity),
                        " file=", escape(printable(path_in(repository, place.path)), true),
                        ",line=", place.begin.line, ",endLine=", place.end.line);
  // Columns of several lines make the service refuse the annotation.
  if (!place.whole_file && place.begin.line == place.end.line) {
    const std::uint32_t last = std::max(place.begin.column, place.end.column - 1);
    out += cat(",col=", place.begin.column, ",endColumn=", last);
  }
  std::string message = printable(finding.message);
  if (!finding.why.empty()) message += cat("\nwhy: ", printable(finding.why));
  if (!finding.help.empty()) message += cat("\nhelp: ", printable(finding.help, true));
  return cat(out, ",title=", escape(cat("migguard: ", finding.rule), true),
             "::", escape(message, false), "\n");
}

}  // namespace

std::string github(const lint::Report& report, const RenderOptions& options) {
  constexpr std::array severities{Severity::error, Severity::warning, Severity::note};
  std::string out, rest;
  for (const Severity severity : severities) {
    const std::size_t most = severity == Severity::note ? shown_notices : shown_of_each;
    std::size_t open = 0;
    for (const Finding& finding : report.findings) {
      if (finding.status != Status::open || finding.severity != severity) continue;
      if (++open <= most) out += annotation(finding, options.repository);
    }
    if (open > most) {
      rest += cat(rest.empty() ? "" : ", ", count(open - most, cat("more ", to_string(severity))));
    }
  }
  if (!rest.empty()) {
    out += cat("::notice title=migguard::", rest,
               " not shown here: GitHub takes ten of a kind. Every other format holds them all.\n");
  }
  return out;
}

}  // namespace migguard::report
