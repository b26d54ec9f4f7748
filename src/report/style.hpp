// Colours of text for terminals, and words folded into its width.
#pragma once

#include <migguard/finding.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::report {

enum class Style : std::uint8_t { plain, bold, dim, error, warning, note, good, frame };

Style style_of(Severity severity);

// Wraps text into the escapes of a style (ECMA-48, SGR), or leaves it as it is where colour is off.
class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}
  std::string operator()(Style style, std::string_view text) const;
  // The same behind what is there, in one piece or around pieces.
  void append(std::string& out, Style style, std::string_view text) const;
  void begin(std::string& out, Style style) const;
  void end(std::string& out, Style style) const;

 private:
  bool color_;
};

// The text in lines of at most `width` columns, broken at spaces; a longer word keeps a line of its
// own. Line ends of the text stay. `first` columns of the first line are taken already.
std::vector<std::string> fold(std::string_view text, std::size_t width, std::size_t first = 0);

// Behind what is there: the text folded behind a prefix, every further line indented by `indent`
// columns; ends with a line end. `prefix_width` is the width of the prefix as shown.
void paragraph(std::string& out, std::string_view prefix, std::size_t prefix_width,
               std::string_view text, std::size_t indent, std::size_t width, const Painter& paint,
               Style style = Style::plain);
std::string paragraph(std::string_view prefix, std::size_t prefix_width, std::string_view text,
                      std::size_t indent, std::size_t width, const Painter& paint,
                      Style style = Style::plain);

// The text with spaces behind it, so that it takes that many columns.
std::string padded(std::string_view text, std::size_t width);

// `1 error`, `2 errors`.
std::string count(std::size_t number, std::string_view noun);
// The same of a noun with a plural of its own.
std::string count(std::size_t number, std::string_view noun, std::string_view plural);

}  // namespace migguard::report
