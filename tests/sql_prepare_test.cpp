// Files as they come: encodings, psql's commands, COPY data, Drizzle's breakpoints, merge
// conflicts, limits.
#include <gtest/gtest.h>

#include <chrono>
#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

using namespace std::string_literals;

// Statements and problems of a file, as text.
struct Read {
  explicit Read(std::string text, ParseOptions options = {})
      : source("m.sql", std::move(text)), script(parse(source, options)) {}

  std::string piece(Span span) const {
    EXPECT_LE(span.begin, span.end);
    EXPECT_LE(span.end, source.text.size());
    return source.text.substr(span.begin, span.end - span.begin);
  }
  std::vector<std::string> statements() const {
    std::vector<std::string> out;
    for (const Statement& each : script.statements) out.push_back(piece(each.span));
    return out;
  }
  const Copy* copy() const {
    for (const Statement& statement : script.statements) {
      for (const Op& op : statement.ops) {
        if (const auto* found = std::get_if<Copy>(&op)) return found;
      }
    }
    return nullptr;
  }

  SourceFile source;
  Script script;
};

using Texts = std::vector<std::string>;

TEST(SqlPrepare, ByteOrderMarkKeepsOffsets) {
  const Read read("\xef\xbb\xbfSELECT 1;\nDROP TABLE a;");
  EXPECT_TRUE(read.script.has_bom);
  EXPECT_EQ(read.statements(), (Texts{"SELECT 1", "DROP TABLE a"}));
  EXPECT_TRUE(read.script.problems.empty());
}

TEST(SqlPrepare, NulByteHidesNothing) {
  const Read read("SELECT 1;\0 DROP TABLE a;"s);
  EXPECT_EQ(read.statements(), (Texts{"SELECT 1", "DROP TABLE a"}));
  ASSERT_EQ(read.script.problems.size(), 1U);
  EXPECT_EQ(read.script.problems[0].kind, ProblemKind::nul_byte);
  EXPECT_EQ(read.script.problems[0].span, (Span{9, 10}));
}

TEST(SqlPrepare, InvalidUtf8IsToldOnceAndRead) {
  const Read read("SELECT '\xff';\nSELECT '\xfe';");
  EXPECT_EQ(read.statements().size(), 2U);
  ASSERT_EQ(read.script.problems.size(), 1U);
  EXPECT_EQ(read.script.problems[0].kind, ProblemKind::invalid_utf8);
  EXPECT_EQ(read.script.problems[0].span, (Span{8, 9}));
}

TEST(SqlPrepare, OtherFilesAreNamedAndNotRead) {
  const struct {
    std::string text;
    ProblemKind kind;
  } cases[] = {
      {"\xff\xfeS\0E\0"s, ProblemKind::utf16},
      {"\xfe\xff\0S\0E"s, ProblemKind::utf16},
      {"S\0E\0L\0E\0C\0T\0 \0001\0"s, ProblemKind::utf16},
      {"PGDMP\x01\x0e SELECT 1;", ProblemKind::binary},
      {"\x1f\x8b\x08 SELECT 1;", ProblemKind::binary},
      {std::string(100, '\0') + "SELECT 1;", ProblemKind::binary},
  };
  for (const auto& each : cases) {
    const Read read(each.text);
    EXPECT_TRUE(read.script.statements.empty());
    ASSERT_EQ(read.script.problems.size(), 1U);
    EXPECT_EQ(read.script.problems[0].kind, each.kind);
    EXPECT_LT(read.script.problems[0].span.begin, read.script.problems[0].span.end);
  }
}

TEST(SqlPrepare, NothingToReadIsNoProblem) {
  for (const char* text : {"", " \n", "-- nothing\n", ";;;", "/* a */ ;\n"}) {
    const Read read(text);
    EXPECT_TRUE(read.script.statements.empty()) << text;
    EXPECT_TRUE(read.script.problems.empty()) << text;
    EXPECT_TRUE(read.script.parsed);
  }
}

TEST(SqlPrepare, PsqlCommandsAreTakenOut) {
  const struct {
    std::string text;
    Texts statements;
  } cases[] = {
      {"\\connect db\nSELECT 1;\n\\restrict x\n", {"SELECT 1"}},
      {"SELECT 1 \\gset\nSELECT 2 \\g out.txt\nSELECT 3;", {"SELECT 1", "SELECT 2", "SELECT 3"}},
      {"SELECT 1; \\echo it's done\nSELECT 2;", {"SELECT 1", "SELECT 2"}},
      {"SELECT 1,\n  \\echo x\n  2;", {"SELECT 1,\n  \\echo x\n  2"}},
      {"\\if :x\nSELECT 1;\n\\endif", {"SELECT 1"}},
      {"SELECT '\\d', E'\\'x';\n\\d\n", {"SELECT '\\d', E'\\'x'"}},
      {"DO $$\n\\set\n$$;\n\\q", {"DO $$\n\\set\n$$"}},
  };
  for (const auto& each : cases) {
    const Read read(each.text);
    EXPECT_EQ(read.statements(), each.statements) << each.text;
    EXPECT_TRUE(read.script.problems.empty())
        << each.text << ": " << read.script.problems[0].message;
  }
}

