// Which JSON keys a statement writes, reads or depends on, as operations: before any schema or word
// list is asked.
#include <gtest/gtest.h>

#include <migguard/source.hpp>
#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard {
namespace {

std::string_view name_of(JsonAccess access) {
  switch (access) {
    case JsonAccess::write:
      return "write";
    case JsonAccess::read:
      return "read";
    case JsonAccess::define:
      return "define";
  }
  return "?";
}

// `write quotes.metadata price`; a position as `#5`; a read that fills a column as `-> total`.
std::string describe(const JsonKey& key) {
  std::string text(name_of(key.access));
  text += ' ';
  for (const Name& table : key.tables) {
    if (&table != key.tables.data()) text += '|';
    text += plain(table);
  }
  if (key.tables.empty()) text += '?';
  text += '.';
  text += key.position >= 0 ? cat("#", key.position) : std::string(key.column);
  text += ' ';
  text += key.row.name.empty() ? std::string(key.path) : cat("row ", key.row.name);
  if (key.feeds) text += cat(" -> ", key.feeds_column);
  return text;
}

std::vector<std::string> keys_of(const std::string& sql) {
  const SourceFile source("case.sql", sql);
  const Script script = sql::parse(source, {});
  EXPECT_TRUE(script.problems.empty()) << sql;
  std::vector<std::string> keys;
  for (const Statement& statement : script.statements) {
    for (const Op& op : statement.ops) {
      if (const auto* key = std::get_if<JsonKey>(&op)) keys.push_back(describe(*key));
    }
  }
  return keys;
}

struct Case {
  const char* sql;
  std::vector<std::string> keys;
};

class JsonKeysInSql : public testing::TestWithParam<Case> {};
TEST_P(JsonKeysInSql, AreFound) {
  EXPECT_EQ(keys_of(GetParam().sql), GetParam().keys) << GetParam().sql;
}

const Case writes[] = {
    {R"(INSERT INTO q (id, m) VALUES (1, '{"a": {"b": [1, {"c": 2}]}}'))",
     {"write q.m a", "write q.m a.b", "write q.m a.b[1].c"}},
    {R"(INSERT INTO q VALUES (1, '{"a": 1}'::jsonb))", {"write q.#1 a"}},
    {R"(INSERT INTO q (m) VALUES ('{"a": 1}'), ('{"a": 2}'), ('{"b": 3}'))",
     {"write q.m a", "write q.m b"}},
    {R"(INSERT INTO q (m) VALUES (E'{"\\u0061": 1}'))", {"write q.m a"}},
    {R"(INSERT INTO q (m) VALUES ('{"a.b": 1, "": 2, "*": 3}'))",
     {R"(write q.m ["a.b"])", R"(write q.m ["*"])"}},
    {R"(INSERT INTO q (m) VALUES ('["a"]'), ('"a"'), ('not json'), (NULL), (DEFAULT))", {}},
    {R"(INSERT INTO q (id, m['a']) VALUES (1, '3'))", {"write q.m a"}},
    {R"(INSERT INTO q (m) SELECT d FROM (SELECT '{"a": 1}'::jsonb AS d) s)", {"write q.m a"}},
    {R"(WITH s AS (SELECT jsonb_build_object('a', 1) AS d) INSERT INTO q (m) SELECT d FROM s)",
     {"write q.m a"}},
    {R"(UPDATE q SET m = m || '{"a": 1}')", {"write q.m a"}},
    {R"(UPDATE q SET m = jsonb_set(m, '{a,0,b}', '{"c": 1}'))",
     {"write q.m a[0].b", "write q.m a[0].b.c"}},
    {R"(UPDATE q SET m['a'][0]['b'] = '1')", {"write q.m a[0].b"}},
    {R"(UPDATE q SET (x, m) = (1, '{"a": 1}'))", {"write q.m a"}},
    {R"(UPDATE q SET m = jsonb_build_object('a', jsonb_build_array(jsonb_build_object('b', 1))))",
     {"write q.m a", "write q.m a[0].b"}},
    {R"(UPDATE q SET m = (SELECT jsonb_agg(jsonb_build_object('a', x)) FROM t))",
     {"write q.m [*].a"}},
    {R"(UPDATE q SET m = ('{"a": ' || x || '}')::jsonb)", {"write q.m a"}},
    {R"(UPDATE q SET m = to_jsonb(t) FROM t)", {"write q.m row t"}},
    {R"(UPDATE q SET m = JSON_OBJECT('a': 1 RETURNING jsonb))", {"write q.m a"}},
    {R"(INSERT INTO q (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET m = EXCLUDED.m || '{"a": 1}')",
     {"write q.m a"}},
    {R"(MERGE INTO q USING t ON q.id = t.id WHEN MATCHED THEN UPDATE SET m = '{"a": 1}'
        WHEN NOT MATCHED THEN INSERT (id, m) VALUES (1, '{"b": 2}'))",
     {"write q.m a", "write q.m b"}},
    {R"(CREATE TABLE n AS SELECT '{"a": 1}'::jsonb AS m)", {"write n.m a"}},
    {R"(CREATE TABLE n (m jsonb DEFAULT '{"a": 1}'))", {"write n.m a"}},
    {R"(ALTER TABLE q ALTER m SET DEFAULT '{"a": 1}')", {"write q.m a"}},
    {R"(SELECT '{"a": 1}'::jsonb)", {}},
    {R"(SELECT '{"a": 1}'::jsonb -> 'a')", {}},
};
INSTANTIATE_TEST_SUITE_P(Writes, JsonKeysInSql, testing::ValuesIn(writes));

