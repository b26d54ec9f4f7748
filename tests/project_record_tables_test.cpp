// The tables that tools are configured to note their migrations in.
#include <gtest/gtest.h>
#include <migguard/history.hpp>
#include <util/text.hpp>

#include "database_state.hpp"
#include "project_tree.hpp"

namespace migguard::project {
namespace {

// The table of the first history, after what files besides its own say.
std::string table_of(const Files& history, const Files& besides) {
  Files files = history;
  files.insert(files.end(), besides.begin(), besides.end());
  const auto project = load_files(files);
  return project->histories.empty() ? "no history" : record_name(project->histories.front());
}

const Files drizzle = {{"package.json", "{}"},
                       {"drizzle/meta/_journal.json", journal({"0000_users"})},
                       {"drizzle/0000_users.sql", "SELECT 1;"}};
const Files drizzle_v1 = {{"package.json", "{}"},
                          {"drizzle/20250101000000_users/migration.sql", "SELECT 1;"},
                          {"drizzle/20250101000000_users/snapshot.json", "{}"}};

std::string drizzle_config(const std::string& migrations) {
  return cat("export default { dialect: 'postgresql', out: './drizzle', ", migrations, " };\n");
}

TEST(RecordTables, OfDrizzleStandInItsConfiguration) {
  EXPECT_EQ(table_of(drizzle, {}), "drizzle.__drizzle_migrations");
  for (const Files& history : {drizzle, drizzle_v1}) {
    EXPECT_EQ(
        table_of(history, {{"drizzle.config.ts",
                            drizzle_config("migrations: { table: 'done', schema: 'public' }")}}),
        "public.done");
    EXPECT_EQ(
        table_of(history, {{"drizzle.config.ts", drizzle_config("migrations: { schema: 'App' }")}}),
        "\"App\".__drizzle_migrations");
  }
  // Computed, and contradicting.
  EXPECT_EQ(table_of(drizzle, {{"drizzle.config.ts",
                                drizzle_config("migrations: { table: process.env.TABLE }")}}),
            "drizzle.__drizzle_migrations");
  EXPECT_EQ(
      table_of(drizzle, {{"drizzle.config.ts", drizzle_config("migrations: { table: 'a' }")},
                         {"drizzle.config.prod.ts", drizzle_config("migrations: { table: 'b' }")}}),
      "drizzle.__drizzle_migrations");
}

TEST(RecordTables, OfFlywayStandInFilesOfThreeKinds) {
  const Files flyway = {{"pom.xml", ""},
                        {"src/main/resources/db/migration/V1__users.sql", "SELECT 1;"}};
  EXPECT_EQ(table_of(flyway, {}), "public.flyway_schema_history");
  EXPECT_EQ(table_of(flyway, {{"flyway.conf",
                               "# flyway.table=no\nflyway.table = done\n"
                               "flyway.schemas=app, other\n"}}),
            "app.done");
  EXPECT_EQ(table_of(flyway, {{"flyway.toml",
                               "[flyway]\ntable = \"done\"\n"
                               "schemas = [\"other\"]\ndefaultSchema = \"app\"\n"}}),
            "app.done");
  EXPECT_EQ(table_of(flyway, {{"flyway.toml", "[flyway\ntable = "}}),
            "public.flyway_schema_history");
  EXPECT_EQ(table_of(flyway, {{"src/main/resources/application.yml",
                               "spring:\n  flyway:\n    table: done\n    schemas: [app]\n"}}),
            "app.done");
  EXPECT_EQ(table_of(flyway, {{"src/main/resources/application.properties",
                               "spring.flyway.table=done\nspring.flyway.default-schema=app\n"}}),
            "app.done");
}

TEST(RecordTables, OfCommandsAndEnvironmentsStandBehindOptionsAndVariables) {
  const Files goose = {{"go.mod", ""}, {"m/1_users.sql", "-- +goose Up\nSELECT 1;\n"}};
  EXPECT_EQ(table_of(goose, {{"Makefile", "up:\n\tgoose -dir m -table app.done postgres up\n"}}),
            "app.done");
  EXPECT_EQ(table_of(goose, {{".env.example", "GOOSE_TABLE=app.done\n"}}), "app.done");
  EXPECT_EQ(table_of(goose, {{"Makefile", "up:\n\tgoose -table $TABLE up\n"}}),
            "public.goose_db_version");
  EXPECT_EQ(table_of(goose, {{"Makefile", "up:\n\tpsql -table done\n"}}),
            "public.goose_db_version");

  const Files dbmate = {
      {"db/migrations/1_users.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"}};
  EXPECT_EQ(table_of(dbmate, {{"compose.yml",
                               "services:\n  m:\n    environment:\n      "
                               "DBMATE_MIGRATIONS_TABLE: \"done\"\n"}}),
            "public.done");
  EXPECT_EQ(table_of(dbmate, {{"run.sh", "dbmate --migrations-table=done up\n"}}), "public.done");

  const Files golang = {{"m/1_users.up.sql", "SELECT 1;"}, {"m/1_users.down.sql", "SELECT 1;"}};
  EXPECT_EQ(table_of(golang, {{"Makefile",
                               "up:\n\tmigrate -path m -database "
                               "'postgres://h/d?x-migrations-table=done&a=b' up\n"}}),
            "public.done");

  const Files node = {{"package.json", R"({"scripts": {"up": "node-pg-migrate up )"
                                       R"(--migrations-table done --migrations-schema app"}})"},
                      {"migrations/1_users.sql", "-- Up Migration\nSELECT 1;\n"}};
  EXPECT_EQ(table_of(node, {}), "app.done");
  EXPECT_EQ(table_of({node[1]}, {{"package.json", R"({"scripts": {"up": "node-pg-migrate -t done )"
                                                  R"(up"}})"}}),
            "public.done");
}

