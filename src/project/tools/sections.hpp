// Files that hold both ways: `-- +goose Up` ... `-- +goose Down`, and the like.
#pragma once

#include <migguard/text.hpp>
#include <string_view>
#include <vector>

namespace migguard::project {

// What a line is: the begin of a section, or nothing to a tool.
enum class Mark : std::uint8_t { none, up, down };

struct Sections {
  bool found = false;  // whether any line begins a section
  std::vector<Span>
      up;  // behind their marks; not empty when `found`: an up section may be an empty range
  std::vector<Span> down;
};

// Splits a text at the lines that `mark` knows. What stands before the first mark belongs to
// neither.
Sections split_sections(std::string_view text, Mark (*mark)(std::string_view line));

// The rest of a comment line after `--` and blanks; empty for other lines.
std::string_view comment_text(std::string_view line);
// Whether a text begins with a word, letter case aside, and the word ends there.
bool begins_with_word(std::string_view text, std::string_view word);

}  // namespace migguard::project
