// Names what is wrong with a text that should be JSON.
#include <algorithm>
#include <project/json_defect.hpp>

namespace migguard::project {

Span span_at(std::string_view text, std::size_t offset) {
  const auto begin = static_cast<std::uint32_t>(std::min(offset, text.size()));
  return {begin, static_cast<std::uint32_t>(std::min<std::size_t>(begin + 1, text.size()))};
}

namespace {

// The first line of a merge's leftovers.
std::optional<Span> conflict_marker(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, newline - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") || line == "=======") {
      return Span{static_cast<std::uint32_t>(begin),
                  static_cast<std::uint32_t>(begin + line.size())};
    }
    begin = newline + 1;
  }
  return std::nullopt;
}

}  // namespace

Defect json_defect(std::string_view text, const json::Failure& failure) {
  if (const auto marker = conflict_marker(text)) {
    return {*marker, "an unresolved merge conflict begins here"};
  }
  if (text.starts_with("\xef\xbb\xbf")) return {{0, 3}, "a byte order mark stands before the JSON"};
  return {span_at(text, failure.offset), cat("this is not JSON: ", failure.message)};
}

}  // namespace migguard::project