const Case reads[] = {
    {"SELECT m->'a'->0->>'b' FROM q", {"read q.m a[0].b"}},
    {"SELECT m #>> '{a,b}', m['c'] FROM q", {"read q.m a.b", "read q.m c"}},
    {"SELECT m->>'a' FROM q JOIN r ON true", {"read q|r.m a"}},
    {"SELECT x.m->>'a' FROM q JOIN r x ON true", {"read r.m a"}},
    {"SELECT m->>'a' FROM (SELECT p AS m FROM q) s", {"read q.p a"}},
    {"SELECT m->>'a' FROM (SELECT * FROM q) s", {"read q.m a"}},
    {"SELECT * FROM q WHERE m ?| ARRAY['a', 'b']", {"read q.m a", "read q.m b"}},
    {R"(SELECT * FROM q WHERE m @> '{"a": {"b": 1}}')", {"read q.m a", "read q.m a.b"}},
    {R"(SELECT * FROM q WHERE m @? '$.a[*] ? (@.b > 5 && @.c like_regex "d")')",
     {"read q.m a[*].b", "read q.m a[*].c"}},
    {R"(SELECT jsonb_path_query(m, 'strict $.**."a b".size()') FROM q)", {"read q.m **.a b"}},
    {"SELECT e->>'b' FROM q, jsonb_array_elements(q.m->'a') e", {"read q.m a[*].b"}},
    {"SELECT * FROM q, jsonb_to_recordset(q.m->'a') AS x(b numeric, c text)",
     {"read q.m a[*].b", "read q.m a[*].c"}},
    {"SELECT JSON_VALUE(m, '$.a') FROM q", {"read q.m a"}},
    {"SELECT j.* FROM q, JSON_TABLE(q.m, '$.a[*]' COLUMNS (b numeric, c int PATH '$.d')) j",
     {"read q.m a[*].b", "read q.m a[*].d"}},
    {"SELECT m->lower('A'), m->$1 FROM q", {}},
    {"SELECT c->>'a' FROM q, jsonb_each(q.m) AS e(k, c)", {"read q.m [*].a"}},
};
INSTANTIATE_TEST_SUITE_P(Reads, JsonKeysInSql, testing::ValuesIn(reads));

const Case definitions[] = {
    {"CREATE INDEX ON q ((m->>'a')) WHERE m ? 'b'", {"define q.m a", "define q.m b"}},
    {"CREATE VIEW v AS SELECT m->>'a' FROM q", {"define q.m a"}},
    {"ALTER TABLE q ADD CHECK (m ? 'a')", {"define q.m a"}},
    {"ALTER TABLE q ADD CHECK (NOT m ? 'a')", {}},
    {"ALTER TABLE q ADD CHECK ((m ? 'a') = false AND (m ? 'b') IS NOT TRUE)", {}},
    {"ALTER TABLE q ADD CHECK (m->'a' IS NULL)", {}},
    {"ALTER TABLE q ADD CHECK (NOT (m->'a' IS NULL))", {"define q.m a"}},
    {"ALTER TABLE q ADD CHECK (NOT jsonb_path_exists(m, '$.**.a'))", {}},
    {"ALTER TABLE q ADD CHECK (NOT ((m->>'a')::numeric < 0))", {"define q.m a"}},
    {"CREATE POLICY p ON q USING ((m->>'a')::int > 0) WITH CHECK (NOT m ? 'a')", {"define q.m a"}},
    {"CREATE TRIGGER t BEFORE UPDATE ON q FOR EACH ROW WHEN (OLD.m->>'a' <> NEW.m->>'a') EXECUTE "
     "FUNCTION f()",
     {"define q.m a"}},
    {"CREATE RULE r AS ON INSERT TO t DO ALSO UPDATE q SET m = m || '{\"a\": 1}'", {"write q.m a"}},
    {"CREATE STATISTICS s ON (m->>'a'), id FROM q", {"define q.m a"}},
};
INSTANTIATE_TEST_SUITE_P(Definitions, JsonKeysInSql, testing::ValuesIn(definitions));

