// A piece of source as people see it: line numbers, the line, and carets under what is to blame.
#pragma once

#include <migguard/source.hpp>
#include <migguard/text.hpp>
#include <report/place.hpp>
#include <report/style.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace migguard::report {

// One piece to show.
struct Excerpt {
  const SourceFile* source = nullptr;
  Span span;
  char mark = '^';  // under the span: `^` what is to blame, `-` what explains it
  Style style = Style::error;
  std::string_view text;  // behind the marks; may be empty
};

// Columns that the line numbers of an excerpt at that place need, at least two.
std::size_t gutter_width(const Place& place);

// Behind what is there: the lines of the excerpt, whose place is given, each ending with a line
// end: the first lines of a long span only, and of a long line the part around the span. Never
// wider than `width`, but for `text`. Costs no more than what is shown.
void frame(std::string& out, const Excerpt& excerpt, const Place& place, std::size_t gutter,
           std::size_t width, const Painter& paint);

// Blanks below the line numbers, and what begins there: `│`.
template <class... Pieces>
void margin(std::string& out, std::size_t gutter, const Painter& paint, const Pieces&... pieces) {
  paint.begin(out, Style::frame);
  out.append(gutter + 2, ' ');
  append(out, pieces...);
  paint.end(out, Style::frame);
}

// The same, and a place behind it.
inline void place_at_margin(std::string& out, std::size_t gutter, const Painter& paint,
                            std::string_view corner, const Place& place) {
  paint.begin(out, Style::frame);
  out.append(gutter + 2, ' ');
  out += corner;
  append_place(out, place);
  paint.end(out, Style::frame);
}

}  // namespace migguard::report