TEST(SqlPrepare, PsqlVariablesStandForNames) {
  for (const char* text :
       {"SELECT :x, :'y', :\"z\", a[1:n], b::int FROM :schema.t", "DROP TABLE :\"t\"",
        "CREATE TABLE :t (id int)", "SELECT JSON_OBJECT('a':b)"}) {
    const Read read(text);
    EXPECT_EQ(read.statements(), Texts{text});
    EXPECT_TRUE(read.script.problems.empty()) << text;
  }
}

TEST(SqlPrepare, CopyDataIsNoSql) {
  const Read read(
      "COPY t (a, b) FROM stdin;\n1\tit's\n2\tDROP TABLE x;\n\\.\n\nSELECT 1;\nCOPY u FROM STDIN "
      "WITH (FORMAT csv);\n"
      "\"a\n\\.\nSELECT 2;");
  EXPECT_EQ(read.statements(), (Texts{"COPY t (a, b) FROM stdin", "SELECT 1",
                                      "COPY u FROM STDIN WITH (FORMAT csv)", "SELECT 2"}));
  EXPECT_TRUE(read.script.problems.empty());
  ASSERT_NE(read.copy(), nullptr);
  EXPECT_EQ(read.piece(read.copy()->data), "1\tit's\n2\tDROP TABLE x;\n");
}

// PostgreSQL's tests write it both ways: src/test/regress/sql/insert.sql, copyselect.sql.
TEST(SqlPrepare, DataOfCopyFromStdoutAndOfStatementsSentTogetherIsNoSql) {
  const Read out("COPY t FROM stdout;\n1\tbaz\n\\.\nSELECT 1;");
  EXPECT_EQ(out.statements(), (Texts{"COPY t FROM stdout", "SELECT 1"}));
  EXPECT_TRUE(out.script.problems.empty());
  const Read together(
      "SELECT 0\\; COPY t FROM stdin\\; COPY t FROM stdin\\; SELECT 1;\n1\n\\.\n2\n\\.\nSELECT 2;");
  EXPECT_EQ(together.statements(),
            (Texts{"SELECT 0", "COPY t FROM stdin", "COPY t FROM stdin", "SELECT 1", "SELECT 2"}));
  EXPECT_TRUE(together.script.problems.empty());
}

TEST(SqlPrepare, CopyWithoutEndMarkHidesNothing) {
  const Read read("COPY t FROM stdin;\nDROP TABLE a;\n\\echo x\nDROP TABLE b;");
  EXPECT_EQ(read.statements(), (Texts{"COPY t FROM stdin", "DROP TABLE a", "DROP TABLE b"}));
}

constexpr std::string_view marker = "--> statement-breakpoint";

TEST(SqlPrepare, BreakpointsEndStatements) {
  const struct {
    std::string text;
    Texts statements;
    std::uint32_t breakpoints;
    std::size_t in_literals;
  } cases[] = {
      {cat("SELECT 1;", marker, "\nSELECT 2;"), {"SELECT 1", "SELECT 2"}, 1, 0},
      {cat("SELECT 1\n", marker, "\nSELECT 2"), {"SELECT 1", "SELECT 2"}, 1, 0},
      {cat("CREATE INDEX a ON t (x)\n", marker, "\nWHERE"), {"CREATE INDEX a ON t (x)"}, 1, 0},
      {cat("SELECT 1 ", marker, "\n+ 2"), {"SELECT 1"}, 1, 0},
      {cat("-- note ", marker, " DROP TABLE a;\nSELECT 1;"), {"DROP TABLE a", "SELECT 1"}, 1, 0},
      {cat(marker, marker, "\nSELECT 1;", marker), {"SELECT 1"}, 3, 0},
      {cat("DO $$ BEGIN\n", marker, "\nEND $$;"), {cat("DO $$ BEGIN\n", marker, "\nEND $$")}, 1, 1},
      {cat("SELECT 'a\n", marker, "';\nSELECT 2;"),
       {cat("SELECT 'a\n", marker, "'"), "SELECT 2"},
       1,
       1},
      {cat("/*\n", marker, "\n*/ SELECT 2;"), {"SELECT 2"}, 1, 1},
      {cat("SELECT 1 AS \"", marker, "\";", marker, "\nSELECT 2 FROM;"),
       {cat("SELECT 1 AS \"", marker, "\"")},
       2,
       1},
  };
  for (const auto& each : cases) {
    const Read read(each.text, {.drizzle_breakpoints = true});
    EXPECT_EQ(read.statements(), each.statements) << each.text;
    EXPECT_EQ(read.script.breakpoints, each.breakpoints) << each.text;
    EXPECT_EQ(read.script.breakpoints_in_literals.size(), each.in_literals) << each.text;
    for (const Span span : read.script.breakpoints_in_literals) EXPECT_EQ(read.piece(span), marker);
  }
  const Read plain(cat("SELECT 1 ", marker, "\n+ 2"));
  EXPECT_EQ(plain.statements().size(), 1U);
}

