// Every fuzz harness on its seeds: whatever a harness requires holds for them, and for the inputs
// in fixtures/fuzz/ that once broke it.
#include <gtest/gtest.h>
#include <fuzz/harness.hpp>
#include <migguard/rule.hpp>
#include <util/glob.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <test_paths.hpp>

namespace migguard::fuzz {
namespace {

namespace fs = std::filesystem;

// Paths below the repository's root, of what seeds may be.
const std::vector<std::string>& files() {
  static const auto found = [] {
    std::vector<std::string> out;
    const fs::path top = MIGGUARD_SOURCE_DIR;
    for (const auto& each : fs::directory_iterator(top)) {
      if (each.is_regular_file()) out.push_back(each.path().lexically_relative(top).string());
    }
    for (const char* folder : {"fixtures", "docs", ".github"}) {
      for (const auto& each : fs::recursive_directory_iterator(top / folder)) {
        if (each.is_regular_file()) out.push_back(each.path().lexically_relative(top).string());
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }();
  return found;
}

std::string read(const std::string& path) {
  std::ifstream in(fs::path(MIGGUARD_SOURCE_DIR) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FuzzSeeds : public testing::TestWithParam<const Harness*> {};

TEST_P(FuzzSeeds, HoldWhatIsRequired) {
  const Harness& harness = *GetParam();
  // Files alike teach nothing; a fixture of a finding is never left out.
  constexpr std::size_t enough = 12, large = 64 << 10;
  std::size_t seeds = 0;
  harness.run("");
  for (const std::string_view pattern : harness.seeds) {
    const Glob glob(pattern);
    std::size_t run = 0;
    for (const std::string& path : files()) {
      if (run == enough || !glob.matches(path)) continue;
      SCOPED_TRACE(path);
      const std::string text = read(path);
      if (text.size() > large) continue;
      harness.run(text);
      ++run;
    }
    EXPECT_GT(run, 0U) << pattern << " names no file";
    seeds += run;
  }
  const std::string findings = cat("fixtures/fuzz/", harness.name, "/");
  for (const std::string& path : files()) {
    if (path.starts_with(findings)) harness.run(read(path));
  }
  EXPECT_GT(seeds, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, FuzzSeeds, testing::ValuesIn(harnesses().begin(), harnesses().end()),
                         [](const auto& parameter) { return std::string(parameter.param->name); });

TEST(FuzzSeeds, FixturesBelongToHarnesses) {
  for (const std::string& path : files()) {
    if (!path.starts_with("fixtures/fuzz/")) continue;
    const std::string_view rest = std::string_view(path).substr(std::size("fixtures/fuzz/") - 1);
    EXPECT_TRUE(harness_named(rest.substr(0, rest.find('/')))) << path;
  }
}

}  // namespace
}  // namespace migguard::fuzz
