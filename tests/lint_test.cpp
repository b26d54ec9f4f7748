// The pipeline from files to a report: what is judged, in which order, and what the answer depends
// on.
#include <gtest/gtest.h>
#include <lint/identity.hpp>
#include <lint/lint.hpp>
#include <util/file_system.hpp>

#include <algorithm>

namespace migguard {
namespace {

constexpr std::string_view journal =
    R"({"version":"7","dialect":"postgresql","entries":[
  {"idx":0,"version":"7","when":1735689600000,"tag":"0000_a","breakpoints":true},
  {"idx":1,"version":"7","when":1735689700000,"tag":"0001_b","breakpoints":true}]})";

lint::Report lint_files(const std::vector<std::pair<std::string, std::string>>& listed,
                        lint::Settings settings = {}) {
  Memory files;
  for (const auto& [path, text] : listed) files.add(path, text);
  settings.now = 1'795'000'000'000;
  auto report = lint::lint(settings, files);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report ? std::move(*report) : lint::Report{};
}

std::vector<std::string> rules_of(const lint::Report& report, Status status = Status::open) {
  std::vector<std::string> rules;
  for (const Finding& each : report.findings) {
    if (each.status == status && each.family != "history") rules.emplace_back(each.rule);
  }
  return rules;
}

TEST(Lint, AHistoryFromAnEmptyDatabaseKnowsItsDependents) {
  const auto report = lint_files({{"drizzle/meta/_journal.json", std::string(journal)},
                                  {"drizzle/0000_a.sql", "CREATE TABLE a (id int PRIMARY KEY);"},
                                  {"drizzle/0001_b.sql", "DROP TABLE a CASCADE;"}});
  EXPECT_EQ(rules_of(report), (std::vector<std::string>{"drop-table"}));
}

TEST(Lint, AnIntrospectedBaselineIsNoEmptyDatabase) {
  const auto report = lint_files({{"drizzle/meta/_journal.json", std::string(journal)},
                                  {"drizzle/0000_a.sql",
                                   "-- Current sql file was generated after introspecting the "
                                   "database\n/*\nCREATE TABLE a (id int PRIMARY KEY);\n*/"},
                                  {"drizzle/0001_b.sql", "DROP TABLE a CASCADE;"}});
  EXPECT_EQ(rules_of(report), (std::vector<std::string>{"drop-cascade", "drop-table"}));
}

TEST(Lint, OnlyTheFilesNamedAreJudgedAndTheHistoryAroundThemIsKnown) {
  lint::Settings settings;
  settings.paths = {"drizzle/0001_b.sql"};
  const auto report =
      lint_files({{"drizzle/meta/_journal.json", std::string(journal)},
                  {"drizzle/0000_a.sql", "CREATE TABLE a (id bigint); DROP TABLE elsewhere;"},
                  {"drizzle/0001_b.sql", "ALTER TABLE a ALTER COLUMN id TYPE int;"}},
                 settings);
  EXPECT_EQ(rules_of(report), (std::vector<std::string>{"alter-column-type", "type-narrowing"}));
  EXPECT_EQ(report.summary.migrations, 1u);
}

TEST(Lint, WhatHasOneCauseIsSaidOnce) {
  const auto report = lint_files(
      {{"migrations/0001_a.sql",
        "ALTER TABLE a DROP COLUMN x, DROP COLUMN y;\nALTER TABLE a DROP COLUMN z;\n"
        "ALTER TABLE b DROP COLUMN x;\nCREATE INDEX i ON c (x);\nCREATE INDEX j ON c (y);\n"}});
  ASSERT_EQ(rules_of(report), (std::vector<std::string>{"drop-column", "drop-column",
                                                        "create-index-not-concurrent"}));
  const Finding& columns = report.findings[0];
  EXPECT_EQ(columns.message,
            "this drops the column x of a and every value in it; the same goes for y and z");
  ASSERT_EQ(columns.labels.size(), 2u);
  EXPECT_EQ(columns.source->position(columns.labels[1].span.begin).line, 2u);
  EXPECT_EQ(report.summary.errors, 3u);
  const std::string& help = report.findings[2].help;
  EXPECT_NE(
      help.find("CREATE INDEX CONCURRENTLY i ON c (x);\nCREATE INDEX CONCURRENTLY j ON c (y);"),
      std::string::npos)
      << help;
}

TEST(Lint, AnAnswerForTheFirstPlaceLeavesTheNextOneOpen) {
  const auto report = lint_files(
      {{"migrations/0001_a.sql",
        "-- migguard: ignore drop-column: copied to archive\nALTER TABLE a DROP COLUMN x;\n"
        "ALTER TABLE a DROP COLUMN y;\n"}});
  ASSERT_EQ(rules_of(report), std::vector<std::string>{"drop-column"});
  EXPECT_EQ(rules_of(report, Status::suppressed), std::vector<std::string>{"drop-column"});
  const auto open = std::find_if(report.findings.begin(), report.findings.end(),
                                 [](const Finding& each) { return each.status == Status::open; });
  EXPECT_EQ(open->source->position(open->span.begin).line, 3u);
}

