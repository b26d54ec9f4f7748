// The TypeScript reader: places, literals, and source that is not whole.
#include <gtest/gtest.h>

#include <string>
#include <typescript/syntax.hpp>

namespace migguard::typescript {
namespace {

TEST(TypeScript, KnowsThePlaceOfEveryNode) {
  const std::string text = "export default defineConfig({ out: './drizzle' });";
  const auto tree = parse(text);
  ASSERT_TRUE(tree);
  const auto objects = tree->root().all("object");
  ASSERT_EQ(objects.size(), 1u);
  const Node out = property(objects.front(), "out");
  EXPECT_EQ(out.text(), "'./drizzle'");
  EXPECT_EQ(out.span().begin, text.find("'./drizzle'"));
  EXPECT_EQ(string_value(out), "./drizzle");
  EXPECT_EQ(out.parent().field("key").text(), "out");
}

TEST(TypeScript, DecodesLiterals) {
  const auto tree = parse(R"(x = { a: 'it\'s', "b c": `t`, d: "\u00e9\x41\u{1F600}", e: `${1}` })");
  ASSERT_TRUE(tree);
  const Node object = tree->root().all("object").front();
  EXPECT_EQ(string_value(property(object, "a")), "it's");
  EXPECT_EQ(string_value(property(object, "b c")), "t");
  EXPECT_EQ(string_value(property(object, "d")), "\u00e9A\U0001F600");
  EXPECT_EQ(string_value(property(object, "e")), std::nullopt);
  EXPECT_FALSE(property(object, "f"));
}

TEST(TypeScript, LooksThroughAssertions) {
  const auto tree = parse("x = ({ a: 1 } as const) satisfies Config;");
  ASSERT_TRUE(tree);
  const Node value = tree->root().all("assignment_expression").front().field("right");
  EXPECT_TRUE(bare(value).is("object"));
}

TEST(TypeScript, ReadsWhatIsNotWhole) {
  for (const char* text : {"", "{", "export const a = pgTable('a', {", "\xff\xfe", "`${`${"}) {
    const auto tree = parse(text);
    ASSERT_TRUE(tree);
    EXPECT_LE(tree->root().span().end, std::string_view(text).size());
  }
  // Nested as nobody writes it: an answer or none, but no crash.
  const auto deep = parse(std::string(20000, '('));
  EXPECT_TRUE(!deep || deep->root().span().end == 20000u);
}

TEST(TypeScript, GivesUpAfterTheSameWorkEverywhere) {
  // Strings without operators between them: an error without end, whose work grows by its square.
  EXPECT_TRUE(parse(std::string(16'000, '"')));
  EXPECT_FALSE(parse(std::string(200'000, '"')));
  std::string sound;
  while (sound.size() < 200'000) sound += "export const a = pgTable('a', { b: text('b') });\n";
  EXPECT_TRUE(parse(sound));
}

TEST(TypeScript, AsksNothingOfNone) {
  const Node none;
  EXPECT_FALSE(none.field("name").child("x").parent());
  EXPECT_TRUE(none.children().empty());
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(property_name(none), "");
}

}  // namespace
}  // namespace migguard::typescript
