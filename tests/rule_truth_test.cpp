// Labelled SQL: the rules that must fire with every rule turned on, and those that must not.
// fixtures/truth/rule-cases.jsonl, one case a line; `why` says how the label was found.
#include <gtest/gtest.h>
#include <lint/lint.hpp>
#include <lint/rule_set.hpp>
#include <test_paths.hpp>
#include <util/file_system.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace migguard {
namespace {

std::string path_of(const std::string& tool, int number) {
  if (tool == "prisma") return cat("prisma/migrations/2024010", number, "000000_m/migration.sql");
  if (tool == "goose") return cat("migrations/0000", number, "_m.sql");
  if (tool == "dbmate") return cat("db/migrations/2024010", number, "000000_m.sql");
  if (tool == "sqlx") return cat("migrations/2024010", number, "000000_m.sql");
  if (tool == "flyway") return cat("db/migration/V", number, "__m.sql");
  return cat("db/migrations/000", number, "_m.sql");
}

std::set<std::string> rules_found(const nlohmann::json& label) {
  const std::string tool = label.value("framework", "");
  Memory files;
  if (label.contains("history"))
    files.add(path_of(tool, 1), label["history"].get<std::string>() + "\n");
  files.add(path_of(tool, 2), label["sql"].get<std::string>() + "\n");
  if (tool == "prisma")
    files.add("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  lint::Settings settings;
  settings.preset_all = true;
  settings.pg_version = std::stoi(label["pg_version"].get<std::string>());
  settings.now = 1'795'000'000'000;
  if (!tool.empty()) settings.tool = tool_named(tool);
  settings.assume_in_transaction = tool.empty() && label.value("assume_in_transaction", false);
  const auto report = lint::lint(settings, files);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  std::set<std::string> found;
  if (!report) return found;
  for (const Finding& each : report->findings)
    if (each.source->path == path_of(tool, 2)) found.emplace(each.rule);
  return found;
}

TEST(RuleTruth, EveryLabelHolds) {
  std::ifstream file(MIGGUARD_SOURCE_DIR "/fixtures/truth/rule-cases.jsonl");
  std::string line;
  std::size_t cases = 0;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    ++cases;
    const auto label = nlohmann::json::parse(line);
    const std::set<std::string> found = rules_found(label);
    for (const std::string rule : label["expect"]) {
      // A label may speak of a rule that is not compiled in.
      if (!lint::find_rule(rule)) continue;
      EXPECT_TRUE(found.contains(rule))
          << label["id"] << " misses " << rule << ": " << label["sql"];
    }
    for (const std::string rule : label["not_expect"])
      EXPECT_FALSE(found.contains(rule))
          << label["id"] << " yields " << rule << ": " << label["sql"];
  }
  EXPECT_GT(cases, 100u);
}

}  // namespace
}  // namespace migguard
