#include <cli/rule_examples.hpp>
#include <lint/example.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace migguard::cli {
namespace {

// A rule of either kind, as far as its examples are concerned.
struct Tested {
  std::string_view name;
  std::vector<Example> bad, good;
  const lint::PatternRule* pattern = nullptr;  // null: compiled in
};

std::vector<Example> examples_of(const std::vector<std::string>& texts) {
  std::vector<Example> examples;
  examples.reserve(texts.size());
  for (const std::string& each : texts) examples.push_back({.sql = each});
  return examples;
}

std::string text_of(const Example& example) {
  std::string text;
  if (!example.before.empty()) text += cat(example.before, "\n-- then\n");
  text += example.sql;
  for (const ExampleFile& file : example.files) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += cat("-- ", file.path, "\n", file.text);
  }
  return text;
}

class Runner {
 public:
  // Whether the rule is as it says; an error as run_examples has them.
  Result<bool> run(const Tested& rule) {
    const std::size_t before = failed_;
    std::size_t left_out = 0;
    for (const auto& [examples, expected] :
         {std::pair(&rule.bad, true), std::pair(&rule.good, false)}) {
      for (const Example& each : *examples) {
        if (!each.database.empty()) {
          ++left_out;
          continue;
        }
        if (const auto done = run(rule, each, expected); !done) return done.error();
      }
    }
    if (rule.bad.empty()) {
      ++failed_;
      out_ += cat("not ok ", rule.name,
                  " has no `bad` example: nothing shows that it finds anything\n");
    }
    if (!rule.pattern && rule.good.empty()) {
      ++failed_;
      out_ += cat("not ok ", rule.name, " has no `good` example: nothing shows where it ends\n");
    }
    if (failed_ == before)
      out_ += cat("ok ", rule.name, ": ", report::count(rule.bad.size(), "bad example"), ", ",
                  report::count(rule.good.size(), "good example"));
    if (failed_ == before && left_out > 0)
      out_ += cat("; ", left_out, " of a live database not run, which migguard_tests does");
    if (failed_ == before) out_ += '\n';
    return true;
  }

  RanExamples result(std::size_t rules) {
    return {cat(out_, report::count(rules, "rule"), ", ", report::count(ran_, "example"), ": ",
                failed_ == 0 ? "all as they should be" : cat(failed_, " failed"), "\n"),
            failed_ > 0};
  }

 private:
  Result<bool> run(const Tested& rule, const Example& example, bool expected) {
    lint::Settings settings;
    if (rule.pattern) settings.pattern_rules = {*rule.pattern};
    const auto report = lint::lint_example(rule.name, example, std::move(settings));
    if (!report) return report.error();
    const bool found = lint::findings_of(rule.name, example, *report) > 0;
    ++ran_;
    if (report->summary.not_understood > 0 && (rule.pattern || found != expected)) {
      fail(rule, " has an example that PostgreSQL cannot read:", example);
      return true;
    }
    if (found != expected) {
      fail(rule, found ? " is found in" : " is not found in", example);
      return true;
    }
    if (rule.pattern) return true;
    for (const Finding& each : report->findings) {
      if (each.rule != rule.name) continue;
      if (each.why.empty() || each.help.empty()) {
        fail(rule,
             each.why.empty() ? " does not say why, by `because`, in"
                              : " does not say what to do, by `try_`, in",
             example);
        break;
      }
    }
    return true;
  }

  void fail(const Tested& rule, std::string_view what, const Example& example) {
    ++failed_;
    out_ += cat("not ok ", rule.name, what, "\n");
    const std::string shown = printable(text_of(example), true);
    for (const std::string_view line : split(shown, '\n')) out_ += cat("    ", line, "\n");
  }

  std::string out_;
  std::size_t ran_ = 0, failed_ = 0;
};

}  // namespace

Result<RanExamples> run_examples(std::span<const lint::PatternRule> patterns,
                                 std::span<const RegisteredRule> compiled) {
  Runner runner;
  for (const lint::PatternRule& each : patterns) {
    const auto ran = runner.run({each.name, examples_of(each.bad), examples_of(each.good), &each});
    if (!ran) return ran.error();
  }
  for (const RegisteredRule& each : compiled) {
    const auto ran = runner.run({each.name,
                                 {each.rule->bad.begin(), each.rule->bad.end()},
                                 {each.rule->good.begin(), each.rule->good.end()}});
    if (!ran) return ran.error();
  }
  return runner.result(patterns.size() + compiled.size());
}

}  // namespace migguard::cli
