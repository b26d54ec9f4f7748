// The JSONB guard over whole statements: labelled SQL, and what is said once though it happens more
// than once.
#include <gtest/gtest.h>
#include <labelled_keys.hpp>
#include <lint/lint.hpp>
#include <util/file_system.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <set>
#include <string>
#include <test_paths.hpp>
#include <utility>
#include <vector>

namespace migguard {
namespace {

std::string value_of(const Finding& finding, const char* name) {
  const auto found = finding.data.find(name);
  return found == finding.data.end() ? "" : found->second;
}

// The findings of the guard at or above a warning, in migrations of these texts.
std::vector<Finding> find(const std::vector<std::string>& migrations, int version = 15) {
  Memory disk;
  for (std::size_t i = 0; i < migrations.size(); ++i)
    disk.add(cat("db/migrations/000", i + 1, "_m.sql"), migrations[i]);
  lint::Settings settings;
  settings.pg_version = version;
  settings.pg_version_given = true;
  const auto report = lint::lint(settings, disk);
  std::vector<Finding> found;
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  if (!report) return found;
  for (const Finding& each : report->findings) {
    if (each.family == "jsonb" && each.severity != Severity::note) found.push_back(each);
  }
  return found;
}

Keys keys_of(const std::vector<Finding>& findings) {
  Keys keys;
  for (const Finding& each : findings) {
    std::string paths = value_of(each, "items");
    if (paths.empty()) paths = value_of(each, "path");
    for (const std::string_view path : split(paths, ','))
      keys.emplace(value_of(each, "column"), trim(path));
  }
  return keys;
}

// Ways that a key enters, leaves or is depended on, each beside one that looks like it: written
// before migguard was asked, which then agreed with 127 of 135.
TEST(JsonbFindings, AgreeWithLabelledSql) {
  expect_labels("jsonb-sql.jsonl", 135, [](const json::Value& each) {
    std::string schema;
    for (const json::Value& statement : each.get("schema")->items) schema += statement.text + ";\n";
    return keys_of(find({schema, each.get("sql")->text + ";\n"}, std::stoi(each.get("pg")->text)));
  });
}

constexpr const char* quotes = "CREATE TABLE quotes (id int, metadata jsonb, settings jsonb);\n";

TEST(JsonbFindings, SayOnceWhatOneStatementDoesWithOneObject) {
  const auto found = find({quotes,
                           "SELECT metadata->'cost'->>'input_price', metadata->'cost'->>'fee', "
                           "metadata->>'price' FROM quotes;\n"});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(value_of(found[0], "items"), "cost.input_price, cost.fee");
  EXPECT_NE(found[0].message.find("the same goes for cost.fee"), std::string::npos);
  ASSERT_EQ(found[0].labels.size(), 1u);
  EXPECT_EQ(found[0].labels[0].text, "cost.fee");
  EXPECT_NE(found[0].help.find("input_price"), std::string::npos);
  EXPECT_NE(found[0].help.find("COLUMN fee"), std::string::npos);
  EXPECT_EQ(value_of(found[1], "path"), "price");
}

TEST(JsonbFindings, TellRowsOfOneStatementApart) {
  EXPECT_EQ(find({quotes,
                  "INSERT INTO quotes (id, metadata) VALUES (1, '{\"price\": 1}'), "
                  "(2, '{\"fee\": 2}');\n"})
                .size(),
            2u);
}

TEST(JsonbFindings, SayOnceWhatLaterStatementsRepeat) {
  const std::string write = "UPDATE quotes SET metadata = metadata || '{\"price\": 1}';\n";
  const auto found = find({quotes, write + write, write});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("2 other statements do it again, in 2 files"), std::string::npos)
      << found[0].message;
  EXPECT_EQ(found[0].labels.size(), 2u);
}

TEST(JsonbFindings, SayOfAMoneyColumnWhatItsMigrationFillsItWith) {
  const auto found = find({"CREATE TABLE runs (id int, metadata jsonb);\n",
                           "ALTER TABLE runs ADD COLUMN cost jsonb;\n"
                           "UPDATE runs SET cost = jsonb_build_object('total', 1, 'fee', 2);\n"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, "json-column-is-money");
  ASSERT_EQ(found[0].labels.size(), 1u);
  EXPECT_EQ(found[0].labels[0].text, "filled with total, fee");
  EXPECT_EQ(find({"CREATE TABLE runs (id int, cost jsonb);\n",
                  "UPDATE runs SET cost = jsonb_build_object('total', 1);\n"})
                .size(),
            2u);
}

// What a variable holds is looked for where the SQL stands.
TEST(JsonbFindings, PointIntoBodies) {
  const std::string body =
      "DO $$\nDECLARE m jsonb;\nBEGIN\n  m := jsonb_build_object('unit_price', 3);\n"
      "  UPDATE quotes SET metadata = m;\nEND $$;\n";
  const auto found = find({quotes, body});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(body.substr(found[0].span.begin, found[0].span.end - found[0].span.begin),
            "'unit_price'");
}

TEST(JsonbFindings, EndOnVariablesThatGrow) {
  std::string body = "DO $$ DECLARE m jsonb := '{}'; r record; BEGIN\n";
  for (int i = 0; i < 3000; ++i) body += cat("m := m || m || jsonb_build_object('k", i, "', m);\n");
  body += "UPDATE quotes SET metadata = m || '{\"price\": 1}'; END $$;\n";
  EXPECT_EQ(find({quotes, body}).size(), 1u);
  const std::string open = "DO $$ BEGIN FOR r IN SELECT '{' " + std::string(100'000, '(');
  EXPECT_TRUE(find({quotes, open + " LOOP END $$;\n"}).empty());
}

}  // namespace
}  // namespace migguard
