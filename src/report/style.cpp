// The escapes behind each style, and the folding of paragraphs.
#include <report/style.hpp>

#include <util/text.hpp>

#include <algorithm>
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
  if (!color_ || style == Style::plain || text.empty()) return std::string(text);
  return cat(escape_of(style), text, "\x1b[0m");
}

std::vector<std::string> fold(std::string_view text, std::size_t width, std::size_t first) {
  std::vector<std::string> lines;
  for (const std::string_view given : split(text, '\n')) {
    std::string line;
    std::size_t used = lines.empty() ? first : 0;
    for (std::size_t at = given.find_first_not_of(' '); at != given.npos;) {
      const std::size_t end = std::min(given.find(' ', at), given.size());
      const std::string_view word = given.substr(at, end - at);
      at = given.find_first_not_of(' ', end);
      const std::size_t columns = display_width(word);
      if (!line.empty() && used + 1 + columns > width) {
        lines.push_back(std::exchange(line, {}));
        used = 0;
      }
      if (!line.empty()) {
        line += ' ';
        ++used;
      }
      line += word;
      used += columns;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string paragraph(std::string_view prefix, std::size_t prefix_width, std::string_view text,
                      std::size_t indent, std::size_t width, const Painter& paint, Style style) {
  const std::size_t room = std::max<std::size_t>(width > indent ? width - indent : 0, 20);
  const std::size_t taken = prefix_width > indent ? prefix_width - indent : 0;
  std::string out(prefix);
  bool further = false;
  for (const std::string& line : fold(text, room, taken)) {
    if (further && !line.empty()) out.append(indent, ' ');
    out += paint(style, line);
    out += '\n';
    further = true;
  }
  return out;
}

std::string count(std::size_t number, std::string_view noun) {
  return count(number, noun, cat(noun, "s"));
}

std::string count(std::size_t number, std::string_view noun, std::string_view plural) {
  return cat(number, " ", number == 1 ? noun : plural);
}

}  // namespace migguard::report