TEST(Lint, TheConfigurationHasTheLastWordOnSeverity) {
  lint::Settings settings;
  settings.rules["drop-table"] = {.off = false, .severity = Severity::note};
  settings.overrides.push_back({.paths = {"legacy/**"},
                                .rules = {{"drop-table", {.off = true, .severity = {}}}},
                                .pg_version = {}});
  const auto report = lint_files({{"migrations/0001_a.sql", "DROP TABLE a;"},
                                  {"migrations/0002_b.sql", "SELECT 1;"},
                                  {"legacy/migrations/0001_a.sql", "DROP TABLE a;"},
                                  {"legacy/migrations/0002_a.sql", "SELECT 1;"}},
                                 settings);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].severity, Severity::note);
  EXPECT_EQ(report.findings[0].source->path, "migrations/0001_a.sql");
}

TEST(Lint, WhatIsAcceptedOrLongAppliedIsNotOpen) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"drizzle/meta/_journal.json", std::string(journal)},
      {"drizzle/0000_a.sql", "CREATE TABLE a (id int PRIMARY KEY); DROP TABLE old.b;"},
      {"drizzle/0001_b.sql", "DROP TABLE old.c;"}};
  lint::Settings applied;
  applied.applied_through = {"0000_a"};
  EXPECT_EQ(rules_of(lint_files(files, applied)).size(), 1u);
  EXPECT_EQ(rules_of(lint_files(files, applied), Status::accepted).size(), 1u);
  lint::Settings accepted;
  accepted.accept = {
      {.rule = "drop-table", .path = "drizzle/0001_*", .subject = "", .reason = "archived"}};
  EXPECT_EQ(rules_of(lint_files(files, accepted)).size(), 1u);
}

TEST(Lint, AnAcceptedSubjectMayBeAStatement) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"migrations/0001_a.sql", "DROP TABLE a; DROP TABLE b;"},
      {"migrations/0002_b.sql", "SELECT 1;"}};
  const auto report = lint_files(files);
  const auto identities = lint::identify(*report.project, report.findings);
  ASSERT_EQ(rules_of(report).size(), 2u);
  lint::Settings settings;
  settings.accept = {
      {.rule = "drop-table", .path = "**", .subject = identities[0].subject, .reason = "archived"}};
  EXPECT_EQ(rules_of(lint_files(files, settings)).size(), 1u);
}

TEST(Lint, AnIgnoreCommentMayRunOut) {
  const auto drop = [](std::string_view until) {
    return lint_files({{"migrations/0001_a.sql",
                        cat("-- migguard: ignore drop-table ", until, ": why\nDROP TABLE a;")}});
  };
  EXPECT_EQ(rules_of(drop("until 2026-11-18")), (std::vector<std::string>{}));  // it is that day
  EXPECT_EQ(rules_of(drop("until 2026-11-17")),
            (std::vector<std::string>{"unused-suppression", "drop-table"}));
  EXPECT_EQ(rules_of(drop("until 2026-02-30")),
            (std::vector<std::string>{"unused-suppression", "drop-table"}));
  EXPECT_EQ(rules_of(drop("until soon")),
            (std::vector<std::string>{"unused-suppression", "drop-table"}));
}

