// fixtures/projects/<tree>/: whole projects, healthy and broken, with the findings that
// `expect.json` lists. Every finding of the history family must be listed, and every one listed
// must be found; of other families, those of the rules that the file names.
#include <gtest/gtest.h>
#include <cli/config.hpp>
#include <lint/lint.hpp>
#include <util/file_system.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <test_paths.hpp>

namespace migguard {
namespace {

struct Place {
  std::string rule;
  std::string path;
  std::int64_t line = 0;  // 0: any
  friend auto operator<=>(const Place&, const Place&) = default;
};

std::vector<std::string> trees() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(MIGGUARD_SOURCE_DIR "/fixtures/projects")) {
    if (std::filesystem::exists(entry.path() / "expect.json"))
      names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Place> read_expectations(const std::string& tree) {
  const auto text = Disk().read(tree + "/expect.json", FileSystem::default_limit);
  EXPECT_TRUE(text);
  const auto parsed = json::parse(*text);
  const auto* root = std::get_if<json::Value>(&parsed);
  EXPECT_TRUE(root && root->get("findings"));
  std::vector<Place> places;
  if (!root || !root->get("findings")) return places;
  for (const json::Value& item : root->get("findings")->items) {
    const json::Value* line = item.get("line");
    places.push_back(
        {item.get("check")->text, item.get("path")->text, line ? *line->integer() : 0});
  }
  return places;
}

std::string family_of(std::string_view name) {
  for (const RegisteredRule& rule : all_rules()) {
    if (rule.name == name) return std::string(rule.family);
  }
  ADD_FAILURE() << "expect.json names the rule " << name << ", which does not exist";
  return {};
}

class ProjectTree : public testing::TestWithParam<std::string> {};

TEST_P(ProjectTree, HasTheFindingsItsFileLists) {
  const std::string tree = cat(MIGGUARD_SOURCE_DIR "/fixtures/projects/", GetParam());
  const std::vector<Place> expected = read_expectations(tree);
  std::set<std::string> named;
  for (const Place& each : expected) {
    EXPECT_FALSE(family_of(each.rule).empty());
    named.insert(each.rule);
  }

  lint::Settings settings;
  settings.paths = {tree};
  settings.now = 1'795'000'000'000;
  if (const auto text = Disk().read(tree + "/migguard.json", FileSystem::default_limit)) {
    const auto config = cli::read_config("migguard.json", *text);
    ASSERT_TRUE(config) << config.error().message;
    settings.rules = config->rules;
  }
  const auto report = lint::lint(settings, Disk());
  ASSERT_TRUE(report) << report.error().message;

  std::multiset<Place> rest;
  for (const Finding& finding : report->findings) {
    const bool compared = finding.family == "history" || named.count(std::string(finding.rule));
    if (!compared || finding.status != Status::open) continue;
    const Position at = finding.source->position(finding.span.begin);
    rest.insert({std::string(finding.rule), finding.source->path.substr(tree.size() + 1), at.line});
  }
  for (const Place& each : expected) {
    const auto hit = std::find_if(rest.begin(), rest.end(), [&](const Place& place) {
      return place.rule == each.rule && place.path == each.path &&
             (each.line == 0 || each.line == place.line);
    });
    if (hit == rest.end()) {
      ADD_FAILURE() << "not found: " << each.path << ":" << each.line << " " << each.rule;
    } else {
      rest.erase(hit);
    }
  }
  for (const Place& each : rest)
    ADD_FAILURE() << "not expected: " << each.path << ":" << each.line << " " << each.rule;
}

INSTANTIATE_TEST_SUITE_P(All, ProjectTree, testing::ValuesIn(trees()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace migguard
