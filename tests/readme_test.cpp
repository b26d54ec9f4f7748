// The README shows what the program prints: each line of its first example stands in the real
// output, in that order.
#include <gtest/gtest.h>
#include <migguard/text.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <test_paths.hpp>
#include <vector>

namespace migguard {
namespace {

std::vector<std::string> example_lines() {
  std::ifstream readme(MIGGUARD_SOURCE_DIR "/README.md");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("$ scripts/run audit")) {
      inside = true;
    } else if (inside && line == "```") {
      break;
    } else if (inside && line != "[...]" && !line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

TEST(Readme, ShowsWhatTheProgramPrints) {
  const std::string command = "cd '" MIGGUARD_SOURCE_DIR "' && COLUMNS=100 '" MIGGUARD_BINARY
                              "' audit --color never fixtures/projects/untracked-history";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output = "\n";
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  pclose(pipe);
  const std::vector<std::string> lines = example_lines();
  ASSERT_GT(lines.size(), 10u);
  std::size_t at = 0;
  for (const std::string& line : lines) {
    const std::size_t found = output.find(cat("\n", line, "\n"), at);
    EXPECT_NE(found, std::string::npos) << "not printed, or not in this order: " << line;
    if (found != std::string::npos) at = found + line.size();
  }
}

}  // namespace
}  // namespace migguard
