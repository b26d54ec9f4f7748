// SQL and the schema it leaves: fixtures/schema/<case>.sql and, as PostgreSQL's catalog has it,
// <case>.schema. A line `-- migration` begins the next migration. MIGGUARD_UPDATE=1 writes what is
// expected anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <schema/print.hpp>
#include <sstream>
#include <test_paths.hpp>

#include "schema_support.hpp"

namespace migguard::schema {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(MIGGUARD_SOURCE_DIR) / "fixtures" / "schema";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".sql") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> migrations(const std::string& text) {
  static const std::string separator = "-- migration\n";
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos;
       begin = end + separator.size())
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

class SchemaFixture : public testing::TestWithParam<std::string> {};

TEST_P(SchemaFixture, LeavesTheSchema) {
  const Replayed replayed(migrations(read(folder / (GetParam() + ".sql"))));
  EXPECT_EQ(replayed.problems, "");
  const std::string printed = canonical(replayed.catalog);
  const std::filesystem::path expected = folder / (GetParam() + ".schema");
  if (const char* update = std::getenv("MIGGUARD_UPDATE"); update && *update == '1')
    std::ofstream(expected, std::ios::binary) << printed;
  EXPECT_EQ(printed, read(expected));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, SchemaFixture, testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace migguard::schema
