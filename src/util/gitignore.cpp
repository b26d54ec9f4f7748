// gitignore(5), with the finer points of git's dir.c (add_patterns_from_buffer, parse_path_pattern,
// trim_trailing_spaces).
#include <algorithm>
#include <functional>
#include <util/file_system.hpp>
#include <util/gitignore.hpp>
#include <util/text.hpp>

namespace migguard {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Trailing spaces go unless a backslash keeps them.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') continue;
    if (line[at] == '\\') ++at;
    end = at + 1;
  }
  return line.substr(0, end);
}

// The working directory is the empty text here, so that every name below it is as long as its path.
std::string key_of(std::string_view path) {
  std::string key = normalize_path(path);
  return key == "." ? std::string() : key;
}

// The directory that holds a path, in the same form.
std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, std::max<std::size_t>(slash, 1));
}

std::string_view below(std::string_view directory, std::string_view path) {
  if (directory.empty()) return path;
  return path.substr(directory.size() + (directory.ends_with('/') ? 0 : 1));
}

}  // namespace

void GitIgnore::add(std::string_view directory, std::string_view text) {
  std::vector<Pattern>& patterns = patterns_[key_of(directory)];
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    line = without_trailing_spaces(line);
    const bool negated = line.starts_with('!');
    if (negated) line.remove_prefix(1);
    const bool directory_only = line.ends_with('/');
    if (directory_only) line.remove_suffix(1);
    const bool anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    patterns.push_back({Glob(line, GlobDialect::gitignore), negated, directory_only, anchored});
  }
}

bool GitIgnore::Pattern::matches(std::string_view path, bool directory) const {
  if (directory_only && !directory) return false;
  return glob.matches(anchored ? path : file_name(path));
}

bool GitIgnore::excluded(std::string_view path, bool directory) const {
  std::string_view base = path;
  do {
    base = directory_of(base);
    const auto patterns = patterns_.find(base);
    if (patterns != patterns_.end()) {
      const std::string_view name = below(base, path);
      const auto decisive =
          std::find_if(patterns->second.rbegin(), patterns->second.rend(),
                       [&](const Pattern& pattern) { return pattern.matches(name, directory); });
      if (decisive != patterns->second.rend()) return !decisive->negated;
    }
  } while (!base.empty() && base != "/");
  return false;
}

bool GitIgnore::ignored(std::string_view path, bool directory) const {
  const std::string whole = key_of(path);
  if (whole.empty() || whole == "/") return false;
  for (std::size_t slash = whole.find('/', 1); slash != std::string::npos;
       slash = whole.find('/', slash + 1)) {
    if (excluded(std::string_view(whole).substr(0, slash), true)) return true;
  }
  return excluded(whole, directory);
}

}  // namespace migguard
