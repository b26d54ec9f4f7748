// Broken statements cost nothing but themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

std::string piece(const SourceFile& source, Span span) {
  return source.text.substr(span.begin, span.end - span.begin);
}

struct Case {
  std::string_view text;
  std::vector<std::string> statements;
  std::string_view message;
  std::string_view at;         // the text of the problem's span
  std::string_view statement;  // of its statement
  ProblemKind kind = ProblemKind::syntax;
};

TEST(SqlRecover, SaysWhatTheServerWouldSay) {
  const Case cases[] = {
      {"SELECT 1; CREATE TABEL x (id int); SELECT 2;",
       {"SELECT 1", "SELECT 2"},
       "syntax error at or near \"TABEL\"",
       "TABEL",
       "CREATE TABEL x (id int)"},
      {"SELECT 'caf\xc3\xa9 \xe2\x82\xac'; -- \xc3\xa9\nDROP TABEL x;",
       {"SELECT 'caf\xc3\xa9 \xe2\x82\xac'"},
       "syntax error at or near \"TABEL\"",
       "TABEL",
       "DROP TABEL x"},
      {"SELECT (1; DROP TABLE a;",
       {"DROP TABLE a"},
       "syntax error at or near \";\"",
       ";",
       "SELECT (1"},
      {"CREATE TABLE a (id int",
       {},
       "syntax error at end of input",
       "int",
       "CREATE TABLE a (id int"},
      {"SELECT E'\\xff'; SELECT 2;",
       {"SELECT 2"},
       "invalid byte sequence for encoding \"UTF8\": 0xff",
       "SELECT",
       "SELECT E'\\xff'"},
      {"garbage -- note\n; SELECT 2;",
       {"SELECT 2"},
       "syntax error at or near \"garbage\"",
       "garbage",
       "garbage"},
      {"SELECT 1; SELECT 'open",
       {"SELECT 1"},
       "unterminated quoted string at or near \"'open\"",
       "'open",
       "SELECT 'open",
       ProblemKind::unterminated},
      {"SELECT 1; /* open",
       {"SELECT 1"},
       "unterminated /* comment",
       "/* open",
       "/* open",
       ProblemKind::unterminated},
      {"SELECT 1;\nSELECT $$open;\nDROP TABLE a;\nDROP TABLE b;",
       {"SELECT 1", "DROP TABLE a", "DROP TABLE b"},
       "unterminated dollar-quoted string at or near \"$$open;...\"",
       "$$open;",
       "SELECT $$open;",
       ProblemKind::unterminated},
      {"INSERT INTO t VALUES ('it's');\nDROP TABLE a;\nSELECT 'x';",
       {"DROP TABLE a", "SELECT 'x'"},
       "syntax error at or near \"s\"",
       "s",
       "INSERT INTO t VALUES ('it's');"},
      {"SELECT 'open;\nDROP TABLE a;\nSELECT 2;",
       {"DROP TABLE a", "SELECT 2"},
       "unterminated quoted string at or near \"'open;...\"",
       "'open;",
       "SELECT 'open;",
       ProblemKind::unterminated},
      {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT FROM FROM;",
       {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END"},
       "syntax error at or near \"FROM\"",
       "FROM",
       "SELECT FROM FROM"},
      {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; DELETE t; END; SELECT 2;",
       {"SELECT 2"},
       "syntax error at or near \"t\"",
       "t",
       "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; DELETE t; END"},
      {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); oops; SELECT 3;",
       {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"},
       "syntax error at or near \"oops\"",
       "oops",
       "oops"},
  };
  for (const Case& each : cases) {
    const SourceFile source("m.sql", std::string(each.text));
    const Script script = parse(source, {});
    std::vector<std::string> statements;
    for (const Statement& statement : script.statements)
      statements.push_back(piece(source, statement.span));
    EXPECT_EQ(statements, each.statements) << each.text;
    ASSERT_EQ(script.problems.size(), 1U) << each.text;
    const Problem& problem = script.problems[0];
    EXPECT_EQ(problem.kind, each.kind) << each.text;
    EXPECT_EQ(problem.message, each.message) << each.text;
    EXPECT_EQ(piece(source, problem.span), each.at) << each.text;
    EXPECT_EQ(piece(source, problem.statement), each.statement) << each.text;
  }
}

TEST(SqlRecover, NamesOtherDialectsAndTemplates) {
  const struct {
    std::string_view text;
    std::string_view hint;  // a piece of it
    ProblemKind kind = ProblemKind::syntax;
  } cases[] = {
      {"CREATE TABLE `a` (id int);", "backticks"},
      {"CREATE TABLE a (id int AUTO_INCREMENT);", "MySQL"},
      {"CREATE TABLE a (id integer PRIMARY KEY AUTOINCREMENT);", "SQLite"},
      {"PRAGMA foreign_keys=OFF;", "SQLite"},
      {"CREATE TABLE a (id int) ENGINE=InnoDB;", "MySQL"},
      {"SELECT * FROM [users];", "SQL Server"},
      {"CREATE TABLE ${schema}.a (id int);", "${...}", ProblemKind::template_},
      {"CREATE TABLE users_${env} (id int);", "${...}", ProblemKind::template_},
      {"CREATE TABLE {{ schema }}.a (id int);", "{{ ... }}", ProblemKind::template_},
      {"DROP TABLE <%= table %>;", "<% ... %>", ProblemKind::template_},
      {"CREATE TABEL ${schema}.a (id int);", ""},
  };
  for (const auto& each : cases) {
    const SourceFile source("m.sql", std::string(each.text));
    const Script script = parse(source, {});
    ASSERT_EQ(script.problems.size(), 1U) << each.text;
    EXPECT_NE(script.problems[0].hint.find(each.hint), std::string::npos)
        << each.text << ": " << script.problems[0].hint;
    EXPECT_EQ(script.problems[0].kind, each.kind) << each.text;
    // What a placeholder leaves can be read.
    EXPECT_EQ(script.statements.size(), each.kind == ProblemKind::template_ ? 1U : 0U) << each.text;
  }
}

TEST(SqlRecover, SumsUpAFlood) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "CREATE TABEL a;\nSELECT 1;\n";
  const SourceFile source("m.sql", text);
  const Script script = parse(source, {});
  EXPECT_EQ(script.statements.size(), 100U);
  ASSERT_EQ(script.problems.size(), 21U);
  EXPECT_EQ(script.problems.back().message, "80 more statements that cannot be read");
  EXPECT_GE(script.problems.back().statement.end, text.size() - 30);
}

