// The piece of the source that a finding points at.
#include <gtest/gtest.h>

#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

std::vector<std::string> places(const std::string& text) {
  const SourceFile source("m.sql", text);
  const Script script = parse(source, {});
  std::vector<std::string> out;
  for (const Statement& statement : script.statements) {
    for (const Op& op : statement.ops) {
      if (std::holds_alternative<JsonKey>(op)) continue;
      const Span place = locate(source.text, statement, op);
      EXPECT_LT(place.begin, place.end) << text;
      EXPECT_LE(place.end, source.text.size()) << text;
      out.push_back(source.text.substr(place.begin, place.end - place.begin));
    }
  }
  return out;
}

TEST(SqlLocate, PointsAtTheClauseOrName) {
  const struct {
    std::string_view text;
    std::vector<std::string> places;
  } cases[] = {
      {"ALTER TABLE IF EXISTS ONLY app.t\n  ADD COLUMN a numeric(10, 2),\n  DROP COLUMN b -- "
       "gone\n , ALTER c SET NOT NULL;",
       {"ADD COLUMN a numeric(10, 2)", "DROP COLUMN b", "ALTER c SET NOT NULL"}},
      {"ALTER TABLE \"T\" DROP COLUMN \"x,y\", DROP COLUMN z",
       {"DROP COLUMN \"x,y\"", "DROP COLUMN z"}},
      {"ALTER TABLE a RENAME TO b", {"RENAME TO b"}},
      {"DROP TABLE IF EXISTS a, app.\"B c\" CASCADE", {"a", "app.\"B c\""}},
      {"DROP INDEX CONCURRENTLY IF EXISTS i", {"i"}},
      {"DROP MATERIALIZED VIEW v, w RESTRICT", {"v", "w"}},
      {"TRUNCATE TABLE a, app.b RESTART IDENTITY CASCADE", {"a", "app.b"}},
      {"CREATE TABLE IF NOT EXISTS app.t (id int)", {"CREATE TABLE IF NOT EXISTS app.t"}},
      {"CREATE UNIQUE INDEX CONCURRENTLY i ON app.t USING btree (a)",
       {"CREATE UNIQUE INDEX CONCURRENTLY i ON app.t"}},
      {"CREATE INDEX ON t (a)", {"CREATE INDEX ON t"}},
      {"DELETE FROM app.t", {"DELETE FROM app.t"}},
      {"UPDATE t SET a = 1", {"UPDATE t"}},
      {"DO $$ BEGIN\n  ALTER TABLE t ADD COLUMN a int, DROP COLUMN b;\nEND $$;",
       {"DO $$ BEGIN", "ADD COLUMN a int", "DROP COLUMN b"}},
      {"DO $$ BEGIN DROP TABLE a, b; END $$;", {"DO $$ BEGIN DROP TABLE a, b; END $$", "a", "b"}},
      {"SELECT 1,\n 2", {"SELECT 1,"}},
  };
  for (const auto& each : cases)
    EXPECT_EQ(places(std::string(each.text)), each.places) << each.text;
}

TEST(SqlLocate, NeverLeavesTheFile) {
  const std::string text = "ALTER TABLE t ADD COLUMN a int";
  DropTable op;
  for (const std::uint32_t begin : {0U, 5U, 29U, 30U, 31U, 4000000000U}) {
    for (const std::uint32_t end : {0U, 6U, 30U, 99U, 4000000000U}) {
      op.span = {begin, end};
      op.part = 7;
      for (const Span span : {Span{begin, end}, Span{0, 30}, Span{}}) {
        const Span place = locate(text, {span, {}}, Op(op));
        EXPECT_LT(place.begin, place.end);
        EXPECT_LE(place.end, text.size());
      }
    }
  }
  EXPECT_EQ(locate("", {}, Op(op)), Span{});
}

}  // namespace
}  // namespace migguard::sql
