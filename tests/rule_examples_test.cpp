// A rule's documentation is its test: each bad example yields the rule, no good one does; and the
// laws that every rule's metadata keeps.
#include <gtest/gtest.h>
#include <lint/example.hpp>
#include <migguard/extra_rules.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <test_paths.hpp>

#include "database_state.hpp"

namespace migguard {
namespace {

lint::Report lint_example(const RegisteredRule& rule, const Example& example) {
  lint::Settings settings;
  std::optional<lint::LiveDatabase> live;
  if (!example.database.empty()) {
    live = database_of(example.database, lint::example_now);
    settings.live = &*live;
  }
  auto report = lint::lint_example(rule.name, example, settings);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report ? *std::move(report) : lint::Report{};
}

std::size_t count(const RegisteredRule& rule, const Example& example) {
  return lint::findings_of(rule.name, example, lint_example(rule, example));
}

std::string text_of(const Example& example) {
  std::string text = cat(example.before, example.before.empty() ? "" : "\n-- then\n", example.sql);
  for (const ExampleFile& file : example.files)
    text += cat("-- ", file.path, "\n", file.text, "\n");
  if (!example.database.empty()) text += cat("-- in the database\n", example.database, "\n");
  return text;
}

class RuleExamples : public testing::TestWithParam<RegisteredRule> {};

TEST_P(RuleExamples, BadOnesYieldTheRule) {
  const RegisteredRule& rule = GetParam();
  for (const Example& example : rule.rule->bad) {
    EXPECT_GT(count(rule, example), 0u) << rule.name << " is silent about\n" << text_of(example);
  }
}

TEST_P(RuleExamples, GoodOnesDoNot) {
  const RegisteredRule& rule = GetParam();
  for (const Example& example : rule.rule->good) {
    EXPECT_EQ(count(rule, example), 0u) << rule.name << " speaks of\n" << text_of(example);
  }
}

TEST_P(RuleExamples, SayWhatHappensWhyAndWhatToDo) {
  const RegisteredRule& rule = GetParam();
  for (const Example& example : rule.rule->bad) {
    for (const Finding& finding : lint_example(rule, example).findings) {
      if (finding.rule != rule.name) continue;
      EXPECT_FALSE(finding.message.empty());
      EXPECT_FALSE(finding.why.empty()) << finding.message;
      EXPECT_FALSE(finding.help.empty()) << finding.message;
      EXPECT_NE(finding.message.back(), '.') << "a message is a clause: " << finding.message;
      EXPECT_LE(finding.span.end, finding.source->text.size());
    }
  }
}

TEST_P(RuleExamples, MetadataIsComplete) {
  const RegisteredRule& rule = GetParam();
  EXPECT_FALSE(rule.rule->summary.empty());
  EXPECT_FALSE(rule.rule->why.empty());
  EXPECT_FALSE(rule.rule->instead.empty());
  EXPECT_GE(rule.rule->bad.size(), 2u) << "two examples that yield the rule";
  EXPECT_GE(rule.rule->good.size(), 2u) << "two near misses";
  EXPECT_EQ(rule.rule->summary.find('\n'), std::string_view::npos);
}

TEST_P(RuleExamples, OptionsAreDocumented) {
  for (const RegisteredRule& each : extra_rules())
    if (each.name == GetParam().name) GTEST_SKIP() << "our pages do not know it";
  std::ifstream file(MIGGUARD_SOURCE_DIR "/docs/rules.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty());
  for (const Option& each : GetParam().rule->options) {
    const std::size_t row = text.find(cat("| `", GetParam().name, "` | "));
    ASSERT_NE(row, std::string::npos) << GetParam().name << " is not in the table of options";
    EXPECT_NE(text.substr(row, text.find('\n', row) - row).find(cat("`", each.name, "`")),
              std::string::npos)
        << each.name;
  }
}

TEST_P(RuleExamples, NameSaysTheHazard) {
  const RegisteredRule& rule = GetParam();
  for (const char c : rule.name)
    EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  for (const std::string_view prefix : {"ban-", "prefer-", "no-unsafe-"}) {
    EXPECT_FALSE(rule.name.starts_with(prefix)) << rule.name;
  }
  // What a team asks of itself is no hazard.
  EXPECT_FALSE(rule.name.starts_with("require-") && !rule.rule->off_by_default) << rule.name;
}

INSTANTIATE_TEST_SUITE_P(All, RuleExamples,
                         testing::ValuesIn(all_rules().begin(), all_rules().end()),
                         [](const auto& parameter) {
                           std::string name =
                               cat(parameter.param.family, "_", parameter.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Rules, NamesAreUniqueAcrossFamiliesAndFormerNames) {
  std::set<std::string_view> names;
  for (const RegisteredRule& rule : all_rules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    for (const std::string_view former : rule.rule->formerly)
      EXPECT_TRUE(names.insert(former).second) << former;
  }
  EXPECT_FALSE(names.empty());
}

}  // namespace
}  // namespace migguard
