// The text format: goldens of one report, and the frames of difficult lines.
#include <gtest/gtest.h>
#include <report/frame.hpp>
#include <report/report.hpp>
#include <report/secrets.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <string>

#include "golden.hpp"
#include "report_sample.hpp"

namespace migguard::report {
namespace {

using test::expect_golden;
using test::sample_report;

struct GoldenCase {
  const char* name;
  RenderOptions options;
};

class TextGolden : public testing::TestWithParam<GoldenCase> {};

TEST_P(TextGolden, IsAsCommitted) {
  const auto& [name, options] = GetParam();
  expect_golden(cat(name, ".golden"), text(sample_report(), options));
}

INSTANTIATE_TEST_SUITE_P(
    All, TextGolden,
    testing::Values(
        GoldenCase{"text", {}}, GoldenCase{"text_narrow", {.width = 50}},
        GoldenCase{"text_verbose", {.verbose = true}}, GoldenCase{"text_quiet", {.quiet = true}},
        GoldenCase{"text_color", {.color = true}}, GoldenCase{"audit", {.mode = Mode::audit}},
        GoldenCase{"audit_verbose", {.mode = Mode::audit, .width = 70, .verbose = true}}),
    [](const auto& each) { return std::string(each.param.name); });

// Every line of a format for terminals is free of what a terminal would obey.
TEST(Text, HoldsNoControlCharacters) {
  for (const Mode mode : {Mode::lint, Mode::audit}) {
    const std::string out = text(sample_report(), {.mode = mode, .verbose = true});
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
    EXPECT_EQ(out.find('\t'), std::string::npos);
    EXPECT_EQ(out.find('\r'), std::string::npos);
    EXPECT_EQ(invalid_utf8(out), std::string::npos);
  }
}

TEST(Text, SaysNothingQuietlyWhereNothingIsFound) {
  lint::Report report = sample_report();
  report.findings.clear();
  report.summary = {.histories = 1, .migrations = 3, .statements = 7, .rules = 31};
  EXPECT_EQ(text(report, {.quiet = true}), "");
  EXPECT_EQ(text(report, {}),
            "3 migrations (7 statements, 0 not understood) in 1 history checked with 31 rules: "
            "nothing found\n");
}

TEST(Text, SaysThatNoMigrationsWereFound) {
  lint::Report report;
  report.project = std::make_unique<Project>();
  EXPECT_NE(text(report, {}).find("No migrations were found"), std::string::npos);
}

TEST(Text, CutsALongListOfPlaces) {
  lint::Report report = sample_report();
  Finding each = report.findings.back();
  report.findings.assign(50, each);
  const std::string out = text(report, {.width = 120});
  EXPECT_NE(out.find("(50 places)"), std::string::npos) << out;
  EXPECT_NE(out.find("30 more, --verbose lists them"), std::string::npos) << out;
  EXPECT_EQ(text(report, {.verbose = true}).find("more, --verbose"), std::string::npos);
}

struct FrameCase {
  std::string_view name;
  std::string source;
  std::string_view piece;  // what is to blame; empty: see `span`
  Span span;
  std::size_t width;
  std::string_view expected;
};

class Frames : public testing::TestWithParam<FrameCase> {};

TEST_P(Frames, MarkWhatIsToBlame) {
  const FrameCase& each = GetParam();
  const SourceFile source("a.sql", each.source);
  const Span span = each.piece.empty() ? each.span : test::span_of(source, each.piece);
  std::string out;
  frame(out, {&source, span, '^', Style::error, {}}, place_of(&source, span), 2, each.width,
        Painter(false));
  EXPECT_EQ(out, each.expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Frames,
    testing::Values(
        FrameCase{"plain",
                  "DROP TABLE a;",
                  "TABLE a",
                  {},
                  80,
                  "  1 │ DROP TABLE a;\n    │      ^^^^^^^\n"},
        FrameCase{"tab",
                  "\tDROP\tTABLE a;",
                  "TABLE",
                  {},
                  80,
                  "  1 │     DROP    TABLE a;\n    │             ^^^^^\n"},
        FrameCase{"wide",
                  "SELECT '名前' AS x",
                  "x",
                  {},
                  80,
                  "  1 │ SELECT '名前' AS x\n    │                  ^\n"},
        FrameCase{"wide_marked",
                  "SELECT '名前'",
                  "名前",
                  {},
                  80,
                  "  1 │ SELECT '名前'\n    │         ^^^^\n"},
        FrameCase{"control",
                  "SELECT '\x1b[2J' x",
                  "x",
                  {},
                  80,
                  "  1 │ SELECT '\\x1b[2J' x\n    │                  ^\n"},
        FrameCase{"carriage_return",
                  "SELECT 1\r\nFROM x\r\n",
                  "SELECT 1\r\n",
                  {},
                  80,
                  "  1 │ SELECT 1\n    │ ^^^^^^^^\n"},
        FrameCase{"invalid_utf8",
                  "SELECT '\xff\xfe' x",
                  "x",
                  {},
                  80,
                  "  1 │ SELECT '\xef\xbf\xbd\xef\xbf\xbd' x\n    │             ^\n"},
        FrameCase{"nothing_at_the_end", "SELECT", {}, {6, 6}, 80, "  1 │ SELECT\n    │       ^\n"},
        FrameCase{"beyond_the_end", "SELECT", {}, {100, 200}, 80, "  1 │ SELECT\n    │       ^\n"},
        FrameCase{"backwards", "SELECT", {}, {3, 1}, 80, "  1 │ SELECT\n    │    ^\n"},
        FrameCase{"empty_file", "", {}, {0, 5}, 80, "  1 │ \n    │ ^\n"},
        FrameCase{"cut_right",
                  std::string("DROP TABLE a; ") + std::string(60, 'x'),
                  "TABLE",
                  {},
                  36,
                  "  1 │ DROP TABLE a; xxxxxxxxxxxxxx…\n    │      ^^^^^\n"},
        FrameCase{"cut_both",
                  std::string(60, 'x') + " TABLE " + std::string(60, 'y'),
                  "TABLE",
                  {},
                  36,
                  "  1 │ …xxxxxxxx TABLE yyyyyyyyyyyyy…\n    │           ^^^^^\n"},
        FrameCase{"five_lines",
                  "a\nb\nc\nd\ne\nf",
                  "a\nb\nc\nd\ne",
                  {},
                  80,
                  "  1 │ a\n    │ ^\n  2 │ b\n  3 │ c\n  4 │ d\n  5 │ e\n"},
        FrameCase{"many_lines",
                  "a\nb\nc\nd\ne\nf\n",
                  "a\nb\nc\nd\ne\nf",
                  {},
                  80,
                  "  1 │ a\n    │ ^\n  2 │ b\n  3 │ c\n  4 │ d\n    ⋮ 2 more lines\n"}),
    [](const auto& each) { return std::string(each.param.name); });

// A line as long as a whole dump costs what is shown of it.
TEST(Frame, NeverIsWiderThanAsked) {
  const SourceFile source(
      "a.sql", std::string(1000, ' ') + std::string(100000, 'x') + std::string(100000, '\xcc'));
  for (const std::uint32_t begin : {0U, 999U, 50000U, 101000U, 150000U, 200999U}) {
    std::string out;
    const Span span{begin, begin + 500};
    frame(out, {&source, span, '^', Style::error, {}}, place_of(&source, span), 2, 60,
          Painter(false));
    for (const std::string_view line : split(out, '\n'))
      EXPECT_LE(display_width(line), 60U) << begin;
  }
}

TEST(Help, KeepsSqlWholeAndFree) {
  const std::string sql =
      "CREATE INDEX CONCURRENTLY index_with_a_long_name ON table_with_a_long_name (some_column);";
  std::string out;
  remedy(out, "", cat("build it without the lock:\n", sql, "\nthen:\nSELECT 1;"), 4, 50,
         Painter(false));
  EXPECT_EQ(out, cat("    = help: build it without the lock:\n              ", sql,
                     "\n            then:\n              SELECT 1;\n"));
}

TEST(Fold, BreaksAtSpaces) {
  EXPECT_EQ(fold("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(fold("one two three", 7, 4), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(fold("unbreakable it is", 4), (std::vector<std::string>{"unbreakable", "it", "is"}));
  EXPECT_EQ(fold("名前 名前", 6), (std::vector<std::string>{"名前", "名前"}));
  EXPECT_EQ(fold("a\n\nb", 9), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(fold("", 9), (std::vector<std::string>{""}));
}

TEST(Secrets, AreNeverShown) {
  const std::pair<const char*, const char*> cases[] = {
      {"  url: 'postgresql://app:s3cret@db:5432/app',",
       "  url: 'postgresql://app:******@db:5432/app',"},
      {"DATABASE_URL=postgres://a:p@ss@h/d", "DATABASE_URL=postgres://a:****@h/d"},
      {"  password: \"hunter2\",", "  password: \"*******\","},
      {R"({"password": "x"})", R"({"password": "*"})"},
      {"API_TOKEN = 'abc', apiToken: 'abc'", "API_TOKEN = '***', apiToken: '***'"},
      {"ALTER ROLE app PASSWORD 'old';", "ALTER ROLE app PASSWORD '***';"},
      {"url: 'postgresql://app@db/app'", ""},
      {"see https://example.com/a:b@c", ""},
      {"password text NOT NULL, name text DEFAULT 'x'", ""}};
  for (const auto& [line, shown] : cases) EXPECT_EQ(without_secrets(line), shown) << line;
}

}  // namespace
}  // namespace migguard::report
