// The elements between the brackets of a statement, with and without what takes a scanner to read.
#include <gtest/gtest.h>

#include <sql/clause.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

struct Case {
  const char* name;
  std::string text;
  std::vector<std::string> pieces;
};

class SplitBrackets : public testing::TestWithParam<Case> {};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> pieces;
  for (const Span piece : split_brackets(text, {0, static_cast<std::uint32_t>(text.size())}))
    pieces.emplace_back(slice(text, piece));
  return pieces;
}

TEST_P(SplitBrackets, GivesTrimmedPieces) { EXPECT_EQ(split(GetParam().text), GetParam().pieces); }

// What makes the scanner read it changes no piece: a comment behind the bracket that closes would
// not, so it stands before the first.
TEST_P(SplitBrackets, GivesTheSameWithAComment) {
  EXPECT_EQ(split("t /* (a) */ -- (b\n" + GetParam().text), GetParam().pieces);
}

const std::vector<Case> cases = {
    {"none", "t", {}},
    {"empty", "t ()", {}},
    {"white", "t ( \n )", {}},
    {"one", "t (a int)", {"a int"}},
    {"two", "t (\n\ta int ,\n\tb text\n)", {"a int", "b text"}},
    {"nested",
     "t (a numeric(10, 2), CHECK ((a > 0) AND (b[1] < 3)))",
     {"a numeric(10, 2)", "CHECK ((a > 0) AND (b[1] < 3))"}},
    {"quoted_names",
     R"sql(t ("a,)" int, "b""(" text))sql",
     {R"sql("a,)" int)sql", R"sql("b""(" text)sql"}},
    {"quoted_table", R"("t(" ("a" int))", {R"("a" int)"}},
    {"strings",
     "t (a text DEFAULT ',', b text DEFAULT 'it''s )')",
     {"a text DEFAULT ','", "b text DEFAULT 'it''s )'"}},
    {"escape_string",
     R"sql(t (a text DEFAULT E'\',', b int))sql",
     {R"sql(a text DEFAULT E'\',')sql", "b int"}},
    {"dollar_string", "t (a text DEFAULT $$,)$$, b int)", {"a text DEFAULT $$,)$$", "b int"}},
    {"continued_string",
     "t (a text DEFAULT 'x'\n  ',y', b int)",
     {"a text DEFAULT 'x'\n  ',y'", "b int"}},
    {"minus",
     "t (a int DEFAULT -1, b int DEFAULT 4 - 2, c int DEFAULT 8/2)",
     {"a int DEFAULT -1", "b int DEFAULT 4 - 2", "c int DEFAULT 8/2"}},
    {"line_comment", "t (a int, -- first, (\n b int)", {"a int", "b int"}},
    {"block_comment", "t (a int /* , */, b int /* ) */)", {"a int", "b int"}},
    {"empty_pieces", "t (a, , b)", {"a", "", "b"}},
    {"rest", "t (a int, b int) WITH (fillfactor = 70, x = 1)", {"a int", "b int"}},
    {"open_quote", "t (a text DEFAULT 'x", {"a text DEFAULT 'x"}},
    {"open_bracket", "t (a int, b int", {"a int", "b int"}},
    {"semicolon_before", "t; (a)", {}},
    {"other_letters", "t (größe int, \"日本\" text)", {"größe int", "\"日本\" text"}},
};
INSTANTIATE_TEST_SUITE_P(All, SplitBrackets, testing::ValuesIn(cases),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace migguard::sql
