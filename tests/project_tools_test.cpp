// How each tool orders, splits and runs its files.
#include "project_tree.hpp"

namespace migguard::project {
namespace {

struct ToolCase {
  const char* name;
  Files files;
  const char* migrations;
  const char* rollbacks;
  bool complete;
};

const ToolCase tool_cases[] = {
    {"golang-migrate sorts by number",
     {{"m/10_b.up.sql", ""},
      {"m/2_a.up.sql", ""},
      {"m/2_a.down.sql", ""},
      {"m/3_undo_x.up.sql", ""},
      {"m/notes.sql", ""},
      {"m/schema.sql", ""}},
     "2_a.up.sql 3_undo_x.up.sql 10_b.up.sql !notes.sql",
     "2_a.down.sql",
     true},
    {"goose sorts by number and splits",
     {{"m/10_b.sql", "-- +goose Up\n"},
      {"m/2_revert_a.sql", "-- +goose up\na\n-- +goose Down\nb\n"},
      {"m/x.sql", ""}},
     "2_revert_a.sql 10_b.sql !x.sql",
     "2_revert_a.sql",
     true},
    {"dbmate sorts by bytes",
     {{"m/10_b.sql", "-- migrate:up\n-- migrate:down\n"}, {"m/9_a.sql", "-- migrate:up\n"}},
     "10_b.sql 9_a.sql",
     "10_b.sql",
     true},
    {"sqlx sorts by number",
     {{"Cargo.toml", "[dependencies.sqlx]\n"},
      {"migrations/10_b.sql", ""},
      {"migrations/9_a.up.sql", ""},
      {"migrations/9_a.down.sql", ""},
      {"migrations/a_c.sql", ""}},
     "9_a.up.sql 10_b.sql !a_c.sql",
     "9_a.down.sql",
     true},
    {"Flyway sorts by version, repeatables last",
     {{"m/V10__c.sql", ""},
      {"m/V2__b.sql", ""},
      {"m/V1_1__a.sql", ""},
      {"m/R__v.sql", ""},
      {"m/U2__b.sql", ""},
      {"m/sub/V3__d.sql", ""},
      {"m/V4_x.sql", ""},
      {"m/V5__revert_x.sql", ""}},
     "V1_1__a.sql V2__b.sql V3__d.sql V5__revert_x.sql V10__c.sql R__v.sql !V4_x.sql",
     "U2__b.sql",
     true},
    {"Flyway with a baseline",
     {{"flyway.conf", "flyway.baselineOnMigrate=true"}, {"m/V1__c.sql", ""}},
     "V1__c.sql",
     "",
     false},
    {"Supabase sorts by bytes and skips other names",
     {{"supabase/config.toml", ""},
      {"supabase/migrations/2_b.sql", ""},
      {"supabase/migrations/10_a.sql", ""},
      {"supabase/migrations/c.sql", ""},
      {"supabase/migrations/3_c.down.sql", ""}},
     "10_a.sql 2_b.sql !c.sql",
     "3_c.down.sql",
     false},
    {"Diesel",
     {{"m/2_b/up.sql", ""}, {"m/1-0_a/up.sql", ""}, {"m/1-0_a/down.sql", ""}},
     "1-0_a 2_b",
     "1-0_a",
     true},
    {"node-pg-migrate",
     {{"m/2_b.sql", "-- Up Migration\n-- Down Migration\n"}, {"m/10_c.sql", ""}, {"m/3_x.js", ""}},
     "2_b.sql 10_c.sql",
     "2_b.sql",
     false},
    {"Atlas takes every file",
     {{"m/atlas.sum", ""}, {"m/2_b.sql", ""}, {"m/10_a.sql", ""}},
     "10_a.sql 2_b.sql",
     "",
     true},
    {"plain takes every file",
     {{"initdb/10_c.sql", ""}, {"initdb/1_a.sql", ""}, {"initdb/5_rollback.sql", ""}},
     "10_c.sql 1_a.sql",
     "5_rollback.sql",
     false},
    {"init directory of the image",
     {{"docker-entrypoint-initdb.d/1_c.sql", ""}, {"docker-entrypoint-initdb.d/2_a.sql", ""}},
     "1_c.sql 2_a.sql",
     "",
     true},
};

TEST(ProjectTools, OrderAndSplit) {
  for (const ToolCase& each : tool_cases) {
    const auto project = load_files(each.files);
    ASSERT_EQ(project->histories.size(), 1U) << each.name;
    const History& history = project->histories[0];
    EXPECT_EQ(ids(history.migrations), each.migrations) << each.name;
    EXPECT_EQ(ids(history.rollbacks), each.rollbacks) << each.name;
    EXPECT_EQ(history.complete, each.complete) << each.name;
  }
}

struct HabitCase {
  Tool tool;
  const char* text;
  TransactionMode transaction;
  const char* up;  // what is run; null: all of it
};

TEST(ProjectTools, RunAFileTheirWay) {
  const HabitCase cases[] = {
      {Tool::plain, "a", TransactionMode::autocommit, nullptr},
      {Tool::prisma, "a", TransactionMode::simple_query, nullptr},
      {Tool::drizzle, "a", TransactionMode::all_pending, nullptr},
      {Tool::golang_migrate, "a", TransactionMode::simple_query, nullptr},
      {Tool::supabase, "a", TransactionMode::per_file, nullptr},
      {Tool::sqlx, "a", TransactionMode::per_file, nullptr},
      {Tool::sqlx, "-- no-transaction\na", TransactionMode::simple_query, nullptr},
      {Tool::atlas, "a", TransactionMode::per_file, nullptr},
      {Tool::atlas, "-- atlas:txmode none\n\na", TransactionMode::autocommit, nullptr},
      {Tool::atlas, "a\n-- atlas:txmode none\n", TransactionMode::per_file, nullptr},
      {Tool::goose, "-- +goose Up\na\n-- +goose Down\nb", TransactionMode::per_file, "a\n"},
      {Tool::goose, "-- +goose NO TRANSACTION\n-- +goose Up\r\na", TransactionMode::autocommit,
       "a"},
      {Tool::goose, "-- +goose Down\nb\n", TransactionMode::per_file, ""},
      {Tool::goose, "no marks", TransactionMode::per_file, nullptr},
      {Tool::dbmate, "-- migrate:up transaction:false\na\n-- migrate:down\nb\n",
       TransactionMode::simple_query, "a\n"},
      {Tool::dbmate, "-- migrate:up\na\n", TransactionMode::per_file, "a\n"},
      {Tool::sql_migrate, "-- +migrate Up notransaction\na\n", TransactionMode::autocommit, "a\n"},
      {Tool::node_pg_migrate, "-- Up Migration\na\n---- down migration\nb",
       TransactionMode::per_file, "a\n"},
      {Tool::flyway, "CREATE INDEX CONCURRENTLY a ON b (c);", TransactionMode::autocommit, nullptr},
      {Tool::flyway, "-- x;\nCREATE UNIQUE INDEX\nCONCURRENTLY a ON b (c);\nVACUUM;",
       TransactionMode::autocommit, nullptr},
      {Tool::flyway, "CREATE INDEX CONCURRENTLY a ON b (c); SELECT 1;", TransactionMode::per_file,
       nullptr},
      {Tool::flyway, "", TransactionMode::per_file, nullptr},
  };
  for (const HabitCase& each : cases) {
    const auto project = load_text("x.sql", each.text, each.tool);
    const Migration& migration = project->histories.at(0).migrations.at(0);
    EXPECT_EQ(migration.transaction, each.transaction) << to_string(each.tool) << each.text;
    std::string up;
    for (Span range : migration.ranges) {
      up += migration.source->text.substr(range.begin, range.end - range.begin);
    }
    EXPECT_EQ(migration.ranges.empty(), each.up == nullptr) << each.text;
    EXPECT_EQ(up, each.up ? each.up : "") << each.text;
  }
}

TEST(ProjectTools, PerFileOptOuts) {
  const auto flyway =
      load_files({{"m/V1__a.sql", "SELECT 1"}, {"m/V1__a.sql.conf", "executeInTransaction=false"}});
  EXPECT_EQ(flyway->histories.at(0).migrations.at(0).transaction, TransactionMode::autocommit);
  const auto diesel = load_files(
      {{"m/1_a/up.sql", "SELECT 1"}, {"m/1_a/metadata.toml", "run_in_transaction = false\n"}});
  EXPECT_EQ(diesel->histories.at(0).migrations.at(0).transaction, TransactionMode::simple_query);
}

TEST(ProjectTools, DuplicateVersionsKeepTheirNumbers) {
  const auto project = load_files({{"m/V1__a.sql", ""}, {"m/V1.0__b.sql", ""}});
  EXPECT_EQ(project->histories.at(0).migrations.at(0).number, "1.0");
  EXPECT_EQ(project->histories.at(0).migrations.at(1).number, "1");
}

TEST(ProjectTools, ParseReadsTheUpSectionsOfPostgresql) {
  const auto project =
      load_files({{"a/1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\nSELECT 3;\n"},
                  {"b/meta/_journal.json", journal({"0000_a"}, "sqlite")},
                  {"b/0000_a.sql", "PRAGMA foreign_keys = ON;"},
                  {"c/meta/_journal.json", journal({"0000_a"})},
                  {"c/0000_a.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;"}});
  ASSERT_EQ(histories(*project), "goose a, drizzle b, drizzle c");
  parse(*project, 2);
  EXPECT_EQ(project->histories[0].migrations[0].script.statements.size(), 1U);
  EXPECT_EQ(project->histories[0].rollbacks[0].script.statements.size(), 2U);
  EXPECT_FALSE(project->histories[1].migrations[0].script.parsed);
  const Script& script = project->histories[2].migrations[0].script;
  EXPECT_TRUE(script.parsed);
  EXPECT_EQ(script.statements.size(), 2U);
  EXPECT_EQ(script.breakpoints, 1U);
}

TEST(ProjectTools, ParseGivesTheSameOnAnyNumberOfThreads) {
  Files files;
  for (int i = 0; i < 300; ++i) {
    files.emplace_back(cat("m/", i, "_a.up.sql"), cat("SELECT ", i, "; SELECT 'x'; nonsense;"));
  }
  for (unsigned jobs : {1U, 8U}) {
    const auto project = load_files(files);
    parse(*project, jobs);
    for (const Migration& each : project->histories.at(0).migrations) {
      EXPECT_EQ(each.script.statements.size(), 2U) << each.id;
      EXPECT_EQ(each.script.problems.size(), 1U) << each.id;
    }
  }
}

// A file system in which some files cannot be read.
class Locked final : public FileSystem {
 public:
  explicit Locked(const Files& files) : memory_(file_system(files)) {}
  Result<std::vector<DirectoryEntry>> list(const std::string& directory) const override {
    if (directory.ends_with("secret")) return Error{"cannot be listed", directory};
    return memory_.list(directory);
  }
  Result<std::string> read(const std::string& path, std::size_t limit) const override {
    if (path.find("locked") != std::string::npos) return Error{"cannot be opened", path};
    return memory_.read(path, limit);
  }
  bool is_file(const std::string& path) const override { return memory_.is_file(path); }
  bool is_directory(const std::string& path) const override { return memory_.is_directory(path); }
  Result<std::string> canonical(const std::string& path) const override {
    return memory_.canonical(path);
  }

