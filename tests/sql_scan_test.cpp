// The lexical rules: where tokens begin and end.
#include <gtest/gtest.h>

#include <random>
#include <sql/scan.hpp>
#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

std::string tokens(std::string_view text) {
  std::string out;
  Scanner scanner(text);
  for (Token token; scanner.next(token);) {
    if (!out.empty()) out += '|';
    out += text.substr(token.begin, token.end - token.begin);
    if (!token.closed) out += "<open>";
  }
  return out;
}

struct Case {
  std::string_view text;
  std::string_view tokens;
};

TEST(SqlScan, EndsTokensWherePostgresqlDoes) {
  const Case cases[] = {
      {"", ""},
      {"SELECT a.b;", "SELECT|a|.|b|;"},
      {"a::int b:=c d=>e f..g 1..10 .5 1.5e-3 1e",
       "a|::|int|b|:=|c|d|=>|e|f|..|g|1|..|10|.5|1.5e-3|1|e"},
      {"0x1F 0b01 0o7 0x 0x_1 1_000", "0x1F|0b01|0o7|0|x|0x_1|1_000"},
      {"'it''s' E'a\\'b' e'\\\\' U&'x' B'1' X'a''b'",
       "'it''s'|E'a\\'b'|e'\\\\'|U&'x'|B'1'|X'a'|'b'"},
      {"'a'\n'b' 'c' 'd'", "'a'\n'b'|'c'|'d'"},
      {"'a' -- note\n 'b'", "'a' -- note\n 'b'"},
      {"E'a'\n'\\'b' c", "E'a'\n'\\'b'|c"},
      {"\"a\"\"b\" U&\"c\" \"d\"\n\"e\"", "\"a\"\"b\"|U&\"c\"|\"d\"|\"e\""},
      {"$$a;b$$ $x$ $$ $y$ $x$ $1 a$b$c", "$$a;b$$|$x$ $$ $y$ $x$|$1|a$b$c"},
      {"/* a /* b */ ; */ x", "/* a /* b */ ; */|x"},
      {"a--b\nc --d\re", "a|--b|c|--d|e"},
      {"a->>'b' c@>d +-1 @- e*/**/f", "a|->>|'b'|c|@>|d|+|-|1|@-|e|*|/**/|f"},
      {"=-1 <>-- x", "=|-|1|<>|-- x"},
      {"'open", "'open<open>"},
      {"\"open", "\"open<open>"},
      {"$$ open $ $x$", "$$ open $ $x$<open>"},
      {"/* open /* */", "/* open /* */<open>"},
      {"E'\\", "E'\\<open>"},
      {"\\d `a` ${b} caf\xc3\xa9", "\\|d|`|a|`|$|{|b|}|caf\xc3\xa9"},
      {"/", "/"},
      {"$", "$"},
  };
  for (const Case& each : cases) EXPECT_EQ(tokens(each.text), each.tokens) << each.text;
}

TEST(SqlScan, CountsTheDepthOfComments) {
  Token token;
  Scanner scanner("/* /* /* */ */ /* */ */");
  ASSERT_TRUE(scanner.next(token));
  EXPECT_EQ(token.depth, 3U);
  EXPECT_TRUE(token.closed);
}

TEST(SqlScan, AlwaysAdvancesAndStaysInside) {
  std::mt19937 random(7);
  const std::string_view alphabet = "aeEuU&xXbB'\"$;-/*+<>=@1.x_ \n\r:(\\,!~|?0\xc3\xa9";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = random() % 40; i > 0; --i) text += alphabet[random() % alphabet.size()];
    std::size_t last = 0;
    Scanner scanner(text);
    for (Token token; scanner.next(token);) {
      ASSERT_LE(last, token.begin) << text;
      ASSERT_LT(token.begin, token.end) << text;
      ASSERT_LE(token.end, text.size()) << text;
      last = token.end;
    }
  }
}

TEST(SqlScan, TokenTextIgnoresLayoutOnly) {
  const auto same = [](std::string_view a, std::string_view b) {
    return token_text(a) == token_text(b);
  };
  EXPECT_TRUE(same("DROP TABLE a", "drop  table -- why\n  A;"));
  EXPECT_TRUE(same("SELECT 1+1", "select 1 /* x */ + 1"));
  EXPECT_FALSE(same("SELECT 'a'", "SELECT 'A'"));
  EXPECT_FALSE(same("SELECT 1", "SELECT 2"));
  EXPECT_FALSE(same("DROP TABLE \"A\"", "DROP TABLE a"));
  EXPECT_FALSE(same("DROP TABLE ab", "DROP TABLE a b"));
  EXPECT_EQ(token_text("DROP TABLE A;").substr(0, 2), "1:");
}

}  // namespace
}  // namespace migguard::sql
