// Globs, compiled to a small automaton that walks a path once: no pattern makes matching explode.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard {

// config: `{a,b}` alternatives, characters are code points, an unclosed bracket stands for itself.
// gitignore: as git's wildmatch.c with WM_PATHNAME: no alternatives, characters are bytes, an
// unclosed bracket or a lone backslash at the end matches nothing.
enum class GlobDialect : std::uint8_t { config, gitignore };

// `*` and `?` match within a name; `**` between slashes (or at an end) across directories: `**/x`,
// `x/**`, and `a/**/b`, which matches `a/b` too; `[a-z]`, `[!a-z]`, `[^a-z]`, `[[:alpha:]]`, none
// of them a slash; a backslash takes the next character as it is. Over 16 KiB, a glob matches
// nothing.
class Glob {
 public:
  explicit Glob(std::string_view pattern, GlobDialect dialect = GlobDialect::config);
  // Whether the whole path matches. Time grows with the product of both lengths at most.
  bool matches(std::string_view path) const;

  struct Set {
    std::vector<std::pair<char32_t, char32_t>> ranges;
    bool negated = false;
  };
  enum class Operation : std::uint8_t {
    character,  // `value`
    in_name,    // any but a slash
    any,
    set,   // sets_[value]
    fork,  // go on behind this, and at `target`
    jump,  // go on at `target`
    fail,
    accept,
  };
  struct Instruction {
    Operation operation = Operation::fail;
    char32_t value = 0;
    std::uint32_t target = 0;
  };

 private:
  GlobDialect dialect_;
  bool literal_ = false;  // nothing special in it: matched by comparison
  std::string text_;      // of a literal
  std::vector<Instruction> program_;
  std::vector<Set> sets_;
};

}  // namespace migguard