// A file of good and broken statements, and where the good ones lie.
struct Generated {
  std::string text;
  std::vector<Span> good;
  std::size_t broken = 0;
};

Generated generate(std::mt19937& random, unsigned percent_broken) {
  static constexpr std::array statements = {
      "SELECT 1",
      "DROP TABLE a, b CASCADE",
      "ALTER TABLE t ADD COLUMN c int DEFAULT 'x;y', DROP COLUMN d",
      "CREATE TABLE t (id int, \"odd;name\" text)",
      "INSERT INTO t (a) VALUES ('it''s'), (E'a\\'b;')",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
      "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
      "DO $$ BEGIN PERFORM 1; END $$",
      "CREATE FUNCTION g() RETURNS trigger AS $body$ BEGIN RETURN NEW; END; $body$ LANGUAGE "
      "plpgsql",
      "UPDATE t SET a = 1 /* ; */ WHERE b",
      "COMMENT ON TABLE t IS 'caf\xc3\xa9'",
      "CREATE INDEX i ON t (a) -- ;\n WHERE b > 1",
      "GRANT SELECT ON t TO app",
      "SELECT $1 + 2"};
  // Edits that PostgreSQL's grammar takes nowhere in a file, and that leave brackets and quotes
  // whole.
  static constexpr std::array broken = {"CREATE TABEL t (id int)",
                                        "ALTER TABLE t ADD COLUMN",
                                        "SELECT FROM WHERE",
                                        "INSERT INTO t VALUES (1",
                                        "DROP",
                                        "UPDATE SET a = 1",
                                        "oops",
                                        "SELECT 1))",
                                        "CREATE TABLE t (id int,)",
                                        "CREATE FUNCTION f() RETURNS",
                                        "GRANT ON t",
                                        "SELECT * FORM t WHERE x = 'a;b'",
                                        "ALTER t",
                                        "DELETE t"};
  static constexpr std::array separators = {";\n",    ";",   "; -- it's\n", ";\n\n/* a; 'b */\n",
                                            " ;\r\n", ";;\n"};
  Generated out;
  for (int i = 0; i < 40; ++i) {
    const bool breaks = random() % 100 < percent_broken;
    const std::string_view statement =
        breaks ? broken[random() % broken.size()] : statements[random() % statements.size()];
    const auto begin = static_cast<std::uint32_t>(out.text.size());
    out.text += statement;
    if (breaks)
      ++out.broken;
    else
      out.good.push_back({begin, static_cast<std::uint32_t>(out.text.size())});
    out.text += separators[random() % separators.size()];
  }
  return out;
}

