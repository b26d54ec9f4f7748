// Frames. A line is seen as cells: what one code point looks like, and how many columns that takes.
// Only the cells that are shown are made, so that a line of a hundred megabytes costs no more than
// a short one.
#include <report/frame.hpp>
#include <report/place.hpp>
#include <report/secrets.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

#include <algorithm>
#include <deque>

namespace migguard::report {
namespace {

constexpr std::uint32_t shown_lines = 4;  // of a span over many lines
constexpr std::string_view tab = "    ";
constexpr std::string_view cut = "…";

// The byte after the code point at `at`; a stray byte counts as one.
std::size_t next_point(std::string_view text, std::size_t at) { return at + decode(text, at).size; }

// The first byte of the code point before `at`, which is not 0.
std::size_t previous_point(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  for (int step = 0; step < 3 && begin > 0 && is_continuation_byte(text[begin]); ++step) --begin;
  return next_point(text, begin) == at ? begin : at - 1;
}

struct Cell {
  std::size_t begin = 0;  // byte offset in the line
  std::string text;
  std::size_t width = 0;
};

Cell cell_at(std::string_view line, std::size_t at) {
  if (line[at] >= ' ' && line[at] < '\x7f') return {at, std::string(1, line[at]), 1};
  const std::string_view point = line.substr(at, next_point(line, at) - at);
  if (point == "\t") return {at, std::string(tab), tab.size()};
  Cell cell{at, printable(point), 0};
  cell.width = display_width(cell.text);
  return cell;
}

// The part of a line that is shown.
struct Window {
  std::deque<Cell> cells;
  bool cut_left = false;
  bool cut_right = false;
};

Window window_around(std::string_view line, std::size_t focus, std::size_t room) {
  Window window;
  std::size_t width = 0;
  std::size_t at = 0;
  while (at < line.size() && width <= room) {
    window.cells.push_back(cell_at(line, at));
    width += window.cells.back().width;
    at = next_point(line, at);
    if (window.cells.size() > 4 * room + 16) break;  // combining marks without end
  }
  if (at >= line.size() && width <= room) return window;

  // Too long: a third of the room for what stands before the focus, the rest for what follows.
  window.cells.clear();
  room = room > 2 ? room - 2 : 1;
  std::size_t begin = std::min(focus, line.size());
  at = begin;
  width = 0;
  while (begin > 0 && window.cells.size() < 4 * room) {
    const std::size_t before = previous_point(line, begin);
    Cell cell = cell_at(line, before);
    if (width + cell.width > room / 3) break;
    width += cell.width;
    begin = before;
    window.cells.push_front(std::move(cell));
  }
  while (at < line.size() && window.cells.size() < 4 * room) {
    Cell cell = cell_at(line, at);
    if (width + cell.width > room) break;
    width += cell.width;
    at = next_point(line, at);
    window.cells.push_back(std::move(cell));
  }
  window.cut_left = begin > 0;
  window.cut_right = at < line.size();
  return window;
}

// The window's text, and the marks below it: under [begin, end) of the line, one at least.
struct Drawn {
  std::string before, marked, after;  // the text in three parts, to colour the second
  std::size_t indent = 0;             // columns before the first mark
  std::size_t marks = 0;
};

Drawn draw(const Window& window, std::size_t begin, std::size_t end) {
  Drawn drawn;
  if (window.cut_left) {
    drawn.before += cut;
    ++drawn.indent;
  }
  for (const Cell& cell : window.cells) {
    if (cell.begin < begin) {
      drawn.before += cell.text;
      drawn.indent += cell.width;
    } else if (cell.begin < end) {
      drawn.marked += cell.text;
      drawn.marks += cell.width;
    } else {
      drawn.after += cell.text;
    }
  }
  if (window.cut_right)
    (drawn.after.empty() && !drawn.marked.empty() ? drawn.marked : drawn.after) += cut;
  drawn.marks = std::max<std::size_t>(drawn.marks, 1);
  return drawn;
}

std::string numbered(std::uint32_t number, std::size_t gutter, const Painter& paint) {
  const std::string digits = std::to_string(number);
  return paint(Style::frame,
               cat(" ", std::string(gutter - std::min(gutter, digits.size()), ' '), digits, " │ "));
}

struct Lines {
  std::size_t begin = 0, end = 0;  // the span, clamped, without line ends behind it
  std::uint32_t first = 1, last = 1;
};

Lines lines_of(const Excerpt& excerpt) {
  const std::string& text = excerpt.source->text;
  Lines lines;
  lines.begin = std::min<std::size_t>(excerpt.span.begin, text.size());
  lines.end = std::clamp<std::size_t>(excerpt.span.end, lines.begin, text.size());
  const Place place = place_of(excerpt.source, excerpt.span);
  lines.first = place.begin.line;
  lines.last = std::max(place.end.line, place.begin.line);
  return lines;
}

std::uint32_t last_shown(const Lines& lines) {
  // One line more takes no more room than saying that there is one.
  return lines.last - lines.first <= shown_lines ? lines.last : lines.first + shown_lines - 1;
}

}  // namespace

std::size_t gutter_width(const Excerpt& excerpt) {
  return std::max<std::size_t>(std::to_string(last_shown(lines_of(excerpt))).size(), 2);
}

std::string margin(std::size_t gutter, std::string_view line, const Painter& paint) {
  return paint(Style::frame, cat(std::string(gutter + 2, ' '), line));
}

std::string frame(const Excerpt& excerpt, std::size_t gutter, std::size_t width,
                  const Painter& paint) {
  const SourceFile& source = *excerpt.source;
  const Lines lines = lines_of(excerpt);
  const std::size_t room = std::max<std::size_t>(width > gutter + 4 ? width - gutter - 4 : 0, 20);
  std::string out;
  for (std::uint32_t number = lines.first; number <= last_shown(lines); ++number) {
    const std::string masked = without_secrets(source.line(number));
    const std::string_view line = masked.empty() ? source.line(number) : masked;
    const std::size_t line_begin = source.line_begin(number);
    const std::size_t indent = number == lines.first ? 0 : line.find_first_not_of(" \t");
    const std::size_t begin = number == lines.first
                                  ? std::min(lines.begin - line_begin, line.size())
                                  : std::min(indent, line.size());
    const std::size_t end =
        number == lines.last ? std::min(lines.end - line_begin, line.size()) : line.size();
    const Drawn drawn = draw(window_around(line, begin, room), begin, std::max(begin, end));
    out += numbered(number, gutter, paint);
    out += cat(drawn.before, paint(excerpt.style, drawn.marked), drawn.after, "\n");
    // Of a span over many lines only the first is underlined: its end is told by colour, or by
    // reading.
    if (number != lines.first) continue;
    out += margin(gutter, "│ ", paint);
    out += std::string(drawn.indent, ' ');
    out += paint(excerpt.style, cat(std::string(drawn.marks, excerpt.mark),
                                    excerpt.text.empty() ? "" : " ", printable(excerpt.text)));
    out += '\n';
  }
  if (last_shown(lines) < lines.last) {
    out +=
        margin(gutter, cat("⋮ ", count(lines.last - last_shown(lines), "more line")), paint) + "\n";
  }
  return out;
}

}  // namespace migguard::report
