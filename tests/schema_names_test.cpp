// Names that PostgreSQL makes up. The expected ones are a server's answers.
#include <gtest/gtest.h>

#include <schema/generated_names.hpp>

namespace migguard::schema {
namespace {

TEST(GeneratedNames, AreJoined) {
  EXPECT_EQ(make_object_name("t", "", "pkey"), "t_pkey");
  EXPECT_EQ(make_object_name("t", "a_b", "key"), "t_a_b_key");
  EXPECT_EQ(make_object_name("t", "a", ""), "t_a");
}

TEST(GeneratedNames, AreCutTo63Bytes) {
  const std::string table = "a_rather_long_table_name_that_nearly_fills_the_limit_of_bytes";
  const std::string column = "another_rather_long_column_name_for_the_same_purpose";
  EXPECT_EQ(make_object_name(table, column, "key"),
            "a_rather_long_table_name_that_another_rather_long_column_na_key");
  EXPECT_EQ(make_object_name(table, column, "check"),
            "a_rather_long_table_name_tha_another_rather_long_column_n_check");
  EXPECT_EQ(make_object_name(table, "", "pkey").size(), 63u);
  EXPECT_EQ(make_object_name("Größenordnungstabellen_mit_Umlauten_äöüäöüäöüäöü",
                             "größenordnungsspalte_äöüäöüäöüäöüäöüä", "key"),
            "Größenordnungstabellen_mit__größenordnungsspalte_äöü_key");
  EXPECT_LE(
      make_object_name(std::string(500, 'x'), std::string(500, 'y'), std::string(500, 'z')).size(),
      600u);
}

TEST(GeneratedNames, AreNumberedWhereTaken) {
  int asked = 0;
  EXPECT_EQ(choose_name("t", "a", "idx", [&](const std::string&) { return ++asked < 3; }),
            "t_a_idx2");
}

TEST(GeneratedNames, JoinColumnsUntilTheyAreLongEnough) {
  const std::string long_name(63, 'x');
  EXPECT_EQ(name_addition(std::vector<Text>{"a", "b", "c"}), "a_b_c");
  EXPECT_EQ(name_addition(std::vector<Text>{long_name, "b", "c"}), cat(long_name, "_b"));
}

struct ExpressionCase {
  const char* text;
  const char* cast;
  const char* name;
};

class IndexExpression : public testing::TestWithParam<ExpressionCase> {};

TEST_P(IndexExpression, HasAName) {
  const TypeName cast_type{.name = {{}, GetParam().cast}, .modifiers = {}, .text = {}};
  const List<TypeName> casts(&cast_type, 1);
  Expression expression;
  expression.kind = ExpressionKind::other;
  expression.text = GetParam().text;
  if (*GetParam().cast) expression.casts = Rarely<List<TypeName>>(&casts);
  IndexColumn column;
  column.expression = Rarely<Expression>(&expression);
  EXPECT_EQ(index_column_names({&column, 1}, {}), std::vector<std::string>{GetParam().name});
}

INSTANTIATE_TEST_SUITE_P(
    Catalog, IndexExpression,
    testing::Values(
        ExpressionCase{"(a + b)", "", "expr"}, ExpressionCase{"lower(email)", "", "lower"},
        ExpressionCase{"COALESCE(a, b)", "", "coalesce"},
        ExpressionCase{"(data ->> 'x')", "", "expr"}, ExpressionCase{"(a::date)", "date", "a"},
        ExpressionCase{"((data ->> 'x')::int)", "int4", "int4"},
        ExpressionCase{"pg_catalog.upper(a)", "", "upper"},
        ExpressionCase{"(\"Mixed\")", "", "Mixed"}, ExpressionCase{"lower(a) || 'x'", "", "expr"},
        ExpressionCase{"('x'::text)", "text", "text"}, ExpressionCase{"(((", "", "expr"},
        ExpressionCase{"(CAST(data ->> 'q' AS bigint))", "int8", "int8"},
        ExpressionCase{"(cast(a as text))", "text", "a"},
        ExpressionCase{"(CASE WHEN a = 'x' THEN 1 ELSE 2 END)", "", "case"},
        ExpressionCase{"(case when a then b else c end)", "", "c"},
        ExpressionCase{"case", "", "case"}, ExpressionCase{"(a)(b)", "", "a"},
        ExpressionCase{"((price).cents)", "", "cents"}, ExpressionCase{"((list)[1])", "", "list"},
        ExpressionCase{"", "", "expr"}));

TEST(GeneratedNames, OfIndexColumnsAreUnique) {
  Expression sum;
  sum.kind = ExpressionKind::other;
  sum.text = "(a + b)";
  IndexColumn expression, a;
  expression.expression = Rarely<Expression>(&sum);
  a.name = "a";
  const IndexColumn columns[] = {expression, a, expression};
  const Text include[] = {"a", "b"};
  EXPECT_EQ(index_column_names(columns, include),
            (std::vector<std::string>{"expr", "a", "expr1", "a1", "b"}));
}

}  // namespace
}  // namespace migguard::schema
