// JSON keys labelled case by case in `fixtures/truth`, against those that are found.
#pragma once

#include <gtest/gtest.h>
#include <util/json.hpp>

#include <fstream>
#include <set>
#include <string>
#include <test_paths.hpp>
#include <utility>
#include <variant>

namespace migguard {

using Keys = std::set<std::pair<std::string, std::string>>;  // column, path

// Holds what `find` finds in each case of a file against the case's labels. Either answer is right
// where a label has low confidence.
template <typename Find>
void expect_labels(const std::string& file, std::size_t cases, Find find) {
  std::ifstream lines(std::string(MIGGUARD_SOURCE_DIR) + "/fixtures/truth/" + file);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto parsed = json::parse(line);
    const auto& each = std::get<json::Value>(parsed);
    const Keys found = find(each);
    Keys may;
    for (const json::Value& expected : each.get("expect")->items) {
      const std::pair key{expected.get("column")->text, expected.get("key")->text};
      may.insert(key);
      if (expected.get("confidence")->text != "low") {
        EXPECT_TRUE(found.contains(key)) << line;
      }
    }
    for (const auto& key : found) EXPECT_TRUE(may.contains(key)) << key.second << " in " << line;
  }
  EXPECT_EQ(count, cases);
}

}  // namespace migguard