const Case remedies[] = {
    {"UPDATE q SET total = (m->>'a')::numeric WHERE m ? 'a'", {"read q.m a -> total"}},
    {"UPDATE q SET m = m - 'a' WHERE m ? 'a'", {}},
    {"UPDATE q SET m = m #- '{a,b}'", {}},
    {"UPDATE q SET total = (m->>'a')::numeric, m = m - 'a'", {"read q.m a -> total"}},
    {"INSERT INTO t (total) SELECT (m->>'a')::numeric FROM q", {"read q.m a -> total"}},
    {"WITH s AS (SELECT id, m->>'a' AS a FROM q) UPDATE t SET total = s.a::numeric FROM s",
     {"read q.m a -> total"}},
    {"UPDATE q SET total = 1 WHERE m ? 'a'", {"read q.m a"}},
};
INSTANTIATE_TEST_SUITE_P(Remedies, JsonKeysInSql, testing::ValuesIn(remedies));

const Case bodies[] = {
    {"DO $$ BEGIN UPDATE q SET m = m || '{\"a\": 1}'; END $$", {"write q.m a"}},
    {"DO $$ DECLARE v jsonb := '{\"a\": 1}'; BEGIN UPDATE q SET m = v; END $$", {"write q.m a"}},
    {"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ UPDATE q SET m = '{\"a\": 1}' $$",
     {"write q.m a"}},
    {"CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC UPDATE q SET m = '{\"a\": 1}'; "
     "END",
     {"write q.m a"}},
    {"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.m['a'] := '1'; RETURN "
     "NEW; END $$",
     {"write ?.m a"}},
    {"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.m ? 'a' THEN RAISE "
     "EXCEPTION 'a'; "
     "END IF; RETURN NEW; END $$",
     {}},
};
INSTANTIATE_TEST_SUITE_P(Bodies, JsonKeysInSql, testing::ValuesIn(bodies));

// The piece of the file that a finding points at.
std::string place_of(const std::string& sql) {
  const SourceFile source("case.sql", sql);
  const Script script = sql::parse(source, {});
  for (const Statement& statement : script.statements) {
    for (const Op& op : statement.ops) {
      const auto* key = std::get_if<JsonKey>(&op);
      if (key) return source.text.substr(key->span.begin, key->span.end - key->span.begin);
    }
  }
  return "";
}

TEST(JsonKeyPlaces, AreTheKeyInAPlainConstantElseTheConstant) {
  EXPECT_EQ(place_of(R"(SELECT 1; UPDATE q SET m = '{"a": 1}')"), R"("a")");
  EXPECT_EQ(place_of(R"(UPDATE q SET m = '{"it''s": 1}')"), R"("it''s")");
  EXPECT_EQ(place_of(R"(UPDATE q SET m = $x${"ü": {}}$x$)"), R"("ü")");
  EXPECT_EQ(place_of(R"(UPDATE q SET m = E'{"\\u0061": 1}')"), R"(E'{"\\u0061": 1}')");
  EXPECT_EQ(place_of("SELECT m->>'a' FROM q"), "'a'");
  EXPECT_EQ(place_of("UPDATE q SET m = jsonb_set(m, '{a,b}', '1')"), "'{a,b}'");
  EXPECT_EQ(place_of(R"(DO $$ BEGIN UPDATE q SET m = '{"a": 1}'; END $$)"), R"("a")");
}

TEST(JsonKeyBounds, HoldForDeepAndWideStatements) {
  std::string chain = "SELECT m";
  for (int i = 0; i < 2000; ++i) chain += "->'a'";
  keys_of(chain + "->>'b' FROM q");
  std::string nested = "SELECT m->>'a' AS m FROM q";
  for (int i = 0; i < 30; ++i) nested = cat("SELECT m || m AS m FROM (", nested, ") s");
  keys_of(nested);
  std::string rows = "INSERT INTO q (m) VALUES ('{}')";
  for (int i = 0; i < 5000; ++i) rows += R"(, ('{"a": 1, "b": {"c": 2}}'))";
  EXPECT_EQ(keys_of(rows).size(), 3u);
}

}  // namespace
}  // namespace migguard