TEST(SqlPrepare, ConflictMarkersAreTakenOut) {
  const Read read(
      "SELECT 1;\n<<<<<<< HEAD\nDROP TABLE a;\n||||||| base\nSELECT 0;\n=======\nDROP TABLE "
      "b;\n>>>>>>> other\n"
      "SELECT 2;");
  EXPECT_EQ(read.piece(read.script.conflict_marker), "<<<<<<< HEAD");
  EXPECT_EQ(read.statements(),
            (Texts{"SELECT 1", "DROP TABLE a", "SELECT 0", "DROP TABLE b", "SELECT 2"}));
  EXPECT_TRUE(read.script.problems.empty());
  // A ruler is no conflict.
  EXPECT_EQ(Read("/*\n=======\n*/ SELECT 1;").script.conflict_marker, Span{});
  EXPECT_EQ(Read("SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n").script.conflict_marker, Span{});
}

TEST(SqlPrepare, OnlyTheRangesAreRead) {
  const std::string text = "-- migguard: x\nSELECT 'up';\nSELECT 'down';";
  const Read read(text, {.ranges = {{15, 27}}});
  EXPECT_EQ(read.statements(), Texts{"SELECT 'up'"});
  ASSERT_EQ(read.script.comments.size(), 1U);
  EXPECT_EQ(read.piece(read.script.comments[0].span), "-- migguard: x");
  EXPECT_EQ(Read(text, {.ranges = {{15, 27}, {27, 9999}, {5000, 6000}}}).statements().size(), 2U);
}

TEST(SqlPrepare, CommentsOnlyWhereAskedFor) {
  EXPECT_TRUE(Read("-- a\nSELECT 1; /* b */").script.comments.empty());
  const Read read("-- a\nSELECT 1; /* migguard: b */ SELECT '-- migguard:';");
  ASSERT_EQ(read.script.comments.size(), 2U);
  EXPECT_FALSE(read.script.comments[0].block);
  EXPECT_TRUE(read.script.comments[1].block);
}

TEST(SqlPrepare, LimitsAreToldAndTheRestRead) {
  const auto repeated = [](std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
  };
  const struct {
    std::string text;
    Texts statements;
  } cases[] = {
      {cat("SELECT 1;", repeated("/*", 50000), repeated("*/", 50000), "SELECT 2;"),
       {"SELECT 1", "SELECT 2"}},
      {cat("SELECT 1;", repeated("/*", 50000)), {"SELECT 1"}},
      {cat("SELECT 1; SELECT 1 ", repeated("+", 50000), " 1; SELECT 2;"), {"SELECT 1", "SELECT 2"}},
      {cat("SELECT 1; SELECT ", repeated("(", 50000), "1", repeated(")", 50000), "; SELECT 2;"),
       {"SELECT 1", "SELECT 2"}},
  };
  for (const auto& each : cases) {
    const Read read(each.text);
    EXPECT_EQ(read.statements(), each.statements);
    ASSERT_EQ(read.script.problems.size(), 1U);
    EXPECT_EQ(read.script.problems[0].kind, ProblemKind::too_deep);
  }
  // Rulers are not operators.
  EXPECT_TRUE(Read(cat("-- ", repeated("=", 5000), "\n/*", repeated("*", 5000), "*/\n/*\n",
                       repeated("-", 5000), "\n*/SELECT 1;"))
                  .script.problems.empty());
}

TEST(SqlPrepare, HugeFilesAreReadInChunks) {
  std::string text;
  const std::string row = "INSERT INTO t VALUES (1, 'a;b', $$;$$);\n";
  std::size_t rows = 0;
  for (; text.size() < (std::size_t{17} << 20); ++rows) text += row;
  text +=
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\nDROP TABEL x;\nDROP "
      "TABLE last;";
  const Read read(std::move(text));
  EXPECT_EQ(read.script.statements.size(), rows + 2);
  ASSERT_EQ(read.script.problems.size(), 1U);
  EXPECT_EQ(read.piece(read.script.problems[0].span), "TABEL");
  EXPECT_EQ(read.piece(read.script.statements.back().span), "DROP TABLE last");
}

}  // namespace
}  // namespace migguard::sql
