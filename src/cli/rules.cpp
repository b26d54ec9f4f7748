// `migguard rules`: the list of rules, for people, for a page and for programs.
#include <cli/command.hpp>
#include <cli/rule_examples.hpp>
#include <cli/settings.hpp>
#include <lint/own_rules.hpp>
#include <migguard/extra_rules.hpp>
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

// Those that the command line names, by their name, a former one or their family.
Result<std::vector<RegisteredRule>> named(const std::vector<std::string>& names,
                                          const std::vector<RegisteredRule>& rules) {
  std::vector<bool> chosen(rules.size());
  for (const std::string& name : names) {
    bool known = false;
    for (std::size_t index = 0; index < rules.size(); ++index) {
      const RegisteredRule& each = rules[index];
      const auto& former = each.rule->formerly;
      if (each.name != name && each.family != name &&
          std::find(former.begin(), former.end(), name) == former.end())
        continue;
      chosen[index] = known = true;
    }
    if (known) continue;
    std::vector<std::string_view> candidates;
    for (const RegisteredRule& each : rules) {
      candidates.push_back(each.name);
      candidates.push_back(each.family);
    }
    const auto meant = closest(name, candidates);
    return Error{cat("there is no rule or family `", printable(name), "`",
                     meant ? cat("; did you mean `", *meant, "`?") : "")};
  }
  std::vector<RegisteredRule> found;
  for (std::size_t index = 0; index < rules.size(); ++index)
    if (chosen[index]) found.push_back(rules[index]);
  return found;
}

// The examples of the rules that are named; without names, of all that are not migguard's own.
Result<Answer> test(const std::vector<lint::PatternRule>& patterns,
                    const std::vector<RegisteredRule>& chosen, bool all) {
  std::vector<lint::PatternRule> matching;
  std::vector<RegisteredRule> compiled;
  if (all) {
    matching = patterns;
    compiled.assign(extra_rules().begin(), extra_rules().end());
  }
  for (const RegisteredRule& each : chosen) {
    if (all) break;
    const auto pattern = std::find_if(
        patterns.begin(), patterns.end(),
        [&](const lint::PatternRule& candidate) { return candidate.name == each.name; });
    if (pattern == patterns.end())
      compiled.push_back(each);
    else
      matching.push_back(*pattern);
  }
  if (matching.empty() && compiled.empty())
    return Error{
        "there are no rules of your own to test: no `patternRules` in the configuration, none "
        "compiled in; `migguard rules --test RULE` runs the examples of one of migguard's"};
  auto ran = run_examples(matching, compiled);
  if (!ran) return ran.error();
  Answer answer;
  answer.status = ran->failed ? exit_findings : exit_clean;
  answer.documents.push_back({std::move(ran->report)});
  return answer;
}

Result<Answer> run_rules(const Options& options, const Environment& environment) {
  const auto patterns = pattern_rules(options, environment);
  if (!patterns) return patterns.error();
  lint::OwnRules own;
  std::vector<RegisteredRule> rules(all_rules().begin(), all_rules().end());
  for (const lint::PatternRule& each : *patterns) {
    rules.push_back(
        lint::register_own_rule(own, each.name, each.severity, each.message, each.why, each.help)
            .registered);
  }
  const bool all = options.arguments.empty();
  if (!all) {
    auto chosen = named(options.arguments, rules);
    if (!chosen) return chosen.error();
    rules = *std::move(chosen);
  }
  if (options.test) return test(*patterns, rules, all);
  Answer answer;
  // Whoever writes pages does not ask for the list as well.
  const bool pages = std::any_of(options.outputs.begin(), options.outputs.end(),
                                 [](const Output& each) { return each.format == "pages"; });
  for (const Output& output : pages ? options.outputs : outputs_of(options)) {
    const bool color = output.file.empty() && environment.color;
    if (output.format == "pages") {
      if (!all) return Error{"`--format pages=FOLDER` writes a page for every rule: name none"};
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
    .arguments = "[RULE...]",
    .summary = "list the rules",
    .description =
        "Lists every rule, or those that are named by themselves or by their family, with family, "
        "severity and whether it is on by default; those of the configuration's patternRules, too.",
    .examples = R"(
migguard rules
migguard rules locks                         those of a family
migguard rules --format markdown=RULES.md
migguard rules --format pages=docs/rules     a page for each rule
migguard rules --test                        the examples of your own rules
)",
    .flags = flags_output | flags_config | flags_test,
    .formats = formats,
    .run = run_rules,
};

}  // namespace migguard::cli
