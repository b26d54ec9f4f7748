// fixtures/rules/<case>/*.sql: a plain folder of migrations whose comments say what must be found:
//   -- expect: drop-table, drop-cascade        on the line, or on the lines above it
// Findings of the rules on by default that no comment expects fail the test, as do expectations not
// met. A first line `-- preset: all` turns every rule on; then only rules that some comment of the
// case names are compared.
#include <gtest/gtest.h>
#include <lint/lint.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <filesystem>
#include <set>
#include <test_paths.hpp>

namespace migguard {
namespace {

using Expectation = std::tuple<std::string, std::uint32_t, std::string>;  // path, line, rule

std::set<Expectation> expected_in(const SourceFile& source) {
  std::set<Expectation> expected;
  std::vector<std::string> pending;
  for (std::uint32_t line = 1; line <= source.line_count(); ++line) {
    const std::string_view text = source.line(line);
    const std::size_t at = text.find("-- expect:");
    if (at != std::string_view::npos) {
      for (const std::string_view rule : split(text.substr(at + 10), ','))
        pending.emplace_back(trim(rule));
    }
    // On a line of its own, the comment speaks of the next line that is no comment.
    if (trim(text).starts_with("--") || trim(text).empty()) continue;
    for (std::string& rule : pending) expected.emplace(source.path, line, std::move(rule));
    pending.clear();
  }
  EXPECT_TRUE(pending.empty()) << source.path << ": an expectation with no line below it";
  return expected;
}

std::vector<std::string> case_folders() {
  std::vector<std::string> folders;
  for (const auto& entry :
       std::filesystem::directory_iterator(MIGGUARD_SOURCE_DIR "/fixtures/rules")) {
    if (entry.is_directory()) folders.push_back(entry.path().filename().string());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

class RuleFixture : public testing::TestWithParam<std::string> {};

TEST_P(RuleFixture, FindsWhatItsCommentsExpectAndNothingElse) {
  lint::Settings settings;
  settings.paths = {cat(MIGGUARD_SOURCE_DIR "/fixtures/rules/", GetParam())};
  settings.now = 1'795'000'000'000;
  settings.one_by_one = true;
  const auto first = lint::lint(settings, Disk());
  ASSERT_TRUE(first) << first.error().message;
  for (const SourceFile& source : first->project->files)
    settings.preset_all |= source.text.starts_with("-- preset: all");
  const auto report = lint::lint(settings, Disk());
  ASSERT_TRUE(report) << report.error().message;

  std::set<Expectation> expected;
  std::set<std::string> named;
  for (const SourceFile& source : report->project->files) {
    if (!source.path.ends_with(".sql")) continue;
    for (const Expectation& each : expected_in(source)) {
      expected.insert(each);
      named.insert(std::get<2>(each));
    }
  }
  std::set<Expectation> found;
  for (const Finding& finding : report->findings) {
    if (finding.status != Status::open) continue;
    if (settings.preset_all ? !named.count(std::string(finding.rule))
                            : finding.severity == Severity::note)
      continue;
    found.emplace(finding.source->path, finding.source->position(finding.span.begin).line,
                  finding.rule);
  }
  for (const auto& [path, line, rule] : expected) {
    EXPECT_TRUE(found.count({path, line, rule}))
        << "not found: " << path << ":" << line << " " << rule;
  }
  for (const auto& [path, line, rule] : found) {
    EXPECT_TRUE(expected.count({path, line, rule}))
        << "not expected: " << path << ":" << line << " " << rule;
  }
}

INSTANTIATE_TEST_SUITE_P(All, RuleFixture, testing::ValuesIn(case_folders()),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace migguard
