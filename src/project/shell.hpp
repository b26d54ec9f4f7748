// Commands of migration tools in a line of shell, wherever it was written down.
#pragma once

#include <migguard/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::project {

// Text as a shell gets it, each byte with its place in the file: quotes and line continuations of
// the surrounding format are gone.
class CommandText {
 public:
  // The bytes of a range as they are.
  void add(std::string_view text, Span range);
  // What a JSON or YAML string in double quotes stands for; `range` without the quotes.
  void add_escaped(std::string_view text, Span range);
  // A byte that is not in the file, such as the blank between two elements of a list.
  void add_separator(char c);
  // The lines of a script: comments left out, lines that end in a backslash joined with the next.
  void add_script(std::string_view text, Span range);

  std::string_view text() const { return text_; }
  std::uint32_t offset(std::size_t index) const { return offsets_[index]; }

 private:
  void push(char c, std::size_t offset) {
    text_ += c;
    offsets_.push_back(static_cast<std::uint32_t>(offset));
  }

  std::string text_;
  std::vector<std::uint32_t> offsets_;
};

// The tools' commands in a text. Of each, `tool`, `action`, `span`, `text` and `accepts_data_loss`
// are set.
std::vector<RunnerCommand> match_commands(const CommandText& text);

// Whether a text can hold any command at all: a cheap look before formats are parsed.
bool may_hold_commands(std::string_view text);

}  // namespace migguard::project
