// Patterns: globs in both dialects, gitignore files, regular expressions. The first line is a
// pattern, the second a path.
#include <fuzz/harness.hpp>

#include <util/glob.hpp>
#include <util/text.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {".gitignore"};

void run(std::string_view input) {
  const std::string_view pattern = input.substr(0, input.find('\n'));
  std::string_view path = input.substr(std::min(pattern.size() + 1, input.size()));
  path = path.substr(0, path.find('\n'));
  for (const GlobDialect dialect : {GlobDialect::config, GlobDialect::gitignore}) {
    const Glob glob(pattern, dialect);
    require(glob.matches(path) == Glob(pattern, dialect).matches(path), "a match is no accident");
  }
  if (pattern.find_first_of("*?[]{}\\,") == std::string_view::npos)
    require(Glob(pattern).matches(path) == (pattern == path), "a pattern of letters is a name");
  (void)matches(path, pattern);
  Memory files;
  files.add(".gitignore", std::string(input));
  files.add("migrations/0001_a.sql", "CREATE TABLE a (id int);");
  files.add("migrations/down/0001_a.sql", "DROP TABLE a;");
  require(check_answers(files, input) != nullptr, "no pattern keeps lint from doing its job");
}

}  // namespace

extern const Harness globs_harness{.name = "globs",
                                   .summary = "globs, gitignore files, regular expressions",
                                   .seeds = seeds,
                                   .run = run};

}  // namespace migguard::fuzz
