// `migguard explain`: a rule's documentation, which is also its test: the examples are those it is
// held to.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/rule_set.hpp>
#include <migguard/rule.hpp>
#include <report/rule_locks.hpp>
#include <report/rule_page.hpp>
#include <report/style.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::cli {
namespace {

using report::Painter;
using report::Style;

constexpr std::array<std::string_view, 2> formats{"text", "markdown"};

constexpr std::size_t shown_lines = 14;    // of one file of an example
constexpr std::size_t shown_examples = 4;  // of each kind, unless --verbose

std::string title(std::string_view text, const Painter& paint) {
  return cat("\n", paint(Style::bold, text), "\n");
}

// SQL or a file as it is, to paste.
std::string verbatim(std::string_view text, std::size_t indent) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  const std::string safe = printable(text.substr(0, text.find_last_not_of(" \n") + 1), true);
  const auto lines = split(safe, '\n');
  std::string out;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    if (index == shown_lines && lines.size() > shown_lines + 1) {
      return out + cat(std::string(indent, ' '), "…\n");
    }
    out += lines[index].empty() ? "\n" : cat(std::string(indent, ' '), lines[index], "\n");
  }
  return out;
}

std::string example(const Example& each, const Painter& paint) {
  std::string out;
  const auto remark = [&](std::string_view text) {
    out += cat("  ", paint(Style::dim, cat("-- ", text)), "\n");
  };
  if (each.pg_version != Example{}.pg_version) remark(cat("on PostgreSQL ", each.pg_version));
  if (each.in_transaction) remark("inside a transaction");
  for (const ExampleFile& file : each.files) {
    out += cat("  ", paint(Style::dim, printable(file.path)), "\n");
    out += verbatim(file.text, 4);
  }
  if (!each.database.empty()) {
    remark("in the database");
    out += verbatim(each.database, 4);
  }
  if (!each.before.empty()) {
    remark("in an earlier migration");
    out += verbatim(each.before, 2);
    if (!each.sql.empty()) remark("then");
  }
  if (!each.sql.empty()) out += verbatim(each.sql, 2);
  return out;
}

std::string examples(std::string_view name, std::span<const Example> each, bool all,
                     const Painter& paint) {
  if (each.empty()) return {};
  std::string out = title(name, paint);
  const std::size_t shown = all ? each.size() : std::min(each.size(), shown_examples);
  for (std::size_t index = 0; index < shown; ++index) {
    if (index > 0 &&
        (!each[index].files.empty() || each[index].sql.find('\n') != std::string_view::npos))
      out += '\n';
    out += example(each[index], paint);
  }
  if (shown < each.size()) {
    out += paint(Style::dim, cat("  ", each.size() - shown, " more with --verbose")) + "\n";
  }
  return out;
}

// What the example above all does to a live server.
std::string locks(const RegisteredRule& rule, const Painter& paint) {
  const auto known = report::rule_locks(rule);
  if (!known) return {};
  std::string out = title("Locks", paint) + verbatim(known->sql, 2);
  for (const report::VersionLocks& each : known->versions) {
    out += cat("  ", paint(Style::dim, report::versions_text(each)), "\n");
    if (!each.rows.empty()) out += report::lock_table(each.rows, 4, paint);
    for (const std::string& remark : each.remarks) out += cat("    ", remark, "\n");
    if (each.rows.empty() && each.remarks.empty()) out += "    nothing that anyone waits for\n";
  }
  return out;
}

// A paragraph, or the SQL alone where there is nothing else to say.
std::string help(std::string_view text, std::size_t width, const Painter& paint) {
  std::string out;
  for (const report::HelpPart& part : report::help_parts(text)) {
    out +=
        part.code ? verbatim(part.text, 4) : report::paragraph("  ", 2, part.text, 2, width, paint);
  }
  return out;
}

