// Finds `INSERT INTO schema_migrations (version) VALUES ('...'), ...` in a dump.
#include <algorithm>
#include <project/names.hpp>
#include <project/schema_dump.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// Where the last statement that inserts versions begins; npos where there is none.
std::size_t find_insert(std::string_view text) {
  constexpr std::string_view table = "schema_migrations";
  for (std::size_t at = text.rfind(table); at != text.npos && at > 0;
       at = text.rfind(table, at - 1)) {
    const std::size_t begin = text.rfind('\n', at) + 1;  // npos + 1 is 0
    const std::string_view before = trim(text.substr(begin, at - begin));
    if (starts_with_ignoring_case(before, "insert into")) return begin;
  }
  return text.npos;
}

}  // namespace

std::optional<SchemaDump> read_schema_dump(Tree& tree, const std::string& path) {
  if (!tree.has_file(path)) return std::nullopt;
  SchemaDump dump;
  dump.source = tree.read(path);
  if (!dump.source) return std::nullopt;
  const std::string_view text = dump.source->text;
  const std::size_t begin = find_insert(text);
  if (begin == text.npos) return std::nullopt;
  const std::size_t line_end = std::min(text.find('\n', begin), text.size());
  dump.insert_span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(line_end)};
  const std::size_t end = std::min(text.find(';', begin), text.size());
  for (std::size_t at = text.find('\'', begin); at < end;) {
    const std::size_t closing = text.find('\'', at + 1);
    if (closing >= end) break;
    const std::string_view version = text.substr(at + 1, closing - at - 1);
    if (!version.empty() && leading_digits(version).size() == version.size()) {
      dump.versions.push_back(
          {std::string(version),
           {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(closing + 1)}});
    }
    at = text.find('\'', closing + 1);
  }
  return dump;
}

}  // namespace migguard::project