TEST(SqlRecover, LosesNoStatement) {
  std::mt19937 random(20240229);
  for (const unsigned percent : {0U, 5U, 20U, 60U}) {
    for (int round = 0; round < 150; ++round) {
      const Generated generated = generate(random, percent);
      const SourceFile source("m.sql", generated.text);
      const Script script = parse(source, {});
      std::vector<Span> found;
      for (const Statement& statement : script.statements) found.push_back(statement.span);
      ASSERT_EQ(found.size(), generated.good.size()) << generated.text;
      for (std::size_t i = 0; i < found.size(); ++i)
        ASSERT_EQ(found[i], generated.good[i]) << generated.text;
      ASSERT_EQ(script.problems.size(), std::min<std::size_t>(generated.broken, 21))
          << generated.text;
    }
  }
}

bool inside(Span span, const SourceFile& source) {
  return span.begin <= span.end && span.end <= source.text.size();
}

TEST(SqlRecover, SurvivesMutation) {
  std::mt19937 random(99);
  static constexpr std::array pieces = {"'",
                                        "\"",
                                        "$$",
                                        "$a$",
                                        ";",
                                        "(",
                                        ")",
                                        "/*",
                                        "*/",
                                        "--",
                                        "\\",
                                        "\\.\n",
                                        ":x",
                                        "${x}",
                                        "{{",
                                        "<%",
                                        "\n",
                                        "E'",
                                        "BEGIN ATOMIC ",
                                        "COPY t FROM stdin;\n",
                                        "--> statement-breakpoint",
                                        "<<<<<<< a\n",
                                        "=======\n",
                                        ">>>>>>> b\n",
                                        "DO $$ BEGIN ",
                                        " EXECUTE format('%I', 'a') ",
                                        " IF ",
                                        " THEN ",
                                        " CASE ",
                                        " END ",
                                        "\xc3",
                                        "\xef\xbb\xbf"};
  for (int round = 0; round < 3000; ++round) {
    std::string text = generate(random, 10).text.substr(0, 600);
    for (std::size_t edits = random() % 6; edits > 0; --edits) {
      const std::size_t at = random() % (text.size() + 1);
      if (random() % 3 == 0)
        text.erase(at, random() % 5);
      else
        text.insert(at, pieces[random() % pieces.size()]);
    }
    const SourceFile source("m.sql", text);
    const Script script = parse(source, {.drizzle_breakpoints = round % 2 == 0});
    std::uint32_t last = 0;
    for (const Statement& statement : script.statements) {
      ASSERT_TRUE(inside(statement.span, source)) << text;
      ASSERT_LE(last, statement.span.begin) << text;
      ASSERT_LT(statement.span.begin, statement.span.end) << text;
      last = statement.span.end;
      for (const Op& op : statement.ops) {
        ASSERT_TRUE(inside(node(op).span, source)) << text;
        const Span place = locate(source.text, statement, op);
        ASSERT_TRUE(inside(place, source)) << text;
        ASSERT_LT(place.begin, place.end) << text;
      }
    }
    for (const Problem& problem : script.problems) {
      ASSERT_TRUE(inside(problem.span, source)) << text;
      ASSERT_TRUE(inside(problem.statement, source)) << text;
      ASSERT_LT(problem.span.begin, problem.span.end) << text;
      ASSERT_FALSE(problem.message.empty());
    }
  }
}

}  // namespace
}  // namespace migguard::sql
