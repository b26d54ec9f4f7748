// The format `sarif`: SARIF 2.1.0 (OASIS), for code scanning and editors. Suppressed and accepted
// findings are there, marked as such.
#include <migguard/rule.hpp>
#include <migguard/version.hpp>
#include <report/fingerprint.hpp>
#include <report/json_writer.hpp>
#include <report/markdown_text.hpp>
#include <report/place.hpp>
#include <report/report.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>

namespace migguard::report {
namespace {

using Layout = JsonWriter::Layout;

std::string_view level_of(Severity severity) { return to_string(severity); }

// The rules that the report speaks of, each with its place among them.
using Rules = std::map<std::string_view, std::size_t>;

Rules rules_of(const lint::Report& report) {
  Rules rules;
  for (const Finding& finding : report.findings) rules[finding.rule];
  std::size_t index = 0;
  for (auto& [name, place] : rules) place = index++;
  return rules;
}

// RFC 3986: what is no letter, digit or `-._~` is encoded byte by byte.
std::string percent_encoded(std::string_view path) {
  const auto plain = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9') || each == '/' || each == '-' || each == '.' ||
           each == '_' || each == '~';
  };
  std::string out;
  for (auto at = path.begin(); at != path.end(); ++at) {
    const auto end = std::find_if_not(at, path.end(), plain);
    out.append(at, end);
    at = end;
    if (at == path.end()) break;
    const auto byte = static_cast<unsigned char>(*at);
    out += '%';
    out += "0123456789ABCDEF"[byte >> 4];
    out += "0123456789ABCDEF"[byte & 0xfU];
  }
  return out;
}

// The text of a message: braces would be placeholders (section 3.11.5), brackets before a
// parenthesis a link (3.11.6).
// `room` holds what had to be changed.
std::string_view message_text(std::string_view text, std::string& room) {
  const std::string_view safe = printable(text, room, true);
  const bool links = safe.find("](") != std::string::npos;
  const bool braces = safe.find('{') != std::string::npos || safe.find('}') != std::string::npos;
  if (!links && !braces) return safe;
  std::string out;
  for (const char each : safe) {
    if (each == '{' || each == '}') out += each;
    if (links && (each == '[' || each == ']' || each == '\\')) out += '\\';
    out += each;
  }
  return room = std::move(out);
}

void write_text(JsonWriter& out, std::string_view name, std::string_view text) {
  out.key(name).begin_object().member("text", printable(trim(text), true)).end_object();
}

void write_rule(JsonWriter& out, std::string_view name, const lint::Report& report) {
  out.begin_object().member("id", name);
  if (const RegisteredRule* known = report.rule(name); known && !known->rule->summary.empty()) {
    const auto& [known_as, family, rule] = *known;
    write_text(out, "shortDescription", rule->summary);
    write_text(out, "fullDescription", rule->why.empty() ? rule->summary : rule->why);
    const std::string_view instead = rule->instead.empty() ? rule->summary : rule->instead;
    out.key("help").begin_object().member("text", printable(trim(instead), true));
    std::string markdown = rule->why.empty() ? "" : cat(markdown_prose(rule->why), "\n\n");
    markdown += cat("**Instead**\n\n", markdown_help(trim(instead)), "\n",
                    "To accept one place, above the statement:\n\n",
                    markdown_block(cat("-- migguard: ignore ", name, ": REASON"), "sql"));
    out.member("markdown", markdown).end_object();
    out.key("defaultConfiguration").begin_object();
    out.member("level", level_of(rule->severity)).member("enabled", !rule->off_by_default);
    out.end_object();
    out.key("properties").begin_object().key("tags").begin_array();
    out.value("database").value("migration").value(family).end_array().end_object();
  }
  out.end_object();
}

void write_tool(JsonWriter& out, const Rules& rules, const lint::Report& report) {
  out.key("tool").begin_object(Layout::block).key("driver").begin_object(Layout::block);
  out.member("name", "migguard").member("semanticVersion", version);
  out.key("rules").begin_array(Layout::block);
  for (const auto& [name, index] : rules) write_rule(out, name, report);
  out.end_array().end_object().end_object();
}

// Where files are. One file after another is spoken of, and several times.
class Uris {
 public:
  explicit Uris(const Repository& repository) : repository_(repository) {}

