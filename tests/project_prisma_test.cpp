// Prisma's folder, lock file and schema.
#include "project_tree.hpp"

#include <project/names.hpp>
#include <project/prisma/schema.hpp>

namespace migguard::project {
namespace {

TEST(ProjectPrisma, ReadsAFolder) {
  const auto project = load_files({
      {"prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"},
      {"prisma/migrations/migration_lock.toml", "# x\nprovider = \"postgresql\"\n"},
      {"prisma/migrations/0_init/migration.sql", ""},
      {"prisma/migrations/10_b/migration.sql", ""},
      {"prisma/migrations/1_a/migration.sql", ""},
      {"prisma/migrations/1_a/down.sql", ""},
      {"prisma/migrations/1_a/notes.sql", ""},
      {"prisma/migrations/Zed/migration.sql", ""},
      {"prisma/migrations/alpha/migration.sql", ""},
      {"prisma/migrations/notes/b/c.txt", ""},
      {"prisma/migrations/stray.sql", ""},
  });
  ASSERT_EQ(histories(*project), "prisma prisma/migrations");
  const History& history = project->histories[0];
  EXPECT_EQ(ids(history.migrations), "0_init 1_a 10_b alpha Zed");
  EXPECT_EQ(ids(history.rollbacks), "1_a");
  EXPECT_TRUE(history.rollbacks[0].by_convention);
  EXPECT_EQ(history.migrations[0].transaction, TransactionMode::simple_query);
  EXPECT_TRUE(history.complete);
  EXPECT_EQ(history.prisma->lock_provider, "postgresql");
  EXPECT_EQ(history.prisma->lock_provider_span, (Span{4, 27}));
  EXPECT_EQ(history.prisma->schema_provider, "postgresql");
  EXPECT_EQ(history.prisma->schema_provider_span, (Span{29, 41}));
  ASSERT_EQ(history.prisma->missing_script.size(), 1U);
  EXPECT_EQ(history.prisma->missing_script[0]->path, "prisma/migrations/notes/b/c.txt");
  ASSERT_EQ(history.prisma->stray_sql.size(), 1U);
}

TEST(ProjectPrisma, ReadsTheLockAsPrismaDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"provider = \"postgresql\"\n", "postgresql"},
      {"provider = \"mysql\"\r\n", "mysql"},
      {"<<<<<<< HEAD\nprovider = \"sqlite\"\n", "sqlite"},
      {"provider = sqlite\n", "sqlite"},
      {"provider=\"postgresql\"\n", nullptr},
      {"provider = 'postgresql'\n", nullptr},
      {"provider = \"postgresql\" # x\n", nullptr},
      {" provider = \"postgresql\"\n", nullptr},
      {"provider = \"duckdb\"\n", nullptr},
      {"", nullptr},
  };
  for (const auto& [text, expected] : cases) {
    const auto project = load_files({{"migrations/migration_lock.toml", text}});
    const auto& provider = project->histories.at(0).prisma->lock_provider;
    EXPECT_EQ(provider.value_or("none"), expected ? expected : "none") << text;
  }
}

TEST(ProjectPrisma, DialectComesFromSchemaThenLock) {
  const std::string lock = "p/migrations/migration_lock.toml";
  const std::string schema = "p/schema/base.prisma";
  const auto dialect = [](const Files& files) {
    return load_files(files)->histories.at(0).dialect;
  };
  EXPECT_EQ(dialect({{lock, "provider = \"sqlite\""}}), Dialect::sqlite);
  EXPECT_EQ(dialect({{lock, "provider='mysql'"}}), Dialect::mysql);
  EXPECT_EQ(dialect({{lock, "provider = \"sqlite\""},
                     {schema, "datasource d {\nprovider = \"postgres\"\n}"}}),
            Dialect::postgresql);
  EXPECT_EQ(dialect({{lock, ""}, {schema, "datasource d {\nprovider = \"cockroachdb\"\n}"}}),
            Dialect::other);
  EXPECT_EQ(dialect({{lock, ""}}), Dialect::postgresql);
}

TEST(PrismaSchema, FindsTheDatasource) {
  const std::pair<const char*, const char*> cases[] = {
      {"datasource db {\n provider = \"mysql\"\n}", "mysql"},
      {"datasource db { provider = \"mysql\" }", "mysql"},
      {"// datasource a {\n//provider = \"x\"\n/* datasource b {\nprovider = \"y\" */\n"
       "datasource db {\n url = env(\"DATABASE_URL\") // provider = \"z\"\n provider=\"sqlite\"\n}",
       "sqlite"},
      {"datasource db {\n provider = env(\"P\")\n}", "none"},
      {"model datasource {\n provider String\n}", "no block"},
      {"generator c {\n provider = \"prisma-client-js\"\n}", "no block"},
      {"datasource db {\n provider = \"unterminated\n", "unterminated"},
      {"datasource", "no block"},
      {"/* never closed", "no block"},
  };
  for (const auto& [text, expected] : cases) {
    const auto found = find_datasource(text);
    EXPECT_EQ(found ? found->provider.value_or("none") : "no block", expected) << text;
  }
}

TEST(ProjectNames, SortAsTheRootCollationDoes) {
  const std::pair<const char*, const char*> ordered[] = {
      {"0_init", "00_a"}, {"1_a", "10_b"}, {"a_b", "a1b"}, {"a-b", "a1"}, {"a_b", "a-b"},
      {"alpha", "Zed"},   {"a", "A"},      {"Ab", "aC"},   {"a", "aa"},   {"z", "\xc3\xa4"}};
  for (const auto& [first, second] : ordered) {
    EXPECT_TRUE(locale_before(first, second)) << first << " " << second;
    EXPECT_FALSE(locale_before(second, first)) << first << " " << second;
  }
  EXPECT_FALSE(locale_before("same", "same"));
}

TEST(ProjectNames, CompareNumbersOfAnyLength) {
  EXPECT_EQ(compare_numbers("2", "000002"), 0);
  EXPECT_LT(compare_numbers("9", "10"), 0);
  EXPECT_GT(compare_numbers(std::string(60, '9'), std::string(59, '9')), 0);
  EXPECT_EQ(compare_numbers("", "0"), 0);
}

TEST(ProjectNames, KnowRollbacks) {
  for (const char* name : {"down.sql", "1_x.down.sql", "0007_rollback.sql", "5_ROLLBACK.SQL",
                           "0012_revert_pricing.sql", "undo-1.sql"}) {
    EXPECT_TRUE(is_rollback_name(name)) << name;
  }
  for (const char* name :
       {"0001_downloads.sql", "0002_shutdown.sql", "0003_reverted.sql", ".sql", "markdown.sql"}) {
    EXPECT_FALSE(is_rollback_name(name)) << name;
  }
  EXPECT_TRUE(is_rollback_folder("rollbacks"));
  EXPECT_FALSE(is_rollback_folder("undo_log"));
}

}  // namespace
}  // namespace migguard::project