std::string explain(const RegisteredRule& rule, bool all, const Environment& environment) {
  const Painter paint(environment.color);
  const std::size_t width = std::min<std::size_t>(environment.width, 92);
  std::string out =
      cat(paint(report::style_of(rule.rule->severity), rule.name), "  ",
          paint(Style::dim, cat(to_string(rule.rule->severity), ", family ", rule.family,
                                rule.rule->off_by_default ? ", off by default" : "")),
          "\n");
  out += report::paragraph("  ", 2, rule.rule->summary, 2, width, paint);
  if (!rule.rule->why.empty()) {
    out += title("Why", paint) + report::paragraph("  ", 2, rule.rule->why, 2, width, paint);
  }
  if (!rule.rule->instead.empty()) {
    out += title("Instead", paint) + help(rule.rule->instead, width, paint);
  }
  out += locks(rule, paint);
  out += examples("Found in", rule.rule->bad, all, paint);
  out += examples("Not found in", rule.rule->good, all, paint);
  if (!rule.rule->options.empty()) {
    out += title("Options", paint);
    for (const Option& each : rule.rule->options) {
      const std::string label = cat("  ", each.name, "  ");
      out += report::paragraph(label, label.size(), each.summary, label.size(), width, paint);
    }
  }
  out += title("To ignore it", paint);
  out += cat("  ", paint(Style::dim, "once, on the line above the statement, with the reason:"),
             "\n", "    -- migguard: ignore ", rule.name, ": REASON\n");
  out += cat("  ", paint(Style::dim, "everywhere, in migguard.json:"), "\n", "    {\"rules\": {\"",
             rule.name, "\": \"off\"}}\n");
  if (!rule.rule->formerly.empty()) {
    out += title("Former names", paint);
    for (const std::string_view each : rule.rule->formerly) out += cat("  ", each, "\n");
  }
  return out;
}

Error unknown(std::string_view name, const lint::OwnRules& own) {
  std::vector<std::string_view> names;
  for (const lint::OwnRule& each : own) names.push_back(each.name);
  for (const RegisteredRule& each : all_rules()) {
    names.push_back(each.name);
    names.insert(names.end(), each.rule->formerly.begin(), each.rule->formerly.end());
  }
  const auto meant = closest(name, names);
  return {cat("there is no rule `", printable(name), "`",
              meant ? cat("; did you mean `", *meant, "`?") : "; `migguard rules` lists them")};
}

Result<Answer> run_explain(const Options& options, const Environment& environment) {
  const auto patterns = pattern_rules(options, environment);
  if (!patterns) return patterns.error();
  lint::OwnRules own;
  for (const lint::PatternRule& each : *patterns)
    lint::register_own_rule(own, each.name, each.severity, each.message, each.why, each.help);
  std::vector<RegisteredRule> rules;
  for (const std::string& name : options.arguments) {
    const lint::OwnRule* mine = lint::find_own_rule(own, name);
    const auto index = lint::find_rule(name);
    if (!mine && !index) return unknown(name, own);
    rules.push_back(mine ? mine->registered : all_rules()[*index]);
  }
  Answer answer;
  for (const Output& output : outputs_of(options)) {
    Environment shown = environment;
    shown.color &= output.file.empty();
    std::string text;
    for (const RegisteredRule& rule : rules) {
      if (!text.empty()) text += "\n\n";
      text += output.format == "markdown" ? report::rule_page(rule)
                                          : explain(rule, options.verbose, shown);
    }
    answer.documents.push_back({std::move(text), output.file});
  }
  return answer;
}

}  // namespace

const Command explain_command{
    .name = "explain",
    .arguments = "RULE...",
    .min_arguments = 1,
    .summary = "tell why a rule exists and what to do instead",
    .description =
        "Tells why a rule exists, what to do instead, what it locks on which version of "
        "PostgreSQL, what it finds and what it does not, and how to ignore it.",
    .examples = R"(
migguard explain drop-table
migguard explain drop-table --verbose    with all its examples
migguard explain set-not-null --format markdown
)",
    .flags = flags_output | flags_config | flags_verbose,
    .formats = formats,
    .run = run_explain,
};

}  // namespace migguard::cli