  struct Uri {
    std::string text;
    bool below_root = true;
  };
  const Uri& of(const SourceFile* source, std::string_view path) {
    if (source != source_ || !source) {
      source_ = source;
      const std::string there = path_in(repository_, path);
      last_.below_root = !there.starts_with('/');
      last_.text = cat(last_.below_root ? "" : "file://", percent_encoded(there));
    }
    return last_;
  }

 private:
  const Repository& repository_;
  const SourceFile* source_ = nullptr;
  Uri last_;
};

void write_location(JsonWriter& out, const SourceFile* source, Span span, Uris& uris) {
  const Place place = place_of(source, span);
  const Uris::Uri& uri = uris.of(source, place.path);
  out.key("physicalLocation").begin_object().key("artifactLocation").begin_object();
  out.member("uri", uri.text);
  if (uri.below_root) out.member("uriBaseId", "SRCROOT");
  out.end_object().key("region").begin_object();
  out.member("startLine", place.begin.line);
  if (!place.whole_file) {
    out.member("startColumn", place.begin.column);
    out.member("endLine", place.end.line).member("endColumn", place.end.column);
  }
  out.end_object().end_object();
}

void write_suppressions(JsonWriter& out, const Finding& finding) {
  out.key("suppressions").begin_array();
  if (finding.status != Status::open) {
    out.begin_object();
    out.member("kind", finding.status == Status::suppressed ? "inSource" : "external");
    out.member("status", "accepted");
    if (!finding.status_reason.empty()) {
      out.member("justification", printable(finding.status_reason, true));
    }
    out.end_object();
  }
  out.end_array();
}

void write_result(JsonWriter& out, const Finding& finding, std::string_view fingerprint,
                  const Rules& rules, Uris& uris) {
  out.begin_object().member("ruleId", finding.rule).member("ruleIndex", rules.at(finding.rule));
  out.member("level", level_of(finding.severity));
  const std::string text = cat(finding.message, finding.why.empty() ? "" : "\nwhy: ", finding.why,
                               finding.help.empty() ? "" : "\nhelp: ", finding.help);
  std::string room;
  out.key("message").begin_object().member("text", message_text(text, room)).end_object();
  out.key("locations").begin_array().begin_object();
  write_location(out, finding.source, finding.span, uris);
  out.end_object().end_array();
  if (!finding.labels.empty()) {
    out.key("relatedLocations").begin_array();
    for (std::size_t index = 0; index < finding.labels.size(); ++index) {
      const Label& label = finding.labels[index];
      out.begin_object().member("id", index);
      out.key("message").begin_object().member("text", message_text(label.text, room)).end_object();
      write_location(out, label.source, label.span, uris);
      out.end_object();
    }
    out.end_array();
  }
  // GitHub's upload adds its own primaryLocationLineHash beside it.
  out.key("partialFingerprints").begin_object().member("migguardFinding/v1", fingerprint);
  out.end_object();
  // Present and empty says that suppressions were looked for (section 3.27.23).
  write_suppressions(out, finding);
  out.key("properties").begin_object().member("family", finding.family);
  for (const auto& [name, value] : finding.data) {
    if (name != "family" && name != "tags") out.member(name, value);
  }
  out.end_object().end_object();
}

}  // namespace

std::string sarif(const lint::Report& report, const RenderOptions& options) {
  const Rules rules = rules_of(report);
  const std::vector<std::string> names = fingerprints(report, options.repository);
  JsonWriter out;
  out.begin_object(Layout::block);
  out.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  out.member("version", "2.1.0").key("runs").begin_array(Layout::block).begin_object(Layout::block);
  write_tool(out, rules, report);
  out.member("columnKind", "unicodeCodePoints");
  out.key("originalUriBaseIds").begin_object().key("SRCROOT").begin_object();
  write_text(out, "description", "the root of the repository");
  out.end_object().end_object();
  out.key("results").begin_array(Layout::block);
  Uris uris(options.repository);
  for (std::size_t index = 0; index < report.findings.size(); ++index) {
    write_result(out, report.findings[index], names[index], rules, uris);
    options.hand_over(out.so_far());
  }
  return out.end_array().end_object().end_array().end_object().take();
}

}  // namespace migguard::report
