// Statements and where they lie, for files that PostgreSQL's parser takes as they are.
#include <gtest/gtest.h>

#include <sql/script.hpp>
#include <string>
#include <thread>
#include <vector>

namespace migguard::sql {
namespace {

std::vector<std::string> statements(const SourceFile& source, const Script& script) {
  std::vector<std::string> out;
  for (const Statement& each : script.statements) {
    out.push_back(source.text.substr(each.span.begin, each.span.end - each.span.begin));
  }
  return out;
}

TEST(SqlParse, StatementsReachFromFirstToLastToken) {
  const struct {
    std::string_view text;
    std::vector<std::string> statements;
  } cases[] = {
      {"SELECT 1", {"SELECT 1"}},
      {"  SELECT 1  ;  ", {"SELECT 1"}},
      {"-- a\nSELECT 1 -- b\n; /* c */ SELECT 2 /* d */", {"SELECT 1", "SELECT 2"}},
      {"SELECT 1 -- b\n  -- c\n", {"SELECT 1"}},
      {"SELECT '--' ;SELECT '*/'", {"SELECT '--'", "SELECT '*/'"}},
      {"SELECT 1;\r\nSELECT\r\n2;\r\n", {"SELECT 1", "SELECT\r\n2"}},
      {";;SELECT 1;;", {"SELECT 1"}},
      {"SELECT 'a;b', \"c;d\", $x$;$x$; SELECT 2", {"SELECT 'a;b', \"c;d\", $x$;$x$", "SELECT 2"}},
      {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2;",
       {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "SELECT 2"}},
  };
  for (const auto& each : cases) {
    const SourceFile source("m.sql", std::string(each.text));
    const Script script = parse(source, {});
    EXPECT_EQ(statements(source, script), each.statements) << each.text;
    EXPECT_TRUE(script.problems.empty()) << each.text;
    EXPECT_TRUE(script.parsed);
    EXPECT_NE(script.memory, nullptr);
    for (const Statement& statement : script.statements)
      EXPECT_FALSE(statement.ops.empty()) << each.text;
  }
}

TEST(SqlParse, SeveralThreadsAtOnce) {
  const SourceFile source(
      "m.sql", "CREATE TABLE t (id int); DO $$ BEGIN DROP TABLE a; END $$; oops; SELECT 1;");
  std::vector<std::thread> threads;
  std::vector<std::size_t> counts(4);
  for (std::size_t& count : counts) {
    threads.emplace_back([&count, &source] {
      for (int round = 0; round < 200; ++round) count += parse(source, {}).statements.size();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t count : counts) EXPECT_EQ(count, 600U);
}

TEST(SqlParse, NamesItsParser) { EXPECT_EQ(parser_version().rfind("PostgreSQL 18", 0), 0U); }

}  // namespace
}  // namespace migguard::sql
