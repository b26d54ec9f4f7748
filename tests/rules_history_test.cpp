// What the examples of single rules cannot show: which findings of the families history and input a
// whole project gives, how grave they are, and that a root cause has no echoes.
#include <gtest/gtest.h>
#include <lint/lint.hpp>
#include <util/file_system.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace migguard {
namespace {

constexpr std::int64_t fixed_now = 1'795'000'000'000;  // November 2026

struct Case {
  std::string name;
  std::vector<std::pair<std::string, std::string>> files;
  std::string findings;  // `severity rule path:line`, a line each, in the order of the report
};

lint::Report lint_files(const Case& project) {
  Memory files;
  for (const auto& [path, text] : project.files) files.add(path, text);
  lint::Settings settings;
  settings.now = fixed_now;
  auto report = lint::lint(settings, files);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report ? std::move(*report) : lint::Report{};
}

std::string shown(const lint::Report& report) {
  std::string text;
  for (const Finding& each : report.findings) {
    if (each.family != "history" && each.family != "input") continue;
    text += cat(to_string(each.severity), ' ', each.rule, ' ', each.source->path, ':',
                each.source->position(each.span.begin).line, '\n');
  }
  return text;
}

const std::string users = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
const std::string orders = "CREATE TABLE orders (id bigint PRIMARY KEY);\n";
const std::string lock = "provider = \"postgresql\"\n";
const std::string journal_path = "drizzle/meta/_journal.json";
const std::string zero = "00000000-0000-0000-0000-000000000000";

struct Entry {
  int idx;
  std::string tag;
  std::int64_t when;
};

// One entry a line, from line 2 on.
std::string journal(const std::vector<Entry>& entries) {
  std::string text = "{\"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [";
  for (const Entry& each : entries) {
    text += cat(&each == &entries.front() ? "\n" : ",\n", "{\"idx\": ", each.idx,
                ", \"when\": ", each.when, ", \"tag\": \"", each.tag, "\"}");
  }
  return text + "\n]}";
}

std::string snapshot(const std::string& id, const std::string& parent,
                     const std::string& version = "7") {
  return cat("{\"version\": \"", version, "\", \"dialect\": \"postgresql\",\n\"id\": \"", id,
             "\",\n\"prevId\": \"", parent, "\"}");
}

constexpr std::int64_t day_0 = 1'735'689'600'000;
constexpr std::int64_t day = 86'400'000;

const Entry first{0, "0000_users", day_0};
const Entry second{1, "0001_orders", day_0 + day};
const std::pair<std::string, std::string> first_sql{"drizzle/0000_users.sql", users};
const std::pair<std::string, std::string> second_sql{"drizzle/0001_orders.sql", orders};
const std::pair<std::string, std::string> first_snapshot{"drizzle/meta/0000_snapshot.json",
                                                         snapshot("a", zero)};
const std::pair<std::string, std::string> second_snapshot{"drizzle/meta/0001_snapshot.json",
                                                          snapshot("b", "a")};

std::vector<Case> cases() {
  const std::string conflict =
      "<<<<<<< HEAD\nCREATE TABLE orders (id bigint,\n=======\nCREATE TABLE lines (id "
      "bigint,\n>>>>>>> feature\n  note "
      "text);\nCREATE TABEL wrong (id int);\n";
  return {
      {"SoundDrizzle",
       {{journal_path, journal({first, second})},
        first_sql,
        second_sql,
        first_snapshot,
        second_snapshot},
       ""},
      {"JournalInvalidIsTheOnlyFinding",
       {{journal_path, "{\"entries\": [\n{\"idx\": 0}]}"},
        first_sql,
        {"drizzle/0000_again.sql", "\xef\xbb\xbf"},
        {"drizzle/0000_rollback.sql", "DROP TABLE users;"},
        {"drizzle/meta/README.md", "notes"}},
       "error drizzle-journal-invalid drizzle/meta/_journal.json:2\n"},
      {"MixedLayoutIsTheOnlyFinding",
       {{journal_path, journal({first})},
        first_sql,
        {"drizzle/0001_orphan.sql", orders},
        {"drizzle/20260101000000_a/migration.sql", orders},
        {"drizzle/20260101000000_a/snapshot.json", snapshot("a", zero)}},
       "error drizzle-mixed-layout drizzle/meta/_journal.json:1\n"},
      {"OrphanAndDuplicateAreTwoFindings",
       {{journal_path, journal({first})},
        first_sql,
        {"drizzle/0000_hand.sql", orders},
        first_snapshot},
       "error drizzle-orphan-sql drizzle/0000_hand.sql:1\n"
       "error duplicate-migration-number drizzle/0000_hand.sql:1\n"},
      {"DuplicateIdxHidesTheOthersOfThatNumber",
       {{journal_path, journal({first, {0, "0001_orders", day_0 + day}})},
        first_sql,
        second_sql,
        first_snapshot,
        second_snapshot},
       "warning drizzle-duplicate-idx drizzle/meta/_journal.json:3\n"},
      {"DuplicateTagHidesTheMismatch",
       {{journal_path, journal({first, {1, "0000_users", day_0 + day}})},
        first_sql,
        first_snapshot},
       "error drizzle-duplicate-tag drizzle/meta/_journal.json:3\n"},
      {"InvalidSnapshotHasNoOtherFinding",
       {{journal_path, journal({first, second})},
        first_sql,
        second_sql,
        {"drizzle/meta/0000_snapshot.json", "{"},
        second_snapshot,
        {"drizzle/meta/0009_snapshot.json", "{}"}},
       "error drizzle-snapshot-invalid drizzle/meta/0000_snapshot.json:1\n"
       "error drizzle-snapshot-invalid drizzle/meta/0009_snapshot.json:1\n"},
      {"CollisionIsNeitherOrphanNorBroken",
       {{journal_path, journal({first})},
        first_sql,
        {"drizzle/meta/0000_snapshot.json", snapshot("a", "lost")},
        {"drizzle/meta/0009_snapshot.json", snapshot("b", "lost")}},
       "error drizzle-snapshot-collision drizzle/meta/0009_snapshot.json:3\n"},
      {"CopyOfASnapshotCollides",
       {{journal_path, journal({first})},
        first_sql,
        first_snapshot,
        {"drizzle/meta/0000_snapshot copy.json", snapshot("a", zero)}},
       "error drizzle-snapshot-collision drizzle/meta/0000_snapshot.json:3\n"},
      {"OldSnapshotsAndStrayFiles",
       {{journal_path, journal({first})},
        first_sql,
        {"drizzle/meta/0000_snapshot.json", snapshot("a", zero, "5")},
        {"drizzle/meta/.DS_Store", "x"}},
       "warning drizzle-meta-stray-file drizzle/meta/.DS_Store:1\n"
       "warning drizzle-snapshot-outdated drizzle/meta/0000_snapshot.json:1\n"},
      {"EntriesBehindAFutureOneAreEachSkipped",
       {{journal_path,
         journal(
             {{0, "0000_users", fixed_now + 2 * day}, second, {2, "0002_lines", day_0 + 2 * day}})},
        first_sql,
        second_sql,
        {"drizzle/0002_lines.sql", "CREATE TABLE lines (id int);"},
        first_snapshot,
        second_snapshot,
        {"drizzle/meta/0002_snapshot.json", snapshot("c", "b")}},
       "error drizzle-when-in-future drizzle/meta/_journal.json:2\n"
       "error drizzle-when-not-increasing drizzle/meta/_journal.json:3\n"
       "error drizzle-when-not-increasing drizzle/meta/_journal.json:4\n"},
      {"OldRegressionsAreWarnings",
       {{journal_path, journal({second,
                                first,
                                {2, "0002_a", day_0 + 2 * day},
                                {3, "0003_b", day_0 + 3 * day},
                                {4, "0004_c", day_0 + 4 * day}})},
        first_sql,
        second_sql,
        {"drizzle/0002_a.sql", "SELECT 1;"},
        {"drizzle/0003_b.sql", "SELECT 1;"},
        {"drizzle/0004_c.sql", "SELECT 1;"}},
       "note drizzle-snapshot-missing drizzle/meta/_journal.json:1\n"
       "note drizzle-idx-not-sequential drizzle/meta/_journal.json:2\n"
       "note drizzle-idx-not-sequential drizzle/meta/_journal.json:3\n"
       "warning drizzle-when-not-increasing drizzle/meta/_journal.json:3\n"},
      {"DuplicatesThatBothRunAreAWarning",
       {{journal_path, journal({first, {1, "0000_orders", day_0 + day}})},
        first_sql,
        {"drizzle/0000_orders.sql", orders},
        first_snapshot,
        second_snapshot},
       "warning duplicate-migration-number drizzle/0000_users.sql:1\n"
       "warning drizzle-snapshot-orphan drizzle/meta/0001_snapshot.json:1\n"
       "note drizzle-idx-tag-mismatch drizzle/meta/_journal.json:3\n"},
      {"DrizzleForSupabaseRunsOrphans",
       {{"supabase/config.toml", "project_id = \"shop\"\n"},
        {"supabase/migrations/meta/_journal.json", journal({{0, "20250101000000_users", day_0}})},
        {"supabase/migrations/meta/20250101000000_snapshot.json", snapshot("a", zero)},
        {"supabase/migrations/20250101000000_users.sql", users},
        {"supabase/migrations/20250102000000_orders.sql", orders}},
       "warning drizzle-orphan-sql supabase/migrations/20250102000000_orders.sql:1\n"},
      {"RollbacksAreOnlyJudgedAsRollbacks",
       {{journal_path, journal({first})},
        first_sql,
        first_snapshot,
        {"drizzle/0000_users.down.sql", "DROP TABLE users;"},
        {"drizzle/0000_users_rollback.sql", "-- nothing\n"},
        {"drizzle/rollback/0000_users.sql", "DROP INDEX i;\nDROP TABLE users CASCADE;"}},
       "warning rollback-in-migrations-dir drizzle/0000_users.down.sql:1\n"
       "note rollback-destructive drizzle/0000_users.down.sql:1\n"
       "warning rollback-in-migrations-dir drizzle/0000_users_rollback.sql:1\n"
       "warning rollback-destructive drizzle/rollback/0000_users.sql:2\n"},
      {"OtherDialectsHaveTheirJournalChecked",
       {{journal_path,
         "{\"dialect\": \"sqlite\", \"entries\": [{\"idx\": 0, \"when\": 1735689600000, \"tag\": "
         "\"0000_a\"}]}"},
        {"drizzle/0000_a.sql", "CREATE TABLE `a` (`id` integer PRIMARY KEY AUTOINCREMENT);"},
        {"drizzle/0001_b.sql", "-- nothing"},
        {"drizzle/meta/0000_snapshot.json", snapshot("a", zero)}},
       "warning drizzle-orphan-sql drizzle/0001_b.sql:1\n"},
      {"LockThatCannotBeReadHasNoMismatch",
       {{"prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"},
        {"prisma/migrations/migration_lock.toml", "# lock\nprovider = 'sqlite'\n"},
        {"prisma/migrations/0_init/migration.sql", users}},
       "error prisma-lock-invalid prisma/migrations/migration_lock.toml:2\n"},
      {"RollbackAmongPrismaMigrationsIsNoStray",
       {{"prisma/migrations/migration_lock.toml", lock},
        {"prisma/migrations/0_init/migration.sql", users},
        {"prisma/migrations/rollback.sql", "DROP TABLE users;"},
        {"prisma/migrations/extra.sql", orders}},
       "warning prisma-stray-sql prisma/migrations/extra.sql:1\n"
       "warning rollback-destructive prisma/migrations/rollback.sql:1\n"},
      {"PushThatAcceptsLossIsOneFinding",
       {{"prisma/migrations/migration_lock.toml", lock},
        {"prisma/migrations/0_init/migration.sql", users},
        {"package.json",
         "{\"scripts\": {\n\"start\": \"prisma db push --accept-data-loss\",\n\"deploy\": \"prisma "
         "db push\"\n}}"}},
       "error db-push-accept-data-loss package.json:2\n"
       "error db-push-in-production package.json:3\n"},
      {"LeftOverCommands",
       {{journal_path, journal({first})},
        first_sql,
        first_snapshot,
        {"package.json",
         "{\"scripts\": {\n\"migrate\": \"prisma migrate deploy\",\n\"release\": \"prisma migrate "
         "deploy\",\n"
         "\"code\": \"knex migrate:latest\"\n}}"}},
       "warning stale-runner-reference package.json:2\n"
       "error stale-runner-reference package.json:3\n"
       "warning stale-runner-reference package.json:4\n"},
      {"CommandsOfAToolThatMayHaveCode",
       {{journal_path, journal({first})},
        first_sql,
        first_snapshot,
        {"package.json",
         "{\"scripts\": {\n\"code\": \"knex migrate:latest\"\n},\n"
         "\"dependencies\": {\"knex\": \"^3.0.0\"}}"}},
       ""},
      {"TwoSystemsThatBothRun",
       {{"package.json",
         "{\"scripts\": {\"a\": \"prisma migrate deploy\", \"b\": \"drizzle-kit migrate\"}}"},
        {journal_path, journal({first})},
        first_sql,
        first_snapshot,
        {"prisma/migrations/migration_lock.toml", lock},
        {"prisma/migrations/0_init/migration.sql", users}},
       "error mixed-migration-systems drizzle/meta/_journal.json:1\n"
       "error mixed-migration-systems prisma/migrations/migration_lock.toml:1\n"},
      {"TwoSystemsOneOfThemBroken",
       {{"package.json", "{}"},
        {journal_path, "{"},
        first_sql,
        {"prisma/migrations/migration_lock.toml", lock},
        {"prisma/migrations/0_init/migration.sql", users}},
       "error drizzle-journal-invalid drizzle/meta/_journal.json:1\n"
       "warning mixed-migration-systems prisma/migrations/migration_lock.toml:1\n"},
      {"DbmateSortsByNameAndTellsZeros",
       {{"db/migrations/02_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"},
        {"db/migrations/10_b.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"},
        {"db/migrations/2_c.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"}},
       "error migration-order-ambiguous db/migrations/10_b.sql:1\n"},
      {"ByteOrderMarkIsNoSyntaxError",
       {{journal_path, journal({first})},
        {"drizzle/0000_users.sql", "\xef\xbb\xbf" + users},
        first_snapshot},
       "error migration-bom drizzle/0000_users.sql:1\n"},
      {"ConflictIsNoSyntaxErrorButWhatFollowsIs",
       {{journal_path, journal({first})}, {"drizzle/0000_users.sql", conflict}, first_snapshot},
       "error merge-conflict-marker drizzle/0000_users.sql:1\n"
       "error syntax-error drizzle/0000_users.sql:7\n"},
      {"IgnoreCommentsAreChecked",
       {{"migrations/001_a.sql",
         "-- migguard: ignore drop-table\nSELECT 1;\n-- migguard: ignore drop-tabel\nSELECT 2;\n"},
        {"migrations/002_b.sql", "-- migguard: ignore drop-table: archived\nDROP TABLE a;\n"}},
       "warning unused-suppression migrations/001_a.sql:1\n"
       "warning unknown-rule-in-suppression migrations/001_a.sql:3\n"},
  };
}

class HistoryRules : public testing::TestWithParam<Case> {};

TEST_P(HistoryRules, FindExactly) { EXPECT_EQ(shown(lint_files(GetParam())), GetParam().findings); }

INSTANTIATE_TEST_SUITE_P(Projects, HistoryRules, testing::ValuesIn(cases()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(SyntaxError, IsOneFindingForAFileInAnotherLanguage) {
  std::string mysql;
  for (int table = 0; table < 300; ++table) {
    mysql += cat("CREATE TABLE `t", table, "` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;\n");
  }
  const lint::Report report = lint_files({"", {{"migrations/001_a.sql", mysql}}, ""});
  EXPECT_EQ(shown(report), "error syntax-error migrations/001_a.sql:1\n");
}

TEST(SyntaxError, OfOneCauseAreOneFindingAndOthersSeveral) {
  std::string text;
  for (int table = 0; table < 9; ++table) text += cat("CREATE TABLE t", table, " (id int);\n");
  text += "SELEC 1;\nDROP TABLE `t1`;\nDROP TABLE `t2`;\nSELECT 1 FORM t;\n";
  const lint::Report report = lint_files({"", {{"migrations/001_a.sql", text}}, ""});
  EXPECT_EQ(shown(report),
            "error syntax-error migrations/001_a.sql:10\n"
            "error syntax-error migrations/001_a.sql:11\n"
            "error syntax-error migrations/001_a.sql:13\n");
}

TEST(WhenNotIncreasing, ProposesValuesThatIncrease) {
  const lint::Report report = lint_files({"",
                                          {{journal_path, journal({{0, "0000_users", day_0 + day},
                                                                   {1, "0001_orders", day_0},
                                                                   {2, "0002_c", day_0 + 1}})},
                                           first_sql,
                                           second_sql,
                                           {"drizzle/0002_c.sql", "SELECT 1;"}},
                                          ""});
  std::vector<std::string> helps;
  for (const Finding& each : report.findings) {
    if (each.rule == "drizzle-when-not-increasing") helps.push_back(each.help);
  }
  ASSERT_EQ(helps.size(), 2U);
  EXPECT_NE(helps[0].find(cat("\"when\": ", day_0 + day + 1)), std::string::npos) << helps[0];
  EXPECT_NE(helps[1].find(cat("\"when\": ", day_0 + day + 2)), std::string::npos) << helps[1];
}

TEST(OrphanSql, IsOneCauseWithTheFirstHelpForAll) {
  const lint::Report report =
      lint_files({"",
                  {{journal_path, journal({first})},
                   first_sql,
                   second_sql,
                   {"drizzle/0002_lines.sql", "CREATE TABLE lines (id int);"},
                   first_snapshot},
                  ""});
  std::vector<const Finding*> orphans;
  for (const Finding& each : report.findings) {
    if (each.rule == "drizzle-orphan-sql") orphans.push_back(&each);
  }
  ASSERT_EQ(orphans.size(), 2U);
  EXPECT_EQ(orphans[0]->cause, orphans[1]->cause);
  EXPECT_EQ(orphans[0]->subject, "0001_orders");
  EXPECT_NE(orphans[0]->help.find("generate --custom --name=lines"), std::string::npos)
      << orphans[0]->help;
  EXPECT_NE(orphans[0]->help.find("drizzle/0002_lines.sql"), std::string::npos) << orphans[0]->help;
}

}  // namespace
}  // namespace migguard
