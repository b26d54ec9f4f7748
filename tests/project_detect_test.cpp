// Which histories a tree holds, by the evidence each tool leaves; what is skipped; paths given by
// name.
#include "project_tree.hpp"

namespace migguard::project {
namespace {

struct DetectCase {
  const char* name;
  Files files;
  const char* expected;
};

const DetectCase detect_cases[] = {
    {"empty", {{"README.md", ""}}, ""},
    {"drizzle", {{"drizzle/meta/_journal.json", "{}"}}, "drizzle drizzle"},
    {"journal_that_is_no_json_is_evidence",
     {{"drizzle/meta/_journal.json", "<<<<<<< HEAD"}},
     "drizzle drizzle"},
    {"drizzle_v1",
     {{"out/20240101000000_a/migration.sql", ""}, {"out/20240101000000_a/snapshot.json", "{}"}},
     "drizzle-v1 out"},
    {"prisma_by_lock", {{"prisma/migrations/migration_lock.toml", ""}}, "prisma prisma/migrations"},
    {"prisma_by_script", {{"db/x/0_init/migration.sql", ""}}, "prisma db/x"},
    {"prisma_8_is_skipped",
     {{"migrations/app/20240101T0000_a/migration.json", "{}"},
      {"migrations/app/20240101T0000_a/ops.json", "{}"}},
     ""},
    {"diesel", {{"migrations/2024-01-01-000000_a/up.sql", ""}}, "diesel migrations"},
    {"supabase",
     {{"supabase/config.toml", ""}, {"supabase/migrations/20240101000000_a.sql", ""}},
     "supabase supabase/migrations"},
    {"drizzle_into_supabase_is_one_history",
     {{"supabase/config.toml", ""},
      {"supabase/migrations/0000_a.sql", ""},
      {"supabase/migrations/meta/_journal.json", "{}"}},
     "drizzle supabase/migrations"},
    {"atlas", {{"m/atlas.sum", ""}, {"m/1_a.sql", ""}}, "atlas m"},
    {"flyway_by_names", {{"x/V1__a.sql", ""}}, "flyway x"},
    {"flyway_default_location_with_releases",
     {{"src/db/migration/1.0/V1__a.sql", ""}, {"src/db/migration/2.0/V2__b.sql", ""}},
     "flyway src/db/migration"},
    {"flyway_vendors_apart",
     {{"db/migration/mysql/V1__a.sql", ""}, {"db/migration/postgresql/V1__a.sql", ""}},
     "flyway db/migration/mysql, flyway db/migration/postgresql"},
    {"flyway_vendors_in_capitals",
     {{"db/migration/H2/V1__a.sql", ""}, {"db/migration/POSTGRESQL/V1__a.sql", ""}},
     "flyway db/migration/H2, flyway db/migration/POSTGRESQL"},
    {"sqlx",
     {{"Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"}, {"migrations/1_a.sql", ""}},
     "sqlx migrations"},
    {"nearest_manifest_decides",
     {{"Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"},
      {"a/Cargo.toml", "[dependencies]\nsqlx-macros-x = \"1\"\n"},
      {"a/migrations/1_a.up.sql", ""}},
     "golang-migrate a/migrations"},
    {"golang_migrate", {{"m/1_a.up.sql", ""}, {"m/1_a.down.sql", ""}}, "golang-migrate m"},
    {"goose", {{"sql/1_a.sql", "-- +goose Up\nSELECT 1;\n"}}, "goose sql"},
    {"dbmate", {{"db/migrations/1_a.sql", "-- migrate:up\n"}}, "dbmate db/migrations"},
    {"sql_migrate", {{"m/1_a.sql", "-- +migrate Up\n"}}, "sql-migrate m"},
    {"node_pg_migrate", {{"m/1_a.sql", "-- Up Migration\n"}}, "node-pg-migrate m"},
    {"plain", {{"migrations/1_a.sql", ""}, {"migrations/2-b.sql", ""}}, "plain migrations"},
    {"one_numbered_file_is_no_history", {{"migrations/1_a.sql", ""}}, "plain migrations loose"},
    {"plain_for_several_databases",
     {{"migrations/tenant/1-a.sql", ""},
      {"migrations/tenant/2-b.sql", ""},
      {"migrations/main/1-a.sql", ""},
      {"migrations/main/2-b.sql", ""}},
     "plain migrations/main, plain migrations/tenant"},
    {"beside_migrations_is_no_history",
     {{"migrations/1-a.sql", ""},
      {"migrations/2-b.sql", ""},
      {"migrations/old/1-a.sql", ""},
      {"migrations/old/2-b.sql", ""}},
     "plain migrations"},
    {"name_decides", {{"queries/1_a.sql", ""}, {"queries/2_b.sql", ""}}, ""},
    {"mounted_init_directory",
     {{"docker/compose.yml",
       "services:\n  db:\n    volumes:\n      - ./start:/docker-entrypoint-initdb.d:ro\n"},
      {"docker/start/1.sql", ""},
      {"docker/start/2.sql", ""}},
     "plain docker/start"},
    {"vendored_is_skipped",
     {{"node_modules/x/migrations/migration_lock.toml", ""},
      {"dist/drizzle/meta/_journal.json", "{}"},
      {"vendor/m/1_a.up.sql", ""}},
     ""},
    {"git_ignored_is_skipped",
     {{".gitignore", "generated/\n"}, {"generated/drizzle/meta/_journal.json", "{}"}},
     ""},
    {"several",
     {{"a/drizzle/meta/_journal.json", "{}"},
      {"b/prisma/migrations/0_init/migration.sql", ""},
      {"b/prisma/migrations/migrations/x.sql", ""}},
     "drizzle a/drizzle, prisma b/prisma/migrations"},
    {"a_directory_named_like_a_file",
     {{"migrations/1_x.sql/readme", ""}, {"migrations/2_x.sql", ""}},
     "plain migrations loose"},
    {"files_beside_what_drizzle_made",
     {{"db/meta/_journal.json", "{}"}, {"db/rollback/1.sql", ""}, {"db/sql/x.sql", ""}},
     "drizzle db, plain db/sql loose"},
    {"root_without_history", {{"dump.sql", ""}, {"src/a.ts", ""}}, "plain . loose"},
    {"root_with_history", {{"dump.sql", ""}, {"m/1_a.up.sql", ""}}, "golang-migrate m"},
};

TEST(ProjectDetect, FindsHistories) {
  for (const DetectCase& each : detect_cases) {
    EXPECT_EQ(histories(*load_files(each.files)), each.expected) << each.name;
  }
}

TEST(ProjectDetect, ReadsGitIgnoreFilesUpToTheRepository) {
  const Files files = {{"repo/.git/config", ""},
                       {"repo/.gitignore", "skip/\n"},
                       {".gitignore", "seen/\n"},
                       {"repo/apps/skip/m/1_a.up.sql", ""},
                       {"repo/apps/seen/m/1_a.up.sql", ""}};
  EXPECT_EQ(histories(*load_files(files, {"repo/apps"})), "golang-migrate repo/apps/seen/m");
  // Asked for by name.
  EXPECT_EQ(histories(*load_files(files, {"repo/apps/skip"})), "golang-migrate repo/apps/skip/m");
}

TEST(ProjectDetect, HonoursTheConfigurationsGlobs) {
  LoadSettings settings;
  settings.paths = {"app"};
  settings.ignore = {"old/**", "app/older"};
  auto project = load(settings, file_system({{"app/old/m/1_a.up.sql", ""},
                                             {"app/older/m/1_a.up.sql", ""},
                                             {"app/new/m/1_a.up.sql", ""}}));
  ASSERT_TRUE(project);
  EXPECT_EQ(histories(**project), "golang-migrate app/new/m");
}

TEST(ProjectDetect, RefusesWhatDoesNotExist) {
  LoadSettings settings;
  settings.paths = {"missing"};
  const auto project = load(settings, file_system({}));
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().path, "missing");
}

TEST(ProjectDetect, TakesTheToolThatIsNamed) {
  const Files files = {{"m/1_a.sql", "SELECT 1;"}, {"m/old/2_b.sql", ""}};
  EXPECT_EQ(histories(*load_files(files, {"."}, Tool::supabase)), "supabase m");
  EXPECT_EQ(histories(*load_files(files, {"m"}, Tool::goose)), "goose m");
}

TEST(ProjectDetect, TakesTheFoldersOfTheConfiguration) {
  LoadSettings settings;
  settings.paths = {"."};
  settings.folders = {{"queries", Tool::dbmate, std::nullopt}, {"lite", {}, Dialect::sqlite}};
  const Memory files =
      file_system({{"queries/1_a.sql", ""}, {"lite/1.sql", ""}, {"migrations/1_a.up.sql", ""}});
  auto project = load(settings, files);
  ASSERT_TRUE(project);
  EXPECT_EQ(histories(**project), "plain lite, dbmate queries");
  EXPECT_EQ((*project)->histories[0].dialect, Dialect::sqlite);
  settings.folders = {{"nowhere", {}, {}}};
  EXPECT_FALSE(load(settings, files));
}

TEST(ProjectDetect, PackageIsTheNearestManifestNotAboveThePath) {
  const Files files = {
      {"package.json", "{}"}, {"a/go.mod", ""}, {"a/m/1_a.up.sql", ""}, {"b/m/1_a.up.sql", ""}};
  const auto project = load_files(files);
  EXPECT_EQ(project->histories[0].package, "a");
  EXPECT_EQ(project->histories[1].package, ".");
  EXPECT_EQ(load_files(files, {"b"})->histories[0].package, "b");
}

TEST(ProjectDetect, WordsOfThePathTellTheDialect) {
  const auto project =
      load_files({{"migrations/mysql/1_a.up.sql", ""}, {"migrations/postgres/1_a.up.sql", ""}});
  EXPECT_EQ(project->histories[0].dialect, Dialect::mysql);
  EXPECT_EQ(project->histories[1].dialect, Dialect::postgresql);
  const auto drivers = load_files({{"driver/riverpgx/1_a.up.sql", ""},
                                   {"driver/riversqlite/1_a.up.sql", ""},
                                   {"driver/zmysqlstore/1_a.up.sql", ""}});
  EXPECT_EQ(drivers->histories[0].dialect, Dialect::postgresql);
  EXPECT_EQ(drivers->histories[1].dialect, Dialect::sqlite);
  EXPECT_EQ(drivers->histories[2].dialect, Dialect::mysql);
}

struct FileCase {
  const char* path;
  const char* history;
  const char* migrations;
  const char* rollbacks;
};

TEST(ProjectDetect, AFileBringsTheHistoryAroundIt) {
  const Files files = {{"drizzle/meta/_journal.json", journal({"0000_a", "0001_b"})},
                       {"drizzle/0000_a.sql", ""},
                       {"drizzle/0001_b.sql", ""},
                       {"drizzle/rollback/0001_b.sql", ""},
                       {"prisma/migrations/0_a/migration.sql", ""},
                       {"prisma/migrations/1_b/migration.sql", ""},
                       {"db/migration/1/V1__a.sql", ""},
                       {"db/migration/2/V2__b.sql", ""},
                       {"scripts/fix.sql", ""},
                       {"scripts/other.sql", ""},
                       {"scripts/undo/fix.sql", ""}};
  const FileCase cases[] = {
      {"drizzle/0001_b.sql", "drizzle drizzle", "-0000_a 0001_b", "-0001_b.sql"},
      {"drizzle/rollback/0001_b.sql", "drizzle drizzle", "-0000_a -0001_b", "0001_b.sql"},
      {"drizzle/meta/_journal.json", "drizzle drizzle", "-0000_a -0001_b", "-0001_b.sql"},
      {"./prisma/migrations/0_a/migration.sql", "prisma prisma/migrations", "0_a -1_b", ""},
      {"db/migration/2/V2__b.sql", "flyway db/migration", "-V1__a.sql V2__b.sql", ""},
      {"scripts/fix.sql", "plain scripts loose", "fix.sql", ""},
      {"scripts/undo/fix.sql", "plain scripts/undo loose", "", "fix.sql"},
  };
  for (const FileCase& each : cases) {
    const auto project = load_files(files, {each.path});
    ASSERT_EQ(histories(*project), each.history) << each.path;
    EXPECT_EQ(ids(project->histories[0].migrations), each.migrations) << each.path;
    EXPECT_EQ(ids(project->histories[0].rollbacks), each.rollbacks) << each.path;
  }
  const auto two = load_files(files, {"drizzle/0000_a.sql", "drizzle/0001_b.sql"});
  ASSERT_EQ(two->histories.size(), 1U);
  EXPECT_EQ(ids(two->histories[0].migrations), "0000_a 0001_b");
  EXPECT_FALSE(two->histories[0].selected);
  EXPECT_TRUE(load_files(files, {"drizzle/meta/_journal.json"})->histories[0].selected);
}

TEST(ProjectDetect, TextHasAHistoryOfItsOwn) {
  const auto plain = load_text("-", "SELECT 1;", std::nullopt);
  ASSERT_EQ(plain->histories.size(), 1U);
  EXPECT_EQ(plain->histories[0].migrations[0].transaction, TransactionMode::autocommit);
  const auto goose = load_text("x", "-- +goose Up\na\n-- +goose Down\nb\n", Tool::goose);
  const Migration& migration = goose->histories[0].migrations[0];
  ASSERT_EQ(migration.ranges.size(), 1U);
  EXPECT_EQ(migration.ranges[0], (Span{13, 15}));
}

}  // namespace
}  // namespace migguard::project
