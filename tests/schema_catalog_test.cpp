// What the catalog answers: whether something exists, since when, and where names lead.
#include <gtest/gtest.h>

#include <chrono>
#include <schema/print.hpp>

#include "schema_support.hpp"

namespace migguard::schema {
namespace {

// ---------------------------------------------------------------- existence

struct ExistenceCase {
  const char* description;
  const char* sql;
  bool complete;
  const char* schema;
  const char* name;
  Known exists;
};

class Existence : public testing::TestWithParam<ExistenceCase> {};

TEST_P(Existence, IsAnswered) {
  const ExistenceCase& each = GetParam();
  const Replayed replayed({each.sql}, each.complete);
  EXPECT_EQ(replayed.problems, "");
  EXPECT_EQ(replayed.exists(each.name, each.schema), each.exists) << each.description;
}

INSTANTIATE_TEST_SUITE_P(
    Catalog, Existence,
    testing::Values(
        ExistenceCase{"never seen", "SELECT 1", false, "", "t", Known::unknown},
        ExistenceCase{"never made by a complete history", "SELECT 1", true, "", "t", Known::no},
        ExistenceCase{"a system catalog is there", "SELECT 1", true, "", "pg_class",
                      Known::unknown},
        ExistenceCase{"another schema may come from elsewhere", "SELECT 1", true, "auth", "users",
                      Known::unknown},
        ExistenceCase{"a schema the history made", "CREATE SCHEMA app", false, "app", "t",
                      Known::no},
        ExistenceCase{"a schema that may have been there", "CREATE SCHEMA IF NOT EXISTS app", false,
                      "app", "t", Known::unknown},
        ExistenceCase{"a schema dropped", "DROP SCHEMA app CASCADE", false, "app", "t", Known::no},
        ExistenceCase{"made", "CREATE TABLE t ()", false, "", "t", Known::yes},
        ExistenceCase{"dropped", "CREATE TABLE t (); DROP TABLE t", false, "", "t", Known::no},
        ExistenceCase{"dropped, never made", "DROP TABLE IF EXISTS t", false, "", "t", Known::no},
        ExistenceCase{"dropped in public, asked by schema", "DROP TABLE t", false, "public", "t",
                      Known::no},
        ExistenceCase{"renamed away", "ALTER TABLE t RENAME TO u", false, "", "t", Known::no},
        ExistenceCase{"renamed to", "ALTER TABLE t RENAME TO u", false, "", "u", Known::yes},
        ExistenceCase{"moved away", "ALTER TABLE t SET SCHEMA app", false, "public", "t",
                      Known::no},
        ExistenceCase{"altered", "ALTER TABLE t ADD COLUMN a int", false, "", "t", Known::yes},
        ExistenceCase{"referenced", "CREATE TABLE u (t int REFERENCES t)", false, "", "t",
                      Known::yes},
        ExistenceCase{"altered after it was dropped", "DROP TABLE t; ALTER TABLE t ADD a int",
                      false, "", "t", Known::no},
        ExistenceCase{"renamed where it exists", "ALTER TABLE IF EXISTS t RENAME TO u", false, "",
                      "u", Known::unknown},
        ExistenceCase{"dropped, then who knows",
                      "DROP TABLE t; DO $$ BEGIN EXECUTE 'CREATE ' || x; END $$", false, "", "t",
                      Known::unknown},
        ExistenceCase{"complete, then who knows", "DO $$ BEGIN EXECUTE 'CREATE ' || x; END $$",
                      true, "", "t", Known::unknown},
        ExistenceCase{"another language", "DO LANGUAGE plpython3u $$ plpy.execute('x') $$", true,
                      "", "t", Known::unknown},
        ExistenceCase{"made before who knows",
                      "CREATE TABLE t (); DO $$ BEGIN EXECUTE 'CREATE ' || x; END $$", false, "",
                      "t", Known::yes},
        ExistenceCase{"an extension without relations", "CREATE EXTENSION pgcrypto", true, "", "t",
                      Known::no},
        ExistenceCase{"an extension with relations", "CREATE EXTENSION postgis", true, "",
                      "spatial_ref_sys", Known::unknown},
        ExistenceCase{"an index has the name", "CREATE TABLE t (a int); CREATE INDEX i ON t (a)",
                      false, "", "i", Known::no},
        ExistenceCase{"temporary", "CREATE TEMP TABLE t ()", false, "", "t", Known::yes},
        ExistenceCase{"temporary, asked in public", "CREATE TEMP TABLE t ()", false, "public", "t",
                      Known::unknown},
        ExistenceCase{"temporary, gone at the end of its statement",
                      "CREATE TEMP TABLE t (a int) ON COMMIT DROP", true, "", "t", Known::no},
        ExistenceCase{"dropped with its schema's contents",
                      "CREATE SCHEMA a; CREATE TABLE a.t (); DROP SCHEMA a CASCADE", false, "a",
                      "t", Known::no}));

TEST(SchemaCatalog, TemporaryTablesEndWithTheMigration) {
  const Replayed replayed({"CREATE TEMP TABLE t (a int); SET search_path = app", "SELECT 1"}, true);
  EXPECT_EQ(replayed.exists("t"), Known::no);
  EXPECT_EQ(replayed.catalog.creation_schema(), "public");
}

TEST(SchemaCatalog, TemporaryTablesOnCommitDropLiveInARunnersTransaction) {
  const Replayed replayed({"CREATE TEMP TABLE t (a int) ON COMMIT DROP"}, false, false);
  EXPECT_EQ(replayed.exists("t"), Known::yes);
}

TEST(SchemaCatalog, KnowsIndexesTypesAndFunctions) {
  const Replayed replayed(
      {"CREATE TABLE t (a int PRIMARY KEY); CREATE INDEX i ON t (a); DROP INDEX gone;"
       "CREATE TYPE app.mood AS ENUM ('a'); DROP TYPE old;"
       "CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION g()"});
  const Catalog& catalog = replayed.catalog;
  EXPECT_EQ(catalog.index({{}, "i"}).table, replayed.relation("t"));
  EXPECT_EQ(catalog.index({{}, "t_pkey"}).index->constraint, "t_pkey");
  EXPECT_EQ(catalog.index({{}, "gone"}).exists, Known::no);
  EXPECT_EQ(catalog.index({{}, "other"}).exists, Known::unknown);
  EXPECT_EQ(catalog.type({"app", "mood"}).exists(), Known::yes);
  EXPECT_EQ(catalog.type({{}, "old"}).exists(), Known::no);
  EXPECT_EQ(catalog.type({{}, "mood"}).exists(), Known::unknown);
  EXPECT_EQ(catalog.function({{}, "f"}).known()->volatility, Volatility::immutable);
  EXPECT_EQ(catalog.function({{}, "g"}).exists(), Known::no);
}

// ---------------------------------------------------------------- newness

struct NewnessCase {
  const char* description;
  const char* before;
  const char* sql;
  bool complete;
  bool is_new;  // of `t`
};

class Newness : public testing::TestWithParam<NewnessCase> {};

TEST_P(Newness, IsAnswered) {
  const NewnessCase& each = GetParam();
  const Replayed replayed({each.before, each.sql}, each.complete);
  EXPECT_EQ(replayed.problems, "");
  EXPECT_EQ(replayed.is_new("t"), each.is_new) << each.description;
}

INSTANTIATE_TEST_SUITE_P(
    Catalog, Newness,
    testing::Values(
        NewnessCase{"made here", "", "CREATE TABLE t ()", false, true},
        NewnessCase{"made before", "CREATE TABLE t ()", "SELECT 1", false, false},
        NewnessCase{"made by a query", "", "CREATE TABLE t AS SELECT 1 AS a", false, true},
        NewnessCase{"IF NOT EXISTS of what may be there", "", "CREATE TABLE IF NOT EXISTS t ()",
                    false, false},
        NewnessCase{"IF NOT EXISTS in a complete history", "", "CREATE TABLE IF NOT EXISTS t ()",
                    true, true},
        NewnessCase{"IF NOT EXISTS of what was dropped", "DROP TABLE t",
                    "CREATE TABLE IF NOT EXISTS t ()", false, true},
        NewnessCase{"IF NOT EXISTS of what is there", "CREATE TABLE t ()",
                    "CREATE TABLE IF NOT EXISTS t ()", true, false},
        NewnessCase{"dropped and made again", "CREATE TABLE t ()",
                    "DROP TABLE t; CREATE TABLE t ()", false, true},
        NewnessCase{"renamed here", "CREATE TABLE s ()", "ALTER TABLE s RENAME TO t", false, false},
        NewnessCase{"made and renamed here", "", "CREATE TABLE s (); ALTER TABLE s RENAME TO t",
                    false, true},
        NewnessCase{"made and moved here", "",
                    "CREATE TABLE app.t (); ALTER TABLE app.t SET SCHEMA public", false, true},
        NewnessCase{"altered only", "", "ALTER TABLE t ADD a int", false, false},
        NewnessCase{"rolled back", "CREATE TABLE t ()",
                    "BEGIN; DROP TABLE t; CREATE TABLE t (); ROLLBACK", false, false},
        NewnessCase{"made in a DO block", "", "DO $$ BEGIN CREATE TABLE t (); END $$", false, true},
        NewnessCase{
            "a DO block that finds it there", "CREATE TABLE t ()",
            "DO $$ BEGIN CREATE TABLE t (); EXCEPTION WHEN duplicate_table THEN NULL; END $$",
            false, false},
        NewnessCase{"a view replaced", "CREATE VIEW t AS SELECT 1 AS a",
                    "CREATE OR REPLACE VIEW t AS SELECT 2 AS a", false, false},
        NewnessCase{"a view replaced or made", "", "CREATE OR REPLACE VIEW t AS SELECT 2 AS a",
                    false, false},
        NewnessCase{"a materialized view", "", "CREATE MATERIALIZED VIEW t AS SELECT 2 AS a", false,
                    true}));

TEST(SchemaCatalog, ColumnsAreNewByThemselves) {
  const Replayed replayed(
      {"CREATE TABLE t (a int)",
       "ALTER TABLE t ADD b int; ALTER TABLE t RENAME b TO c; ALTER TABLE t RENAME a TO d;"
       "ALTER TABLE u ADD COLUMN IF NOT EXISTS e int"});
  const Relation& t = *replayed.relation("t");
  EXPECT_TRUE(replayed.catalog.is_new(*t.column("c")));
  EXPECT_EQ(t.column("c")->created_as, "b");
  EXPECT_FALSE(replayed.catalog.is_new(*t.column("d")));
  EXPECT_EQ(t.column("d")->created_as, "a");
  EXPECT_FALSE(replayed.catalog.is_new(*replayed.relation("u")->column("e")));
}

TEST(SchemaCatalog, RemembersWhoMadeWhat) {
  const Replayed replayed({"CREATE TABLE t (a int)",
                           "ALTER TABLE t RENAME TO u; CREATE TYPE e AS ENUM ('x')",
                           "ALTER TYPE e ADD VALUE 'y'"});
  const Relation& u = *replayed.relation("u");
  EXPECT_EQ(u.created.migration, 0);
  EXPECT_EQ(u.created.statement, 0);
  EXPECT_EQ(u.created_as, "t");
  const Type& e = *replayed.catalog.type({{}, "e"}).known();
  ASSERT_EQ(e.label_origins.size(), 2u);
  EXPECT_EQ(e.label_origins[0].second.migration, 1);
  EXPECT_EQ(e.label_origins[0].second.statement, 1);
  EXPECT_EQ(e.label_origins[1].second.migration, 2);
}

TEST(SchemaCatalog, MigrationsOutOfTheReplayAreNewToThemselves) {
  Catalog catalog;
  Migration first, stray;
  first.position = 4;
  catalog.begin_migration(first, true, false);
  EXPECT_EQ(catalog.current_migration(), 4);
  catalog.begin_migration(stray, true, false);
  EXPECT_EQ(catalog.current_migration(), 5);
}

// ---------------------------------------------------------------- ties, names, rows

std::vector<std::string> names(const std::vector<const Relation*>& relations) {
  std::vector<std::string> list;
  for (const Relation* relation : relations) list.emplace_back(relation->name);
  return list;
}

TEST(SchemaCatalog, FollowsReferencesAndReadsThroughRenames) {
  const Replayed replayed(
      {"CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a);"
       "CREATE TABLE c (a int REFERENCES a, b int); CREATE VIEW v AS SELECT id FROM a;"
       "ALTER TABLE a RENAME TO renamed; ALTER TABLE b RENAME TO bee; ALTER VIEW v RENAME TO w;"
       "ALTER TABLE c DROP COLUMN a"});
  const Relation& a = *replayed.relation("renamed");
  EXPECT_EQ(names(replayed.catalog.referenced_by(a)), std::vector<std::string>{"bee"});
  EXPECT_EQ(names(replayed.catalog.views_on(a)), std::vector<std::string>{"w"});
  EXPECT_EQ(replayed.relation("w")->reads.all(), std::vector<Text>{"renamed"});
}

TEST(SchemaCatalog, ResolvesAlongTheSearchPath) {
  Replayed replayed(
      {"CREATE SCHEMA app; CREATE TABLE public.t (a int); SET search_path = app, public"});
  EXPECT_EQ(replayed.catalog.creation_schema(), "app");
  EXPECT_EQ(replayed.catalog.resolve({{}, "t"}), (Name{"public", "t"}));
  EXPECT_EQ(replayed.catalog.resolve({{}, "new"}), (Name{"app", "new"}));
  EXPECT_EQ(replayed.catalog.resolve({"other", "t"}), (Name{"other", "t"}));
  replayed.add(
      "SET search_path = '$user', app; SET lock_timeout = '5s'; SET LOCAL statement_timeout = 1");
  EXPECT_EQ(replayed.catalog.creation_schema(), "app");
  EXPECT_EQ(replayed.catalog.setting("lock_timeout"), "5s");
  EXPECT_EQ(replayed.catalog.setting("statement_timeout"),
            "");  // outside a transaction it ends at once
  replayed.add("SELECT set_config('search_path', '', false)");
  EXPECT_EQ(replayed.catalog.creation_schema(), "");
}

TEST(SchemaCatalog, LocalSettingsEndWithTheTransaction) {
  Replayed replayed(
      {"BEGIN; SET lock_timeout = '1s'; SET LOCAL lock_timeout = '2s'; SAVEPOINT s;"
       "SET LOCAL lock_timeout = '3s'; ROLLBACK TO s"});
  EXPECT_EQ(replayed.catalog.setting("lock_timeout"), "2s");
  replayed.add("BEGIN; SET lock_timeout = '1s'; SET LOCAL lock_timeout = '2s'; COMMIT");
  EXPECT_EQ(replayed.catalog.setting("lock_timeout"), "1s");
  replayed.add("SET lock_timeout = '1s'; BEGIN; SET lock_timeout = '2s'; ROLLBACK");
  EXPECT_EQ(replayed.catalog.setting("lock_timeout"), "1s");
  replayed.add("SET lock_timeout = '1s'; RESET ALL");
  EXPECT_EQ(replayed.catalog.setting("lock_timeout"), "");
}

TEST(SchemaCatalog, RollbackTakesEffectOnlyWhereItStands) {
  Replayed replayed({"CREATE TABLE t (a int); BEGIN; DROP TABLE t"});
  EXPECT_EQ(replayed.exists("t"), Known::no);
  replayed.add("CREATE TABLE u (a int); BEGIN; DROP TABLE u; ROLLBACK");
  EXPECT_EQ(replayed.exists("u"), Known::yes);
}

TEST(SchemaCatalog, KnowsWhereRowsWereWritten) {
  const Replayed replayed(
      {"CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int) PARTITION BY LIST "
       "(x);"
       "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1); CREATE TABLE d (x int);"
       "INSERT INTO a VALUES (1); UPDATE b SET x = 1; INSERT INTO c VALUES (1); DELETE FROM d"});
  EXPECT_TRUE(replayed.relation("a")->rows_written);
  EXPECT_TRUE(replayed.relation("b")->rows_written);
  EXPECT_TRUE(replayed.relation("c1")->rows_written);
  EXPECT_FALSE(replayed.relation("d")->rows_written);
}

TEST(SchemaCatalog, KnowsWhatChecksProve) {
  const Replayed replayed(
      {"CREATE TABLE t (a int, b int);"
       "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL AND b > 0) NOT VALID;"
       "ALTER TABLE t VALIDATE CONSTRAINT c"});
  const Constraint& check = *replayed.relation("t")->constraint("c");
  EXPECT_TRUE(same(check.not_null_columns, std::vector<Text>{"a"}));
  EXPECT_TRUE(check.valid);
}

TEST(SchemaCatalog, TellsTheNamesOfNotNullApart) {
  const std::string wide(60, 'w');
  const Replayed replayed(
      {"CREATE TABLE a (b_c int NOT NULL); CREATE TABLE a_b (c int NOT NULL);"
       "CREATE TABLE old (x int NOT NULL); ALTER TABLE old RENAME TO older;"
       "CREATE TABLE old (x int NOT NULL);"
       "CREATE TABLE r (x int NOT NULL); ALTER TABLE r RENAME x TO y;"
       "ALTER TABLE r ADD x int NOT NULL; CREATE TABLE copied (LIKE a);"
       "CREATE TABLE parent (k int NOT NULL); CREATE TABLE child () INHERITS (parent);"
       "CREATE TABLE " +
       wide + " (first_one int NOT NULL, second int NOT NULL);"});
  const auto named = [&](const char* table, std::string_view constraint) {
    const Column* column = replayed.relation(table)->not_null_column(constraint);
    return column ? std::string(column->name) : std::string();
  };
  EXPECT_EQ(named("a", "a_b_c_not_null"), "b_c");
  EXPECT_EQ(named("a_b", "a_b_c_not_null"), "");
  EXPECT_EQ(named("a_b", "a_b_c_not_null1"), "c");
  EXPECT_EQ(named("older", "old_x_not_null"), "x");
  EXPECT_EQ(named("old", "old_x_not_null1"), "x");
  EXPECT_EQ(named("r", "r_x_not_null"), "y");
  EXPECT_EQ(named("r", "r_x_not_null1"), "x");
  EXPECT_EQ(named("copied", "a_b_c_not_null"), "b_c");
  EXPECT_EQ(named("child", "parent_k_not_null"), "k");
  EXPECT_EQ(named(wide.c_str(), std::string(47, 'w') + "_second_not_null"), "second");
}

TEST(SchemaCatalog, NamesNotNullAsPostgreSQL18Does) {
  const Replayed replayed(
      {"CREATE TABLE t (a int NOT NULL, b int CONSTRAINT given NOT NULL, c int, d int PRIMARY KEY);"
       "ALTER TABLE t ALTER c SET NOT NULL; ALTER TABLE t ADD CONSTRAINT late NOT NULL c;"
       "ALTER TABLE t ADD e int, ADD CONSTRAINT later NOT NULL e NOT VALID;"
       "ALTER TABLE t DROP CONSTRAINT t_a_not_null; ALTER TABLE t RENAME CONSTRAINT given TO "
       "taken"});
  const Relation& t = *replayed.relation("t");
  EXPECT_EQ(t.column("a")->not_null, Known::no);
  EXPECT_EQ(t.column("b")->not_null_constraint, "taken");
  EXPECT_EQ(t.not_null_column("t_c_not_null"), t.column("c"));
  EXPECT_EQ(t.not_null_column("t_d_not_null"), t.column("d"));
  EXPECT_EQ(t.column("e")->not_null, Known::yes);
  EXPECT_FALSE(t.column("e")->not_null_valid);
}

// ---------------------------------------------------------------- hostile and large input

TEST(SchemaCatalog, SurvivesNonsense) {
  const Replayed replayed(
      {"CREATE TABLE t (a int, a int, PRIMARY KEY (nothing), FOREIGN KEY (x) REFERENCES t) "
       "INHERITS (t);"
       "CREATE TABLE p PARTITION OF p FOR VALUES IN (1); CREATE TABLE l (LIKE l INCLUDING ALL);"
       "ALTER TABLE x INHERIT y; ALTER TABLE y INHERIT x; ALTER TABLE x INHERIT x; ALTER TABLE x "
       "ADD COLUMN c int;"
       "ALTER TABLE m ATTACH PARTITION n DEFAULT; ALTER TABLE n ATTACH PARTITION m DEFAULT;"
       "CREATE TABLE m PARTITION OF n DEFAULT PARTITION BY LIST (a); CREATE INDEX ON m (a); DROP "
       "TABLE m CASCADE;"
       "CREATE VIEW v AS SELECT 1 AS a; CREATE OR REPLACE VIEW w AS SELECT a FROM v;"
       "CREATE OR REPLACE VIEW v AS SELECT a FROM w; ALTER TABLE v DROP COLUMN a CASCADE; DROP "
       "VIEW v CASCADE;"
       "CREATE SEQUENCE s OWNED BY s.s; ALTER SEQUENCE s OWNED BY q.c; DROP SEQUENCE s CASCADE;"
       "ALTER TABLE t RENAME TO t; ALTER TABLE t SET SCHEMA public; ALTER SCHEMA public RENAME TO "
       "public;"
       "ALTER TABLE t RENAME a TO a; ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE; ROLLBACK; "
       "ROLLBACK TO nothing;"
       "RELEASE nothing; COMMIT; SAVEPOINT s; ROLLBACK TO s; BEGIN; BEGIN; SAVEPOINT a; SAVEPOINT "
       "a; ROLLBACK TO a;"
       "ROLLBACK; DROP TYPE nothing CASCADE; ALTER TYPE nothing RENAME TO something; DROP SCHEMA "
       "public CASCADE;"
       "ALTER TABLE only_index ADD PRIMARY KEY USING INDEX nowhere"});
  EXPECT_EQ(replayed.problems, "");
  EXPECT_FALSE(canonical(replayed.catalog).empty());
}

TEST(SchemaCatalog, DropsLongChainsWithoutRecursion) {
  std::string sql = "CREATE TABLE v0 (a int);";
  for (int at = 1; at <= 5000; ++at)
    sql += cat("CREATE VIEW v", at, " AS SELECT a FROM v", at - 1, ";");
  Replayed replayed({sql});
  EXPECT_EQ(replayed.catalog.relations().size(), 5001u);
  replayed.add("DROP TABLE v0 CASCADE");
  EXPECT_TRUE(replayed.catalog.relations().empty());
}

TEST(SchemaCatalog, StaysLinear) {
  std::string sql = "CREATE TABLE hub (id int PRIMARY KEY);";
  for (int at = 0; at < 3000; ++at)
    sql +=
        cat("CREATE TABLE t", at,
            " (id serial PRIMARY KEY, hub int REFERENCES hub, note text UNIQUE);", "ALTER TABLE t",
            at, " ADD COLUMN more int NOT NULL DEFAULT 0;CREATE INDEX ON t", at, " (more);");
  for (int at = 0; at < 1500; ++at)
    sql += cat("ALTER TABLE hub ADD COLUMN c", at, " int NOT NULL DEFAULT 0;");
  for (int at = 0; at < 3000; ++at) sql += cat("DROP TABLE t", at, ";");
  const auto begin = std::chrono::steady_clock::now();
  const Replayed replayed({sql});
  const auto taken = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(replayed.catalog.relations().size(), 1u);
  // A hundredfold of what an optimised build takes: only a quadratic replay fails.
  EXPECT_LT(taken, std::chrono::seconds(60));
}

}  // namespace
}  // namespace migguard::schema