TEST(Lint, WorkOnSmallTablesIsAdvice) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"migrations/0001_a.sql",
       "CREATE TABLE plans (id int PRIMARY KEY, n int);"
       "CREATE TABLE app.plans (id int PRIMARY KEY, n int);"},
      {"migrations/0002_b.sql", "CREATE INDEX i ON plans (n);"},
      {"migrations/0003_c.sql", "CREATE INDEX j ON app.plans (n);"},
      {"migrations/0004_d.sql", "DROP TABLE plans;"}};
  const auto errors = [&](const lint::Settings& settings) {
    std::vector<std::string> paths;
    for (const Finding& each : lint_files(files, settings).findings) {
      if (each.severity == Severity::error) paths.push_back(each.source->path.substr(11, 4));
    }
    return paths;
  };
  EXPECT_EQ(errors({}), (std::vector<std::string>{"0002", "0003", "0004"}));
  lint::Settings named;
  named.small_tables = {"plans"};
  EXPECT_EQ(errors(named), (std::vector<std::string>{"0003", "0004"}));
  named.small_tables = {"app.*"};
  EXPECT_EQ(errors(named), (std::vector<std::string>{"0002", "0004"}));
  lint::Settings known;
  known.stats = {{"public.plans", {.rows = 10'000, .bytes = 0}},
                 {"app.plans", {.rows = 10'001, .bytes = 0}}};
  EXPECT_EQ(errors(known), (std::vector<std::string>{"0003", "0004"}));
}

// What only runs where the table has no row takes no time.
TEST(Lint, WorkOnEmptiedTablesIsAdvice) {
  const auto severity_of = [](std::string_view rule, std::string_view sql) {
    const auto report = lint_files({{"migrations/0001_a.sql",
                                     "CREATE TABLE a (id int PRIMARY KEY, n int);"
                                     "CREATE TABLE b (id int PRIMARY KEY);"},
                                    {"migrations/0002_b.sql", std::string(sql)}});
    for (const Finding& each : report.findings)
      if (each.rule == rule) return std::string(to_string(each.severity));
    return std::string("none");
  };
  constexpr std::string_view index = "create-index-not-concurrent";
  constexpr std::string_view foreign_key = "add-foreign-key-without-not-valid";
  const std::string key = "ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES b;";
  EXPECT_EQ(severity_of(index, "CREATE INDEX i ON a (n);"), "error");
  EXPECT_EQ(severity_of(index, "ALTER TABLE a ADD c int NOT NULL; CREATE INDEX i ON a (n);"),
            "note");
  EXPECT_EQ(severity_of(index, "TRUNCATE a; CREATE INDEX i ON a (n);"), "note");
  EXPECT_EQ(severity_of(foreign_key, "ALTER TABLE a ADD c int NOT NULL; " + key), "note");
  // Another table, rows put into it since, a default, or rows that are only dead.
  EXPECT_EQ(severity_of(index, "ALTER TABLE b ADD c int NOT NULL; CREATE INDEX i ON a (n);"),
            "error");
  EXPECT_EQ(severity_of(index,
                        "TRUNCATE a; INSERT INTO a SELECT id FROM b; CREATE INDEX i ON a "
                        "(n);"),
            "error");
  EXPECT_EQ(severity_of(index,
                        "ALTER TABLE a ADD c int NOT NULL DEFAULT 1; CREATE INDEX i ON a "
                        "(n);"),
            "error");
  EXPECT_EQ(severity_of(index, "ALTER TABLE a ADD c serial NOT NULL; CREATE INDEX i ON a (n);"),
            "error");
  EXPECT_EQ(severity_of(index, "DELETE FROM a; CREATE INDEX i ON a (n);"), "error");
  EXPECT_EQ(severity_of(foreign_key, "ALTER TABLE b ADD c int NOT NULL; " + key), "error");
}

TEST(Lint, AFamilyHasOneSeverityWhereARuleSetsNone) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"migrations/0001_a.sql", "DROP TABLE a; DROP VIEW v; TRUNCATE b;"}};
  lint::Settings settings;
  settings.families["destructive"] = {.off = false, .severity = Severity::note};
  settings.families["schema"] = {.off = false, .severity = Severity::error};
  settings.rules["drop-table"] = {.off = false, .severity = Severity::warning};
  const auto report = lint_files(files, settings);
  EXPECT_EQ(report.summary.errors, 0u) << "a family turns on nothing that is off by default";
  EXPECT_EQ(report.summary.warnings, 1u);
  settings.families["destructive"] = {.off = true, .severity = {}};
  EXPECT_EQ(rules_of(lint_files(files, settings)), std::vector<std::string>{"drop-table"});
}

TEST(Lint, ASecondConfigurationIsAnError) {
  Memory files;
  files.add("migguard.json", "{}");
  files.add("packages/a/migguard.json", "{}");
  files.add("packages/a/migrations/0001_a.sql", "SELECT 1;");
  lint::Settings settings;
  settings.configuration = "migguard.json";
  const auto report = lint::lint(settings, files);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().path, "packages/a/migguard.json");
  settings.paths = {"packages/a"};
  settings.configuration = "packages/a/migguard.json";
  EXPECT_TRUE(lint::lint(settings, files));
}

TEST(Lint, AnOverrideMayNameTheTool) {
  Memory files;
  files.add("packages/a/migrations/1_a.sql", "SELECT 1;");
  files.add("packages/a/migrations/2_b.sql", "SELECT 1;");
  files.add("packages/b/migrations/1_a.sql", "SELECT 1;");
  files.add("packages/b/migrations/2_b.sql", "SELECT 1;");
  lint::Settings settings;
  lint::Override& first = settings.overrides.emplace_back();
  first.paths = {"packages/b/**"};
  first.tool = Tool::dbmate;
  const auto report = lint::lint(settings, files);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->project->histories.size(), 2u);
  EXPECT_EQ(report->project->histories[0].tool, Tool::plain);
  EXPECT_EQ(report->project->histories[1].tool, Tool::dbmate);
}

TEST(Lint, TheSameInputGivesTheSameFindingsWithAnyNumberOfThreads) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int number = 1000; number < 1400; ++number) {
    files.emplace_back(
        cat("migrations/", number, "_m.sql"),
        cat("CREATE TABLE t", number, " (id int PRIMARY KEY); DROP TABLE u", number, ";"));
  }
  const auto words = [&](unsigned jobs) {
    lint::Settings settings;
    settings.jobs = jobs;
    std::string out;
    for (const Finding& each : lint_files(files, settings).findings) {
      out += cat(each.source->path, ":", each.span.begin, ":", each.span.end, " ", each.rule, " ",
                 each.message, "\n");
    }
    return out;
  };
  const std::string one = words(1);
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), 400);
  EXPECT_EQ(one, words(8));
}

}  // namespace
}  // namespace migguard
