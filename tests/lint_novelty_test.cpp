// What counts as old, changed, new and gone since an earlier commit, tool by tool.
#include <gtest/gtest.h>
#include <lint/lint.hpp>
#include <lint/renames.hpp>
#include <util/file_system.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace migguard {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Memory memory(const Files& listed) {
  Memory files;
  for (const auto& [path, text] : listed) files.add(path, text);
  return files;
}

// The findings of the rules that compare, as `rule path`.
std::vector<std::string> compared(const Files& then, const Files& now) {
  const Memory before = memory(then), files = memory(now);
  lint::Settings settings;
  settings.now = 1'795'000'000'000;
  settings.base = &before;
  const auto report = lint::lint(settings, files);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  std::vector<std::string> found;
  if (!report) return found;
  for (const Finding& each : report->findings) {
    if (each.rule.find("-applied-") != each.rule.npos || each.rule == "out-of-order-migration")
      found.push_back(cat(each.rule, " ", each.source->path));
  }
  return found;
}

using Found = std::vector<std::string>;

const std::string one = "CREATE TABLE one (id bigint PRIMARY KEY);\n";
const std::string two = "CREATE TABLE two (id bigint PRIMARY KEY);\n";
const std::string crlf = "CREATE TABLE one (id bigint PRIMARY KEY);\r\n";

TEST(Novelty, TheDownSectionOfAFileIsNoMigration) {
  const auto file = [](const std::string& up, const std::string& down) {
    return Files{{"migrations/00001_a.sql", cat("-- +goose Up\n", up, "-- +goose Down\n", down)},
                 {"migrations/00002_b.sql", cat("-- +goose Up\n", two)}};
  };
  EXPECT_EQ(compared(file(one, "DROP TABLE one;\n"), file(one, "DROP TABLE IF EXISTS one;\n")),
            Found{});
  EXPECT_EQ(compared(file(one, "DROP TABLE one;\n"), file(two, "DROP TABLE one;\n")),
            Found{"edited-applied-migration migrations/00001_a.sql"});
}

TEST(Novelty, LineEndsCountWhereSqlxHashesThemAndGitDidNotTurnThemAll) {
  const auto files = [](const std::string& first, const std::string& second) {
    return Files{{"Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"},
                 {"migrations/1_a.sql", first},
                 {"migrations/2_b.sql", second}};
  };
  EXPECT_EQ(compared(files(one, two), files(crlf, two)),
            Found{"edited-applied-migration migrations/1_a.sql"});
  EXPECT_EQ(compared(files(one, one), files(crlf, crlf)), Found{});
  EXPECT_EQ(compared(files(one, two), files("-- why\n" + one, two)),
            Found{"edited-applied-migration migrations/1_a.sql"});
}

TEST(Novelty, FlywayRunsRepeatablesAgainAndStopsAtEdits) {
  const auto files = [](const std::string& versioned, const std::string& repeatable) {
    return Files{{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                 {"sql/V1__a.sql", versioned},
                 {"sql/R__views.sql", repeatable}};
  };
  EXPECT_EQ(compared(files(one, "CREATE VIEW v AS SELECT 1;\n"),
                     files(one, "CREATE OR REPLACE VIEW v AS SELECT 2;\n")),
            Found{});
  EXPECT_EQ(compared(files(one, two), files(crlf, two)), Found{});
  EXPECT_EQ(compared(files(one, two), files(two, two)),
            Found{"edited-applied-migration sql/V1__a.sql"});
}

std::string journal(const std::string& tag, const std::string& when) {
  return cat(R"({"version":"7","dialect":"postgresql","entries":[
  {"idx":0,"version":"7","when":1735689600000,"tag":"0000_a","breakpoints":true},
  {"idx":1,"version":"7","when":)",
             when, R"(,"tag":")", tag, R"(","breakpoints":true}]})");
}

TEST(Novelty, DrizzleKnowsAMigrationByItsWhen) {
  const auto files = [](const std::string& tag, const std::string& when) {
    return Files{{"drizzle/meta/_journal.json", journal(tag, when)},
                 {"drizzle/0000_a.sql", one},
                 {cat("drizzle/", tag, ".sql"), two}};
  };
  EXPECT_EQ(compared(files("0001_b", "1735689700000"), files("0001_c", "1735689700000")), Found{});
  EXPECT_EQ(compared(files("0001_b", "1735689700000"), files("0001_c", "1735689600001")),
            (Found{"deleted-applied-migration drizzle/0001_c.sql",
                   "out-of-order-migration drizzle/meta/_journal.json"}));
}

TEST(Novelty, AFileThatTheJournalListsNowWasNotRunBefore) {
  const Files then = {{"drizzle/meta/_journal.json", journal("0001_b", "1735689700000")},
                      {"drizzle/0000_a.sql", one},
                      {"drizzle/0001_b.sql", two},
                      {"drizzle/0001_draft.sql", two}};
  Files now = then;
  now[3].second = "CREATE TABLE draft (id bigint PRIMARY KEY);\n";
  EXPECT_EQ(compared(then, now), Found{}) << "an orphan may change";
}

TEST(Novelty, ASquashIsNoDeletion) {
  const Files then = {{"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
                      {"prisma/migrations/20240101000000_a/migration.sql", one},
                      {"prisma/migrations/20240102000000_b/migration.sql", two},
                      {"prisma/migrations/20240103000000_c/migration.sql", "SELECT 1;\n"}};
  const Files now = {
      then[0], {"prisma/migrations/20240102000000_squashed/migration.sql", one + two}, then[3]};
  EXPECT_EQ(compared(then, now), Found{});
}

TEST(Renames, AreFoundByTextByNameAndByLines) {
  const std::string lines = "SELECT 1;\nSELECT 22;\nSELECT 333;\nSELECT 4444;\n";
  Project then, now;
  then.files.emplace_back("a/1_x.sql", one);
  then.files.emplace_back("a/2_y.sql", "SELECT 'y';\n");
  then.files.emplace_back("a/3_z.sql", lines);
  then.files.emplace_back("a/4_gone.sql", "SELECT 'gone';\n");
  then.files.emplace_back("a/5_stays.sql", two);
  now.files.emplace_back("b/9_other.sql", one);
  now.files.emplace_back("b/2_y.sql", "DELETE FROM y;\n");
  now.files.emplace_back("b/8_similar.sql", lines + "SELECT 55555;\n");
  now.files.emplace_back("b/7_new.sql", "SELECT 'new';\n");
  now.files.emplace_back("a/5_stays.sql", one);
  const auto renamed = lint::renamed_files(then, now);
  EXPECT_EQ(renamed, (std::map<std::string, std::string>{{"a/1_x.sql", "b/9_other.sql"},
                                                         {"a/2_y.sql", "b/2_y.sql"},
                                                         {"a/3_z.sql", "b/8_similar.sql"}}));
}

}  // namespace
}  // namespace migguard
