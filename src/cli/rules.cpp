// `migguard rules`: the list of rules, for people, for a page and for programs.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <migguard/rule.hpp>
#include <report/json_writer.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::cli {
namespace {

using report::JsonWriter;

constexpr std::array<std::string_view, 3> formats{"text", "markdown", "json"};

std::string as_text(const Environment& environment, bool color) {
  const report::Painter paint(color);
  std::size_t widest = 0;
  for (const RegisteredRule& each : all_rules()) widest = std::max(widest, each.name.size());
  std::string out;
  std::string_view family;
  std::size_t on = 0;
  for (const RegisteredRule& each : all_rules()) {
    if (each.family != family) {
      out += cat(family.empty() ? "" : "\n", paint(report::Style::bold, each.family), "\n");
      family = each.family;
    }
    const bool off = each.rule->off_by_default;
    on += off ? 0 : 1;
    std::string severity(to_string(each.rule->severity));
    const report::Style style = off ? report::Style::dim : report::style_of(each.rule->severity);
    severity.resize(7, ' ');
    const std::string label = cat(
        "  ", each.name, std::string(widest - each.name.size() + 2, ' '), paint(style, severity),
        "  ", paint(off ? report::Style::dim : report::Style::plain, off ? "off" : "on "), "  ");
    const std::size_t indent = widest + 18;
    out += report::paragraph(label, indent, each.rule->summary, indent, environment.width, paint);
  }
  return cat(
      out, "\n", report::count(all_rules().size(), "rule"), ", ", on,
      " on by default; `--preset all` turns on every one, `migguard explain RULE` tells more\n");
}

// A cell of a table: no line ends, no bars.
std::string cell(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each == '|') out += '\\';
    out += each == '\n' ? ' ' : each;
  }
  return out;
}

std::string as_markdown() {
  std::string out =
      "| rule | family | severity | default | what it finds |\n| --- | --- | --- | --- | --- |\n";
  for (const RegisteredRule& each : all_rules()) {
    out += cat("| `", each.name, "` | ", each.family, " | ", to_string(each.rule->severity), " | ",
               each.rule->off_by_default ? "off" : "on", " | ", cell(each.rule->summary), " |\n");
  }
  return out;
}

std::string as_json() {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1);
  out.key("rules").begin_array(JsonWriter::Layout::block);
  for (const RegisteredRule& each : all_rules()) {
    out.begin_object().member("name", each.name).member("family", each.family);
    out.member("severity", to_string(each.rule->severity))
        .member("on_by_default", !each.rule->off_by_default);
    out.member("summary", each.rule->summary).member("why", each.rule->why);
    out.member("instead", each.rule->instead);
    out.key("options").begin_array();
    for (const Option& option : each.rule->options)
      out.begin_object().member("name", option.name).member("summary", option.summary).end_object();
    out.end_array().key("formerly").begin_array();
    for (const std::string_view former : each.rule->formerly) out.value(former);
    out.end_array().end_object();
  }
  return out.end_array().end_object().take();
}

Result<Answer> run_rules(const Options& options, const Environment& environment) {
  Answer answer;
  for (const Output& output : outputs_of(options)) {
    const bool color = output.file.empty() && environment.color;
    answer.documents.push_back({output.format == "json"       ? as_json()
                                : output.format == "markdown" ? as_markdown()
                                                              : as_text(environment, color),
                                output.file});
  }
  return answer;
}

}  // namespace

const Command rules_command{
    .name = "rules",
    .arguments = "",
    .max_arguments = 0,
    .summary = "list the rules",
    .description =
        "Lists every rule with its family, its severity and whether it is on by default.",
    .examples = R"(
migguard rules
migguard rules --format markdown=RULES.md
)",
    .flags = flags_output,
    .formats = formats,
    .run = run_rules,
};

}  // namespace migguard::cli
