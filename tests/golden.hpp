// Golden files: what a test makes, compared byte by byte with what is committed. MIGGUARD_UPDATE=1
// rewrites them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <test_paths.hpp>

namespace migguard::test {

inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path =
      std::filesystem::path(MIGGUARD_SOURCE_DIR) / "fixtures/formats" / name;
  if (std::getenv("MIGGUARD_UPDATE")) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; MIGGUARD_UPDATE=1 writes it";
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(expected.str(), actual) << "in " << path;
}

}  // namespace migguard::test