 private:
  Memory memory_;
};

TEST(ProjectTools, UnreadableFilesAreProblemsOfTheProject) {
  const Locked files({{"m/1_locked.up.sql", "x"},
                      {"m/2_big.up.sql", std::string(100, 'x')},
                      {"m/3_a.up.sql", "SELECT 1"},
                      {"secret/m/1_a.up.sql", ""}});
  LoadSettings settings;
  settings.paths = {"."};
  settings.size_limit = 50;
  auto project = load(settings, files);
  ASSERT_TRUE(project);
  ASSERT_EQ(histories(**project), "golang-migrate m");
  const auto& migrations = (*project)->histories[0].migrations;
  ASSERT_EQ(migrations.size(), 3U);
  ASSERT_EQ(migrations[0].script.problems.size(), 1U);
  EXPECT_EQ(migrations[0].script.problems[0].kind, ProblemKind::unreadable);
  ASSERT_EQ(migrations[1].script.problems.size(), 1U);
  EXPECT_EQ(migrations[1].script.problems[0].kind, ProblemKind::too_large);
  EXPECT_TRUE(migrations[2].script.problems.empty());
  // Asked for by name, that is an error.
  settings.paths = {"secret"};
  EXPECT_FALSE(load(settings, files));
}

}  // namespace
}  // namespace migguard::project
