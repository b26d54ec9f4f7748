// `migguard rules`: the list of rules, for people, for a page and for programs.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/example.hpp>
#include <lint/own_rules.hpp>
#include <migguard/rule.hpp>
#include <report/json_writer.hpp>
#include <report/rule_page.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace migguard::cli {
namespace {

using report::JsonWriter;

constexpr std::array<std::string_view, 4> formats{"text", "markdown", "json", "pages"};

// One line of the table. Where there is no room for it, the summary stands below the name.
struct Columns {
  std::size_t name = 0;
  std::size_t width = 0;
  static constexpr std::size_t severity = 9, state = 5;
  bool narrow() const { return width < 2 + name + 2 + severity + state + 30; }
  std::size_t summary() const { return narrow() ? 4 : 2 + name + 2 + severity + state; }
};

std::string line(const RegisteredRule& rule, const Columns& columns, const report::Painter& paint) {
  using report::Style;
  const bool off = rule.rule->off_by_default;
  const std::string state = report::padded(off ? "off" : "on", Columns::state);
  const std::string severity = report::padded(to_string(rule.rule->severity), Columns::severity);
  const std::string colored =
      paint(off ? Style::dim : report::style_of(rule.rule->severity), severity);
  const Style style = off ? Style::dim : Style::plain;
  if (columns.narrow()) {
    return cat("  ", paint(off ? Style::dim : Style::bold, rule.name), "\n    ", colored,
               paint(style, trim(state)), "\n",
               report::paragraph("    ", 4, rule.rule->summary, 4, columns.width, paint, style));
  }
  const std::string label = cat("  ", paint(style, report::padded(rule.name, columns.name + 2)),
                                colored, paint(style, state));
  return report::paragraph(label, columns.summary(), rule.rule->summary, columns.summary(),
                           columns.width, paint, style);
}

std::string as_text(const std::vector<RegisteredRule>& rules, const Environment& environment,
                    bool color) {
  using report::Style;
  const report::Painter paint(color);
  Columns columns{.width = environment.width};
  for (const RegisteredRule& each : rules) columns.name = std::max(columns.name, each.name.size());
  std::string out;
  if (!columns.narrow()) {
    out += paint(Style::dim, cat("  ", report::padded("rule", columns.name + 2),
                                 report::padded("severity", Columns::severity),
                                 report::padded("on", Columns::state), "what it finds"));
    out += '\n';
  }
  std::string_view family;
  std::size_t on = 0;
  for (const RegisteredRule& each : rules) {
    if (each.family != family) {
      out += cat(family.empty() ? "" : "\n", paint(Style::bold, each.family), "\n");
      family = each.family;
    }
    on += each.rule->off_by_default ? 0 : 1;
    out += line(each, columns, paint);
  }
  const std::string total =
      cat(report::count(rules.size(), "rule"), ", ", on,
          " on by default; `--preset all` turns on every one, `migguard explain RULE` tells more");
  return cat(out, "\n", report::paragraph("", 0, total, 0, columns.width, paint));
}

std::string as_json(const std::vector<RegisteredRule>& rules) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1);
  out.key("rules").begin_array(JsonWriter::Layout::block);
  for (const RegisteredRule& each : rules) {
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

// A page for each rule and one that lists them, in a folder.
void add_pages(const std::string& folder, std::vector<Document>& documents) {
  documents.push_back({report::rules_index(), join_path(folder, "README.md")});
  for (const RegisteredRule& each : all_rules())
    documents.push_back({report::rule_page(each), join_path(folder, cat(each.name, ".md"))});
}

// Runs the examples of the configuration's own rules, as the tests of migguard run those of ours.
Result<Answer> run_examples(const std::vector<lint::PatternRule>& patterns) {
  Answer answer;
  std::string out;
  std::size_t ran = 0, failed = 0;
  for (const lint::PatternRule& pattern : patterns) {
    const auto run = [&](const std::vector<std::string>& examples, bool expected) -> Result<bool> {
      for (const std::string& sql : examples) {
        lint::Settings settings;
        settings.pattern_rules = {pattern};
        const Example example{.sql = sql};
        const auto report = lint::lint_example(pattern.name, example, std::move(settings));
        if (!report) return report.error();
        const bool found = lint::findings_of(pattern.name, example, *report) > 0;
        ++ran;
        if (found == expected) continue;
        ++failed;
        out += cat("not ok ", pattern.name, found ? " is found in\n" : " is not found in\n");
        const std::string shown = printable(sql, true);
        for (const std::string_view line : split(shown, '\n')) out += cat("    ", line, "\n");
      }
      return true;
    };
    const std::size_t before = failed;
    for (const auto& [examples, expected] :
         {std::pair(&pattern.bad, true), std::pair(&pattern.good, false)}) {
      if (const auto done = run(*examples, expected); !done) return done.error();
    }
    if (pattern.bad.empty()) {
      ++failed;
      out += cat("not ok ", pattern.name,
                 " has no `bad` example: nothing shows that it finds anything\n");
    }
    if (failed == before)
      out += cat("ok ", pattern.name, ": ", report::count(pattern.bad.size(), "bad example"), ", ",
                 report::count(pattern.good.size(), "good example"), "\n");
  }
  out += cat(report::count(patterns.size(), "rule"), ", ", report::count(ran, "example"), ": ",
             failed == 0 ? "all as they should be" : cat(failed, " failed"), "\n");
  answer.status = failed == 0 ? exit_clean : exit_findings;
  answer.documents.push_back({std::move(out)});
  return answer;
}

Result<Answer> run_rules(const Options& options, const Environment& environment) {
  const auto patterns = pattern_rules(options, environment);
  if (!patterns) return patterns.error();
  if (options.test) {
    if (patterns->empty())
      return Error{"there are no `patternRules` to test: none in the configuration"};
    return run_examples(*patterns);
  }
  lint::OwnRules own;
  std::vector<RegisteredRule> rules(all_rules().begin(), all_rules().end());
  for (const lint::PatternRule& each : *patterns) {
    rules.push_back(
        lint::register_own_rule(own, each.name, each.severity, each.message, each.why, each.help)
            .registered);
  }
  Answer answer;
  // Whoever writes pages does not ask for the list as well.
  const bool pages = std::any_of(options.outputs.begin(), options.outputs.end(),
                                 [](const Output& each) { return each.format == "pages"; });
  for (const Output& output : pages ? options.outputs : outputs_of(options)) {
    const bool color = output.file.empty() && environment.color;
    if (output.format == "pages") {
      if (!environment.files.is_directory(output.file))
        return Error{"`--format pages=FOLDER` needs a folder that is there"};
      add_pages(output.file, answer.documents);
    } else {
      answer.documents.push_back({output.format == "json" ? as_json(rules)
                                  : output.format == "markdown"
                                      ? report::rules_table(rules, false)
                                      : as_text(rules, environment, color),
                                  output.file});
    }
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
        "Lists every rule with its family, its severity and whether it is on by default, with "
        "those "
        "of the configuration's patternRules.",
    .examples = R"(
migguard rules
migguard rules --format markdown=RULES.md
migguard rules --format pages=docs/rules     a page for each rule
migguard rules --test                        the examples of your own pattern rules
)",
    .flags = flags_output | flags_config | flags_test,
    .formats = formats,
    .run = run_rules,
};

}  // namespace migguard::cli
