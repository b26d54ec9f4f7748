// Splits files at the lines that begin an up or down section.
#include <algorithm>
#include <project/tools/sections.hpp>
#include <util/text.hpp>

namespace migguard::project {

Sections split_sections(std::string_view text, Mark (*mark)(std::string_view line)) {
  Sections sections;
  Mark current = Mark::none;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    if (current == Mark::none) return;
    auto& list = current == Mark::up ? sections.up : sections.down;
    list.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  };
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t newline = text.find('\n', line);
    const std::size_t next = newline == std::string_view::npos ? text.size() : newline + 1;
    const Mark found = mark(text.substr(line, next - line));
    if (found != Mark::none) {
      close(line);
      sections.found = true;
      current = found;
      begin = next;
    }
    line = next;
  }
  close(text.size());
  // An empty list of ranges would mean the whole file.
  if (sections.found && sections.up.empty()) sections.up.push_back({0, 0});
  return sections;
}

std::string_view comment_text(std::string_view line) {
  line = trim(line);
  if (!line.starts_with("--")) return {};
  return trim(line.substr(2));
}

bool begins_with_word(std::string_view text, std::string_view word) {
  if (!starts_with_ignoring_case(text, word)) return false;
  return text.size() == word.size() || text[word.size()] == ' ' || text[word.size()] == '\t';
}

}  // namespace migguard::project
