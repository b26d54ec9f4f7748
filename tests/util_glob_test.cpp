// Globs, and .gitignore files, which have their own dialect of them.
#include <gtest/gtest.h>

#include <string>
#include <util/gitignore.hpp>
#include <util/glob.hpp>
#include <util/text.hpp>

namespace migguard {
namespace {

struct Case {
  std::string_view pattern;
  std::string_view path;
  bool matches;
};

const Case config_cases[] = {
    {"", "", true},
    {"", "a", false},
    {"a.sql", "a.sql", true},
    {"a.sql", "A.sql", false},
    {"a.sql", "b/a.sql", false},
    {"*", "a", true},
    {"*", "", true},
    {"*", "a/b", false},
    {"*.sql", ".sql", true},
    {"*.sql", "a.sql.bak", false},
    {"a*c*e", "abcde", true},
    {"a*c*e", "abcd", false},
    {"?", "a", true},
    {"?", "é", true},
    {"?", "/", false},
    {"?", "", false},
    {"a/*/c", "a/b/c", true},
    {"a/*/c", "a/c", false},
    {"a/*/c", "a/b/b/c", false},
    {"**", "a/b/c", true},
    {"**", "", true},
    {"**/c", "c", true},
    {"**/c", "a/b/c", true},
    {"**/c", "a/bc", false},
    {"a/**", "a/b", true},
    {"a/**", "a/b/c", true},
    {"a/**", "a", false},
    {"a/**", "ab", false},
    {"a/**/c", "a/c", true},
    {"a/**/c", "a/b/b/c", true},
    {"a/**/c", "a/bc", false},
    {"a/**/**/c", "a/c", true},
    {"a**c", "abc", true},
    {"a**c", "a/c", false},
    {"***/c", "a/b/c", true},
    {"[a-c]x", "bx", true},
    {"[a-c]x", "dx", false},
    {"[!a-c]x", "dx", true},
    {"[^a-c]x", "bx", false},
    {"[!a]", "/", false},
    {"[]a]", "]", true},
    {"[a-]", "-", true},
    {"[-a]", "-", true},
    {"[z-a]", "m", false},
    {"[\\]]", "]", true},
    {"[[:digit:]]*", "0001_a", true},
    {"[[:digit:]]*", "a", false},
    {"[ä-ö]", "é", true},
    {"[a", "[a", true},
    {"[[:nonsense:]]", "[n]", true},
    {"[[:nonsense:]]", "n", false},
    {"{a,b}.sql", "a.sql", true},
    {"{a,b}.sql", "b.sql", true},
    {"{a,b}.sql", "c.sql", false},
    {"{a}", "a", true},
    {"{a,}b", "b", true},
    {"{,a}b", "ab", true},
    {"{}", "", true},
    {"x{a,{b,c}d}y", "xcdy", true},
    {"x{a,{b,c}d}y", "xbdy", true},
    {"x{a,{b,c}d}y", "xay", true},
    {"x{a,{b,c}d}y", "xby", false},
    {"{a/**,b}/c", "a/x/c", true},
    {"{**/a,b}", "x/y/a", true},
    {"{a,b", "{a,b", true},
    {"{a,{b}", "{a,b", true},
    {"a}", "a}", true},
    {"a,b", "a,b", true},
    {"{[,}],x}", ",", true},
    {"{a\\,b,c}", "a,b", true},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"\\{a\\}", "{a}", true},
    {"a\\", "a\\", false},
    {"\xff?", "\xff\xfe", true},
    {"\xff*", "\xc3\xbf", false},
};

TEST(UtilGlob, Config) {
  for (const Case& each : config_cases) {
    EXPECT_EQ(glob_match(each.pattern, each.path), each.matches)
        << each.pattern << " on " << each.path;
  }
}

const Case gitignore_cases[] = {
    {"{a,b}", "{a,b}", true},    {"{a,b}", "a", false},
    {"[a", "[a", false},         {"[a", "a", false},
    {"?", "é", false},           {"??", "é", true},
    {"a\\", "a\\", false},       {"[[:nonsense:]]", "a", false},
    {"[[:a]", "a", true},        {"[[:a]", ":", true},
    {"**\\/b", "a/b", true},     {"a**/b", "a/x/b", true},
    {"a?**/b", "ab/x/b", false},
};

TEST(UtilGlob, Gitignore) {
  for (const Case& each : gitignore_cases) {
    EXPECT_EQ(Glob(each.pattern, GlobDialect::gitignore).matches(each.path), each.matches)
        << each.pattern << " on " << each.path;
  }
}

TEST(UtilGlob, NoPatternExplodes) {
  std::string stars, braces, open_braces(10'000, '{'), brackets(10'000, '[');
  for (int index = 0; index < 100; ++index) {
    stars += "*a**/";
    braces += "{a,a,{a,a}}";
  }
  const std::string path(500, 'a');
  EXPECT_FALSE(glob_match(stars + "b", path));
  EXPECT_FALSE(glob_match(braces, path));
  EXPECT_TRUE(glob_match(braces, std::string(100, 'a')));
  EXPECT_TRUE(glob_match(open_braces, open_braces));
  EXPECT_TRUE(glob_match(brackets, brackets));
  EXPECT_FALSE(glob_match(std::string(1'000'000, '*'), path));
}

struct Ignored {
  std::string_view rules;
  std::string_view path;  // a directory where it ends in a slash
  bool ignored;
};

const Ignored ignored_cases[] = {
    {"", "a", false},
    {"a", "a", true},
    {"a", "b/a", true},
    {"a", "b/a/c", true},
    {"a", "ab", false},
    {"a/", "a", false},
    {"a/", "a/", true},
    {"a/", "a/b", true},
    {"a/", "b/a/", true},
    {"/a", "a", true},
    {"/a", "b/a", false},
    {"b/a", "b/a", true},
    {"b/a", "c/b/a", false},
    {"/b/a/", "b/a/", true},
    {"*.log", "x/y.log", true},
    {"/*.log", "x/y.log", false},
    {"x/*", "x/y", true},
    {"x/*", "x/y/z", true},
    {"x/*", "x", false},
    {"**/a", "b/c/a", true},
    {"a/**", "a/b/c", true},
    {"a/**", "a/", false},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"**", "a", true},
    {"**/", "a", false},
    {"**/", "a/b", true},
    {"*\n!a", "a", false},
    {"*\n!a", "b", true},
    {"!a\n*", "a", true},
    {"a/\n!a/b", "a/b", true},
    {"a/*\n!a/b", "a/b", false},
    {"a/*\n!a/b", "a/c", true},
    {"/*\n!/a\n/a/*\n!/a/b", "a/b", false},
    {"# a", "# a", false},
    {"\\#a", "#a", true},
    {"\\!a", "!a", true},
    {" a", " a", true},
    {"a ", "a", true},
    {"a  ", "a  ", false},
    {"a\\ ", "a ", true},
    {"a\\  ", "a ", true},
    {"a b", "a b", true},
    {"a\t", "a", false},
    {"a\r\nb\r\n", "a", true},
    {"a\r\nb\r\n", "b", true},
    {"\xef\xbb\xbf"
     "a",
     "a", true},
    {"/", "a", false},
    {"!", "a", false},
    {"\n\n  \n", "a", false},
    {"{a,b}", "a", false},
    {"a//", "a/", false},
    {"a", ".", false},
    {"a", "./a", true},
};

TEST(UtilGitIgnore, OneFile) {
  for (const Ignored& each : ignored_cases) {
    GitIgnore ignore;
    ignore.add(".", each.rules);
    EXPECT_EQ(ignore.ignored(each.path, each.path.ends_with('/')), each.ignored)
        << each.rules << " on " << each.path;
  }
}

TEST(UtilGlob, BracketsThatNeverCloseCostLinearTime) {
  const std::string brackets(16'000, '[');
  EXPECT_TRUE(glob_match(brackets, brackets));
  EXPECT_FALSE(glob_match(brackets, "a"));
}

TEST(UtilGitIgnore, TheNearestFileDecidesInAnyOrder) {
  GitIgnore ignore;
  ignore.add("a/b", "!x.log\n/only-here\n");
  ignore.add("", "*.log\nc/\n");
  ignore.add("c/", "!*\n");
  EXPECT_TRUE(ignore.ignored("x.log", false));
  EXPECT_TRUE(ignore.ignored("a/x.log", false));
  EXPECT_FALSE(ignore.ignored("a/b/x.log", false));
  EXPECT_FALSE(ignore.ignored("a/b/d/x.log", false));
  EXPECT_TRUE(ignore.ignored("a/b/only-here", false));
  EXPECT_FALSE(ignore.ignored("a/b/d/only-here", false));
  EXPECT_FALSE(ignore.ignored("only-here", false));
  EXPECT_TRUE(ignore.ignored("c/d", false)) << "nothing comes back below an excluded directory";
}

TEST(UtilGitIgnore, AbsoluteDirectories) {
  GitIgnore ignore;
  ignore.add("/", "top");
  ignore.add("/r/s", "/a\nb/c");
  EXPECT_TRUE(ignore.ignored("/r/s/a", false));
  EXPECT_TRUE(ignore.ignored("/r/s/b/c/d", false));
  EXPECT_TRUE(ignore.ignored("/x/top", false));
  EXPECT_TRUE(ignore.ignored("/top", true));
  EXPECT_FALSE(ignore.ignored("/r/a", false));
  EXPECT_FALSE(ignore.ignored("/r/sb/c", false));
  EXPECT_FALSE(ignore.ignored("/", true));
}

}  // namespace
}  // namespace migguard
