// What is written about migguard.json says what the program reads: the schema, the documentation,
// and what `migguard init` writes.
#include <gtest/gtest.h>
#include <cli/config.hpp>
#include <cli/config_schema.hpp>
#include <cli/table_stats.hpp>
#include <nlohmann/json.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <test_paths.hpp>

namespace migguard::cli {
namespace {

std::string source_text(const std::string& path) {
  const auto text = Disk().read(cat(MIGGUARD_SOURCE_DIR "/", path), FileSystem::default_limit);
  EXPECT_TRUE(text) << path;
  return text ? *text : std::string();
}

// MIGGUARD_UPDATE=1 writes it.
TEST(ConfigSchema, IsTheOneInTheDocumentation) {
  const std::string path = MIGGUARD_SOURCE_DIR "/docs/migguard.schema.json";
  if (std::getenv("MIGGUARD_UPDATE")) std::ofstream(path, std::ios::binary) << config_schema();
  EXPECT_EQ(source_text("docs/migguard.schema.json"), config_schema());
}

TEST(ConfigSchema, KnowsTheKeysThatAreRead) {
  const auto schema = nlohmann::json::parse(config_schema());
  std::set<std::string> described;
  for (const auto& [name, property] : schema.at("properties").items()) {
    described.insert(name);
    const bool list = property.contains("items") && property["items"].contains("properties");
    const auto& object = list ? property["items"] : property;
    if (!object.contains("properties")) continue;
    for (const auto& inner : object["properties"].items())
      described.insert(cat(name, list ? "[]." : ".", inner.key()));
  }
  const auto keys = config_keys();
  EXPECT_EQ(described, std::set<std::string>(keys.begin(), keys.end()));
}

TEST(ConfigDocs, TellEveryKey) {
  const std::string text = source_text("docs/configuration.md");
  for (const std::string& key : config_keys()) {
    if (key.find('.') != std::string::npos) continue;
    EXPECT_NE(text.find(cat("\n| `", key, "` |")), std::string::npos) << key;
  }
}

// Every block of settings in the documentation is one that is read.
TEST(ConfigDocs, ShowsWhatIsRead) {
  for (const char* path : {"docs/configuration.md", "docs/adopting.md", "README.md"}) {
    const std::string text = source_text(path);
    std::size_t at = 0, blocks = 0;
    while ((at = text.find("```jsonc\n", at)) != std::string::npos) {
      at += 9;
      std::string block(trim(text.substr(at, text.find("```", at) - at)));
      if (!block.starts_with("{")) block = cat("{", block, "}");
      const auto config = read_config(path, block);
      EXPECT_TRUE(config) << path << ": " << (config ? "" : config.error().message) << "\n"
                          << block;
      ++blocks;
    }
    EXPECT_GT(blocks, 0u) << path;
  }
}

TEST(TableStats, AreReadAsTheDocumentationShowsThem) {
  const std::string text = source_text("docs/configuration.md");
  const std::size_t begin = text.find("```json\n") + 8;
  const auto sizes =
      read_table_stats("stats.json", text.substr(begin, text.find("```", begin) - begin));
  ASSERT_TRUE(sizes) << sizes.error().message;
  EXPECT_EQ(sizes->at("public.plans").rows, 12);
  EXPECT_EQ(sizes->at("public.events").bytes, 9663676416);
}

TEST(TableStats, WhatIsNotKnownIsNotSmallAndMistakesHaveAPlace) {
  const auto sizes = read_table_stats("s.json", R"({"format": "migguard-stats", "version": 1,
    "tables": {"app.a": {"rows": null}, "app.b": {"rows": -1}}})");
  ASSERT_TRUE(sizes);
  EXPECT_TRUE(sizes->empty());
  const auto wrong = read_table_stats(
      "s.json", "{\"format\": \"migguard-stats\", \"version\": 1, \"tables\": {\n \"a.b\": {}}}");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().line, 2u);
  EXPECT_FALSE(read_table_stats("s.json", "{\"version\": 1, \"tables\": {}}"));
  EXPECT_FALSE(read_table_stats("s.json", "[]"));
}

}  // namespace
}  // namespace migguard::cli
