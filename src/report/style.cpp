// The escapes behind each style, and the folding of paragraphs.
#include <report/style.hpp>

#include <util/text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace migguard::report {
namespace {

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::error:
      return "\x1b[1;31m";
    case Style::warning:
      return "\x1b[1;33m";
    case Style::note:
      return "\x1b[1;36m";
    case Style::good:
      return "\x1b[1;32m";
    case Style::frame:
      return "\x1b[34m";
  }
  return "";
}

}  // namespace

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Style::error;
    case Severity::warning:
      return Style::warning;
    case Severity::note:
      return Style::note;
  }
  return Style::plain;
}

std::string Painter::operator()(Style style, std::string_view text) const {
  std::string out;
  append(out, style, text);
  return out;
}

void Painter::append(std::string& out, Style style, std::string_view text) const {
  if (text.empty()) return;
  begin(out, style);
  out += text;
  end(out, style);
}

void Painter::begin(std::string& out, Style style) const {
  if (color_) out += escape_of(style);
}

void Painter::end(std::string& out, Style style) const {
  if (color_ && style != Style::plain) out += "\x1b[0m";
}

namespace {

// Whether a text is printable ASCII in which no two spaces stand together; eight bytes at a time. A
// wrong `false` costs only time.
bool is_plainly_spaced(std::string_view text) {
  constexpr std::uint64_t each = 0x0101010101010101U, high = each * 0x80;
  std::size_t at = 0;
  bool space_before = false;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    if ((bytes | (bytes - each * 0x20) | (bytes + each)) & high) return false;  // see plain_prefix
    // The highest bit of a byte shows a space, or an exclamation mark behind one.
    const std::uint64_t other = bytes ^ (each * ' ');
    const std::uint64_t spaces = (other - each) & ~other & high;
    if ((spaces & spaces >> 8) || (space_before && text[at] == ' ')) return false;
    space_before = text[at + 7] == ' ';
  }
  for (; at < text.size(); ++at) {
    if (text[at] < ' ' || text[at] >= '\x7f' || (space_before && text[at] == ' ')) return false;
    space_before = text[at] == ' ';
  }
  return true;
}

// Folds one line of text. `used`: the columns taken of the first. The view is good during the call.
template <class Take>
void fold_line(std::string_view text, std::size_t width, std::size_t used, Take take) {
  std::size_t at = 0;
  // Plain words with one space between them, as most prose is: a folded line is a piece of the
  // text.
  if (!text.starts_with(' ') && !text.ends_with(' ') && is_plainly_spaced(text)) {
    for (;; used = 0) {
      const std::size_t room = width - std::min(width, used);
      if (text.size() - at <= room) return take(text.substr(at));
      std::size_t end = text.rfind(' ', at + room);
      if (end == text.npos || end < at) end = text.find(' ', at);
      if (end == text.npos) return take(text.substr(at));
      take(text.substr(at, end - at));
      at = end + 1;
    }
  }
  std::string line;
  for (at = text.find_first_not_of(' '); at != text.npos;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = text.find_first_not_of(' ', end);
    const std::size_t columns = display_width(word);
    if (!line.empty() && used + 1 + columns > width) {
      take(line);
      line.clear();
      used = 0;
    }
    if (!line.empty()) {
      line += ' ';
      ++used;
    }
    line += word;
    used += columns;
  }
  take(line);
}

template <class Take>
void fold(std::string_view text, std::size_t width, std::size_t first, Take take) {
  for (bool further = false;; further = true) {
    const std::size_t end = text.find('\n');
    fold_line(text.substr(0, end), width, further ? 0 : first, take);
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<std::string> fold(std::string_view text, std::size_t width, std::size_t first) {
  std::vector<std::string> lines;
  fold(text, width, first, [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

void paragraph(std::string& out, std::string_view prefix, std::size_t prefix_width,
               std::string_view text, std::size_t indent, std::size_t width, const Painter& paint,
               Style style) {
  const std::size_t room = std::max<std::size_t>(width > indent ? width - indent : 0, 20);
  const std::size_t taken = prefix_width > indent ? prefix_width - indent : 0;
  out += prefix;
  bool further = false;
  fold(text, room, taken, [&](std::string_view line) {
    if (further && !line.empty()) out.append(indent, ' ');
    paint.append(out, style, line);
    out += '\n';
    further = true;
  });
}

std::string paragraph(std::string_view prefix, std::size_t prefix_width, std::string_view text,
                      std::size_t indent, std::size_t width, const Painter& paint, Style style) {
  std::string out;
  paragraph(out, prefix, prefix_width, text, indent, width, paint, style);
  return out;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t columns = display_width(text);
  if (columns < width) out.append(width - columns, ' ');
  return out;
}

std::string count(std::size_t number, std::string_view noun) {
  return count(number, noun, cat(noun, "s"));
}

std::string count(std::size_t number, std::string_view noun, std::string_view plural) {
  return cat(number, " ", number == 1 ? noun : plural);
}

}  // namespace migguard::report
