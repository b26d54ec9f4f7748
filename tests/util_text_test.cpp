// Small text tools, names as PostgreSQL writes them, and lines and columns.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <migguard/finding.hpp>
#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <string>
#include <util/text.hpp>
#include <util/utf8.hpp>

namespace migguard {
namespace {

TEST(UtilText, QuotesIdentifiersAsPostgresqlDoes) {
  struct Case {
    std::string_view identifier;
    std::string_view quoted;
  };
  const Case cases[] = {
      {"invoices", "invoices"},
      {"_a1", "_a1"},
      {"a_1", "a_1"},
      {"", "\"\""},
      {"Order", "\"Order\""},
      {"1a", "\"1a\""},
      {"a$b", "\"a$b\""},
      {"a b", "\"a b\""},
      {"a\"b", "\"a\"\"b\""},
      {"größe", "\"größe\""},
      {"order", "\"order\""},            // RESERVED_KEYWORD
      {"user", "\"user\""},              // RESERVED_KEYWORD
      {"zone", "zone"},                  // UNRESERVED_KEYWORD
      {"name", "name"},                  // UNRESERVED_KEYWORD
      {"timestamp", "\"timestamp\""},    // COL_NAME_KEYWORD
      {"json", "\"json\""},              // COL_NAME_KEYWORD since PostgreSQL 16
      {"json_table", "\"json_table\""},  // COL_NAME_KEYWORD since PostgreSQL 17
      {"left", "\"left\""},              // TYPE_FUNC_NAME_KEYWORD
      {"xmltable", "\"xmltable\""},      // the last of the list
      {"all", "\"all\""},                // the first
      {"varying", "varying"},
      {"virtual", "virtual"},
  };
  for (const Case& each : cases) EXPECT_EQ(quote_identifier(each.identifier), each.quoted);
}

TEST(UtilText, NamesOnTheSearchPathNeedNoSchema) {
  struct Case {
    Name name;
    std::string_view quoted;
    std::string_view plain;
  };
  const Case cases[] = {
      {{"", "invoices"}, "invoices", "invoices"},
      {{"public", "Order"}, "\"Order\"", "Order"},
      {{"pg_catalog", "pg_class"}, "pg_class", "pg_class"},
      {{"billing", "invoices"}, "billing.invoices", "billing.invoices"},
      {{"App", "user"}, "\"App\".\"user\"", "App.user"},
      {{"Public", "a"}, "\"Public\".a", "Public.a"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(to_string(each.name), each.quoted);
    EXPECT_EQ(plain(each.name), each.plain);
  }
}

TEST(UtilText, EveryToolIsFoundByItsName) {
  for (int index = 0; index <= static_cast<int>(Tool::django); ++index) {
    const Tool tool = static_cast<Tool>(index);
    EXPECT_EQ(tool_named(to_string(tool)), tool);
    EXPECT_FALSE(display_name(tool).empty());
    EXPECT_EQ(to_string(tool), to_lower(to_string(tool)));
  }
  EXPECT_EQ(tool_named("golang-migrate"), Tool::golang_migrate);
  EXPECT_EQ(display_name(Tool::drizzle), "Drizzle");
  EXPECT_EQ(tool_named(""), std::nullopt);
  EXPECT_EQ(tool_named("Drizzle"), std::nullopt);
}

TEST(UtilText, EveryKindOfObjectHasItsName) {
  EXPECT_EQ(to_string(ObjectKind::materialized_view), "MATERIALIZED VIEW");
  EXPECT_EQ(to_string(ObjectKind::foreign_server), "SERVER");
  EXPECT_EQ(to_string(ObjectKind::other), "OBJECT");
  std::vector<std::string_view> seen;
  for (int index = 0; index <= static_cast<int>(ObjectKind::other); ++index) {
    seen.push_back(to_string(static_cast<ObjectKind>(index)));
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  EXPECT_EQ(to_string(Severity::warning), "warning");
  EXPECT_EQ(to_string(Severity::note), "note");
  EXPECT_EQ(to_string(Severity::error), "error");
  EXPECT_EQ(to_string(Status::open), "open");
  EXPECT_EQ(to_string(Status::suppressed), "suppressed");
  EXPECT_EQ(to_string(Status::accepted), "accepted");
}

TEST(UtilText, ClosestGuessesOnlyNearWords) {
  const std::array<std::string_view, 6> rules{"drop-table",   "drop-column", "set-not-null",
                                              "rename-table", "lock",        "lack"};
  struct Case {
    std::string_view word;
    std::optional<std::string_view> guess;
  };
  const Case cases[] = {
      {"drop-table", "drop-table"},
      {"drop_table", "drop-table"},
      {"DROP-TABEL", "drop-table"},
      {"dorp-colum", "drop-column"},
      {"not-null", std::nullopt},
      {"set-no-null", "set-not-null"},
      {"lick", "lock"},
      {"lcok", "lock"},
      {"lo", std::nullopt},
      {"LOCK", "lock"},
      {"", std::nullopt},
      {"xxxxxxxxxx", std::nullopt},
  };
  for (const Case& each : cases) EXPECT_EQ(closest(each.word, rules), each.guess) << each.word;
  EXPECT_EQ(closest("word", {}), std::nullopt);
  EXPECT_EQ(closest(std::string(1'000'000, 'x'), rules), std::nullopt);
}

TEST(UtilText, CaseIsAsciiOnly) {
  EXPECT_EQ(to_lower("AZaz09_É"), "azaz09_É");
  EXPECT_TRUE(starts_with_ignoring_case("CREATE TABLE", "create"));
  EXPECT_TRUE(starts_with_ignoring_case("a", ""));
  EXPECT_FALSE(starts_with_ignoring_case("crea", "create"));
  EXPECT_TRUE(contains_ignoring_case("-- MigGuard: x", "migguard:"));
  EXPECT_TRUE(contains_ignoring_case("", ""));
  EXPECT_FALSE(contains_ignoring_case("", "a"));
  EXPECT_FALSE(contains_ignoring_case("migguar", "migguard"));
}

TEST(UtilText, TrimsAndSplits) {
  EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
  using Pieces = std::vector<std::string_view>;
  EXPECT_EQ(split("a,b,,c", ','), (Pieces{"a", "b", "", "c"}));
  EXPECT_EQ(split(",", ','), (Pieces{"", ""}));
  EXPECT_EQ(split("", ','), (Pieces{""}));
}

TEST(UtilText, FindsInvalidUtf8) {
  struct Case {
    std::string_view text;
    std::size_t offset;
  };
  constexpr std::size_t none = std::string_view::npos;
  const Case cases[] = {
      {"", none},
      {"plain ascii text", none},
      {"é€😀", none},
      {"\xf4\x8f\xbf\xbf", none},
      {"12345678\xff", 8},
      {"1234567\xe2\x82\xac", none},
      {"a\x80", 1},
      {"\xc0\x80", 0},          // overlong
      {"\xe0\x9f\xbf", 0},      // overlong
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xed\xa0\x80", 0},      // a surrogate
      {"\xf4\x90\x80\x80", 0},  // over U+10FFFF
      {"\xf5\x80\x80\x80", 0},
      {"é\xe2\x82", 2},  // cut short
      {"\xe2\x82x", 0},
  };
  for (const Case& each : cases) EXPECT_EQ(invalid_utf8(each.text), each.offset);
}

TEST(UtilText, PrintableShowsWhatATerminalWouldObey) {
  struct Case {
    std::string_view text;
    std::string_view shown;
    bool newlines = false;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"naïve 表 😀", "naïve 表 😀"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"},
      {"a\0b"sv, "a\\x00b"},
      {"\x7f\xc2\x9b", "\\x7f\\x9b"},
      {"a\tb", "a b"},
      {"a\nb", "a\\x0ab"},
      {"a\nb\r\nc", "a\nb\r\nc", true},
      {"a\rb", "a\\x0db", true},
      {"user\u202e\u2066", "user\\u202e\\u2066"},
      {"\ufeff\u200b\u2028", "\\ufeff\\u200b\\u2028"},
      {"\U000e0041", "\\U000e0041"},
      {"a\u200db", "a\u200db"},
      {"\xff\xc3", "\ufffd\ufffd"},
  };
  for (const Case& each : cases) EXPECT_EQ(printable(each.text, each.newlines), each.shown);
}

TEST(UtilText, PrintableIsValidAndHarmlessForEveryCharacter) {
  for (char32_t value = 0; value < 0x110000; value += value < 0x3000 ? 1 : 61) {
    std::string text;
    if (value < 0x80) {
      text += static_cast<char>(value);
    } else {
      if (value < 0x800) {
        text += static_cast<char>(0xc0 | (value >> 6));
      } else {
        if (value < 0x10000) {
          text += static_cast<char>(0xe0 | (value >> 12));
        } else {
          text += static_cast<char>(0xf0 | (value >> 18));
          text += static_cast<char>(0x80 | (value >> 12 & 0x3f));
        }
        text += static_cast<char>(0x80 | (value >> 6 & 0x3f));
      }
      text += static_cast<char>(0x80 | (value & 0x3f));
    }
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    const CodePoint point = decode(text, 0);
    EXPECT_EQ(point.valid, !surrogate);
    if (point.valid) {
      EXPECT_EQ(point.value, value);
    }
    const std::string shown = printable(text);
    EXPECT_EQ(invalid_utf8(shown), std::string::npos);
    EXPECT_EQ(printable(shown), shown);
    for (const char c : shown) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    EXPECT_LE(display_width(text), surrogate ? 3U : 2U);
  }
}

TEST(UtilText, DisplayWidth) {
  struct Case {
    std::string_view text;
    std::size_t width;
  };
  const Case cases[] = {
      {"", 0},         {"abc", 3},  {"é", 1},      {"e\u0301", 1}, {"表", 2},
      {"テーブル", 8}, {"한글", 4}, {"ﾃ", 1},      {"Ａ", 2},      {"😀", 2},
      {"a\tb", 3},     {"\x1b", 0}, {"\u200d", 0}, {"\xff", 1},    {"\u1100\u1161", 2},
      {"…", 1},        {"│", 1},    {"\u00ad", 1}, {"𠀀", 2},      {"\ufe0f", 0},
  };
  for (const Case& each : cases) EXPECT_EQ(display_width(each.text), each.width) << each.text;
}

TEST(UtilSource, PositionsCountLinesAndCharacters) {
  const SourceFile file("a.sql", "ab\r\né表x\n\nlast");
  struct Case {
    std::size_t offset;
    Position position;
  };
  const Case cases[] = {
      {0, {1, 1}},  {2, {1, 3}},  {3, {1, 4}},  {4, {2, 1}},  {5, {2, 1}},
      {6, {2, 2}},  {8, {2, 2}},  {9, {2, 3}},  {10, {2, 4}}, {11, {3, 1}},
      {12, {4, 1}}, {15, {4, 4}}, {16, {4, 5}}, {99, {4, 5}}, {std::string::npos, {4, 5}},
  };
  // In any order: answers are counted from each other.
  for (const Case& first : cases) {
    for (const Case& second : cases) {
      EXPECT_EQ(file.position(first.offset), first.position) << first.offset;
      EXPECT_EQ(file.position(second.offset), second.position)
          << second.offset << " after " << first.offset;
    }
  }
  EXPECT_EQ(file.line_count(), 4U);
  EXPECT_EQ(file.line(1), "ab");
  EXPECT_EQ(file.line(2), "é表x");
  EXPECT_EQ(file.line(3), "");
  EXPECT_EQ(file.line(4), "last");
  EXPECT_EQ(file.line(5), "");
  EXPECT_EQ(file.line(0), "ab");
  EXPECT_EQ(file.line_begin(2), 4U);
  EXPECT_EQ(file.line_begin(0), 0U);
  EXPECT_EQ(file.line_begin(4'000'000'000), 16U);
}

TEST(UtilSource, EmptyFilesMarksAndInvalidBytes) {
  const SourceFile empty("a", "");
  EXPECT_EQ(empty.line_count(), 1U);
  EXPECT_EQ(empty.line(1), "");
  EXPECT_EQ(empty.position(5), (Position{1, 1}));

  const SourceFile marked("a", "\xef\xbb\xbfx\ny");
  EXPECT_EQ(marked.position(0), (Position{1, 1}));
  EXPECT_EQ(marked.position(3), (Position{1, 1}));
  EXPECT_EQ(marked.position(4), (Position{1, 2}));
  EXPECT_EQ(marked.position(5), (Position{2, 1}));

  const SourceFile ended("a", "x\n");
  EXPECT_EQ(ended.line_count(), 2U);
  EXPECT_EQ(ended.position(2), (Position{2, 1}));

  const SourceFile invalid("a", "\x80\x80\x80\x80\x80\xff");
  EXPECT_EQ(invalid.position(4).line, 1U);
  EXPECT_GE(invalid.position(6).column, 1U);
}

TEST(UtilSource, LongLinesAreCountedOnce) {
  const SourceFile file("a", std::string(4'000'000, 'x'));
  for (std::size_t offset = 0; offset < file.text.size(); offset += 100) {
    ASSERT_EQ(file.position(offset).column, offset + 1);
  }
}

}  // namespace
}  // namespace migguard
