// What migration tools note in the database: the shapes of their tables, their checksums, and which
// file each row is matched with.
#include <gtest/gtest.h>

#include <project/applied.hpp>
#include <project/load.hpp>
#include <project/tools/checksums.hpp>
#include <util/file_system.hpp>

#include "database_state.hpp"

namespace migguard::project {
namespace {

constexpr std::string_view users = "CREATE TABLE users (id bigint PRIMARY KEY);\n";

TEST(AppliedShape, KnowsATableByItsColumns) {
  const auto tool = [](std::string_view name, std::string_view columns) {
    const AppliedShape* shape = applied_shape(name, columns);
    return shape ? to_string(shape->tool) : "none";
  };
  EXPECT_EQ(tool("__drizzle_migrations", "created_at,hash,id"), "drizzle");
  EXPECT_EQ(tool("anything", "created_at,hash,id"), "drizzle");
  EXPECT_EQ(tool("schema_migrations", "dirty,version"), "golang-migrate");
  EXPECT_EQ(tool("schema_migrations", "version"), "dbmate");
  EXPECT_EQ(tool("releases", "version"), "none") << "one column says too little";
  EXPECT_EQ(tool("__drizzle_migrations", "created_at,hash"), "none");
}

TEST(Checksums, AreTheTools) {
  // sha256sum; cksum's polynomial over the line without its end, as Java's CRC32 has it.
  EXPECT_EQ(sha256_of(users), "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d");
  EXPECT_EQ(flyway_checksum(users), 1812668543);
  EXPECT_EQ(flyway_checksum("\xEF\xBB\xBF"
                            "CREATE TABLE users (id bigint PRIMARY KEY);\r\n"),
            1812668543);
  EXPECT_EQ(flyway_checksum(""), 0);
}

TEST(Checksums, VersionsOfFlywayAreListsOfNumbers) {
  EXPECT_TRUE(flyway_before("1.9", "1.10"));
  EXPECT_TRUE(flyway_before("1", "1.1"));
  EXPECT_FALSE(flyway_before("1.0", "1"));
  EXPECT_FALSE(flyway_before("2", "1.9"));
}

TEST(Checksums, TimesInNamesAreUtc) {
  EXPECT_EQ(utc_seconds("19700101000000"), 0);
  EXPECT_EQ(utc_seconds("20240229235959"), 1709251199);
  EXPECT_EQ(utc_seconds("20250101000000"), 1735689600);
  EXPECT_FALSE(utc_seconds("20251301000000"));
  EXPECT_FALSE(utc_seconds("2025"));
}

// A project and what a database holds of it.
struct Matched {
  Matched(const std::vector<std::pair<std::string, std::string>>& files, std::string_view state) {
    Memory memory;
    for (const auto& [path, text] : files) memory.add(path, text);
    auto loaded = load(LoadSettings{{"."}}, memory);
    project = *std::move(loaded);
    project->database = database_of(state, 0).facts;
    match_applied(*project);
  }
  std::string applied() const {
    std::string text;
    for (const History& history : project->histories) {
      for (const Migration& each : history.migrations)
        text += each.applied ? cat(text.empty() ? "" : " ", each.id) : "";
    }
    return text;
  }
  std::unique_ptr<Project> project;
};

TEST(MatchApplied, GolangMigratesNumberStandsForAllBeforeIt) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"m/0001_a.up.sql", "SELECT 1;"}, {"m/0001_a.down.sql", "SELECT 1;"},
      {"m/0002_b.up.sql", "SELECT 1;"}, {"m/0002_b.down.sql", "SELECT 1;"},
      {"m/0010_c.up.sql", "SELECT 1;"}, {"m/0010_c.down.sql", "SELECT 1;"}};
  const Matched clean(files, R"({"public.schema_migrations": [{"version": 2, "dirty": false}]})");
  EXPECT_EQ(clean.applied(), "0001_a.up.sql 0002_b.up.sql");
  const Matched dirty(files, R"({"public.schema_migrations": [{"version": 2, "dirty": true}]})");
  EXPECT_EQ(dirty.applied(), "0001_a.up.sql");
}

TEST(MatchApplied, ATableBelongsToTheHistoryOfWhichItHoldsTheMost) {
  const auto journal = [](std::int64_t when) {
    return cat(R"({"version": "7", "dialect": "postgresql", "entries": [{"idx": 0, "when": )", when,
               R"(, "tag": "0000_users"}]})");
  };
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a/drizzle/meta/_journal.json", journal(1)},
      {"a/drizzle/0000_users.sql", "SELECT 1;"},
      {"b/drizzle/meta/_journal.json", journal(2)},
      {"b/drizzle/0000_users.sql", "SELECT 2;"}};
  const Matched one(files, R"({"drizzle.__drizzle_migrations": [
    {"id": 1, "hash": "x", "created_at": 2}]})");
  ASSERT_EQ(one.project->histories.size(), 2u);
  EXPECT_FALSE(applied_table(one.project->database, one.project->histories[0]));
  EXPECT_TRUE(applied_table(one.project->database, one.project->histories[1]));
  // Nothing tells whose it is.
  const Matched neither(files, R"({"drizzle.__drizzle_migrations": [
    {"id": 1, "hash": "x", "created_at": 3}]})");
  EXPECT_FALSE(applied_table(neither.project->database, neither.project->histories[0]));
  EXPECT_FALSE(applied_table(neither.project->database, neither.project->histories[1]));
}

}  // namespace
}  // namespace migguard::project
