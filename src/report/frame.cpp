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

// The marks below a line.
struct Marks {
  std::size_t indent = 0;  // columns before the first mark
  std::size_t count = 0;
};

// Shows the window, what lies in [begin, end) of the line marked; one mark at least.
Marks show(std::string& out, const Window& window, std::size_t begin, std::size_t end, Style style,
           const Painter& paint) {
  std::string before, marked, after;
  Marks marks;
  if (window.cut_left) {
    before += cut;
    ++marks.indent;
  }
  for (const Cell& cell : window.cells) {
    if (cell.begin < begin) {
      before += cell.text;
      marks.indent += cell.width;
    } else if (cell.begin < end) {
      marked += cell.text;
      marks.count += cell.width;
    } else {
      after += cell.text;
    }
  }
  if (window.cut_right) (after.empty() && !marked.empty() ? marked : after) += cut;
  marks.count = std::max<std::size_t>(marks.count, 1);
  out += before;
  paint.append(out, style, marked);
  out += after;
  return marks;
}

constexpr std::size_t long_line = 4096;

// The same of a line as most are: plain and not very long, so that it needs no cells.
Marks show_plain(std::string& out, std::string_view line, std::size_t begin, std::size_t end,
                 std::size_t room, Style style, const Painter& paint) {
  std::size_t from = 0;
  std::size_t to = line.size();
  if (line.size() > room) {
    room = room > 2 ? room - 2 : 1;
    from = begin - std::min(begin, room / 3);
    to = std::min(line.size(), from + room);
  }
  end = std::clamp(end, begin, to);
  if (from > 0) out += cut;
  out += line.substr(from, begin - from);
  const bool rest = end < to;
  if (begin < end) {
    paint.begin(out, style);
    out += line.substr(begin, end - begin);
    if (to < line.size() && !rest) out += cut;
    paint.end(out, style);
  }
  out += line.substr(end, to - end);
  if (to < line.size() && (rest || end == begin)) out += cut;
  return {begin - from + (from > 0 ? 1 : 0), std::max<std::size_t>(end - begin, 1)};
}

void number(std::string& out, std::uint32_t line, std::size_t gutter, const Painter& paint) {
  const std::string digits = std::to_string(line);
  paint.begin(out, Style::frame);
  out.append(1 + gutter - std::min(gutter, digits.size()), ' ');
  append(out, digits, " │ ");
  paint.end(out, Style::frame);
}

struct Lines {
  std::size_t begin = 0, end = 0;  // the span, clamped, without line ends behind it
  std::uint32_t first = 1, last = 1;
};

Lines lines_of(const Excerpt& excerpt, const Place& place) {
  const std::string& text = excerpt.source->text;
  Lines lines;
  lines.begin = std::min<std::size_t>(excerpt.span.begin, text.size());
  lines.end = std::clamp<std::size_t>(excerpt.span.end, lines.begin, text.size());
  lines.first = place.begin.line;
  lines.last = std::max(place.end.line, place.begin.line);
  return lines;
}

std::uint32_t last_shown(std::uint32_t first, std::uint32_t last) {
  // One line more takes no more room than saying that there is one.
  return last - first <= shown_lines ? last : first + shown_lines - 1;
}

}  // namespace

std::size_t gutter_width(const Place& place) {
  std::uint32_t line = last_shown(place.begin.line, std::max(place.end.line, place.begin.line));
  std::size_t digits = 1;
  for (; line >= 10; line /= 10) ++digits;
  return std::max<std::size_t>(digits, 2);
}

void frame(std::string& out, const Excerpt& excerpt, const Place& place, std::size_t gutter,
           std::size_t width, const Painter& paint) {
  const SourceFile& source = *excerpt.source;
  const Lines lines = lines_of(excerpt, place);
  const std::uint32_t last = last_shown(lines.first, lines.last);
  const std::size_t room = std::max<std::size_t>(width > gutter + 4 ? width - gutter - 4 : 0, 20);
  for (std::uint32_t line_number = lines.first; line_number <= last; ++line_number) {
    std::string_view line = source.line(line_number);
    const std::string masked = without_secrets(line);
    if (!masked.empty()) line = masked;
    const std::size_t line_begin = source.line_begin(line_number);
    const std::size_t indent = line_number == lines.first ? 0 : line.find_first_not_of(" \t");
    const std::size_t begin = line_number == lines.first
                                  ? std::min(lines.begin - line_begin, line.size())
                                  : std::min(indent, line.size());
    const std::size_t end =
        std::max(begin, line_number == lines.last ? std::min(lines.end - line_begin, line.size())
                                                  : line.size());
    number(out, line_number, gutter, paint);
    const Marks marks =
        line.size() <= long_line && is_plain(line)
            ? show_plain(out, line, begin, end, room, excerpt.style, paint)
            : show(out, window_around(line, begin, room), begin, end, excerpt.style, paint);
    out += '\n';
    // Of a span over many lines only the first is underlined: its end is told by colour, or by
    // reading.
    if (line_number != lines.first) continue;
    margin(out, gutter, paint, "│ ");
    out.append(marks.indent, ' ');
    paint.begin(out, excerpt.style);
    out.append(marks.count, excerpt.mark);
    std::string kept;
    if (!excerpt.text.empty()) append(out, ' ', printable(excerpt.text, kept));
    paint.end(out, excerpt.style);
    out += '\n';
  }
  if (last < lines.last) {
    margin(out, gutter, paint, "⋮ ", count(lines.last - last, "more line"));
    out += '\n';
  }
}

}  // namespace migguard::report