TEST(RecordTables, OfSqlMigrateAndSqlxStandInFilesOfTheirOwn) {
  const Files sql_migrate = {{"db/a/1.sql", "-- +migrate Up\nSELECT 1;\n"},
                             {"dbconfig.yml",
                              "production:\n  dialect: postgres\n  dir: db/a\n"
                              "  table: done\n  schema: app\n"
                              "other:\n  dir: db/b\n  table: else\n"}};
  EXPECT_EQ(table_of(sql_migrate, {}), "app.done");
  const Files sqlx = {
      {"Cargo.toml", "[dependencies]\nsqlx = \"0.9\"\n"},
      {"sqlx.toml", "[migrate]\ntable-name = \"app.done\"\nmigrations-dir = \"db\"\n"},
      {"db/1_users.sql", "SELECT 1;"}};
  EXPECT_EQ(table_of(sqlx, {}), "app.done");
}

// Of two tables of one shape, that is the history's which its files name, though the other holds
// what looks like it.
TEST(RecordTables, TheNamedTableIsTheHistorys) {
  Memory memory;
  for (const auto& [path, text] : drizzle) memory.add(path, text);
  memory.add("drizzle.config.ts", drizzle_config("migrations: { table: 'done' }"));
  auto loaded = load(LoadSettings{{"."}}, memory);
  ASSERT_TRUE(loaded);
  Project& project = **loaded;
  const std::int64_t when = *project.histories.front().drizzle->entries.front().when;
  project.database =
      database_of(cat(R"({"drizzle.__drizzle_migrations": [{"id": 1, "hash": "x", "created_at": )",
                      when, R"(}], "drizzle.done": [{"id": 1, "hash": "y", "created_at": 5}]})"),
                  0)
          .facts;
  match_applied(project);
  const AppliedTable* table = applied_table(project.database, project.histories.front());
  ASSERT_TRUE(table);
  EXPECT_EQ(table->name, "drizzle.done");
  EXPECT_FALSE(project.histories.front().migrations.front().applied);
}

}  // namespace
}  // namespace migguard::project
