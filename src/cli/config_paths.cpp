// Where the configuration is, and what its paths mean where migguard was started.
#include <cli/config.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::cli {
namespace {

// The folder above as text: `a` of `a/b`, `.` of `a`, `..` of `.`, `../..` of `..`; empty above
// `/`.
std::string above(const std::string& folder) {
  if (folder == "/") return {};
  if (folder == ".") return "..";
  if (file_name(folder) == "..") return cat(folder, "/..");
  const std::size_t slash = folder.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : folder.substr(0, slash);
}

// How many folders a path made of `..` alone climbs; 0 for every other path.
std::size_t climbed(std::string_view folder) {
  const auto parts = split(folder, '/');
  const bool only =
      std::all_of(parts.begin(), parts.end(), [](std::string_view each) { return each == ".."; });
  return only ? parts.size() : 0;
}

std::vector<std::string_view> names_of(std::string_view path) {
  std::vector<std::string_view> names;
  for (const std::string_view each : split(path, '/')) {
    if (!each.empty()) names.push_back(each);
  }
  return names;
}

// The names of the last `count` folders of an absolute path, from the top; empty where it has
// fewer.
std::vector<std::string_view> last_names(std::string_view path, std::size_t count) {
  std::vector<std::string_view> names = names_of(path);
  if (names.size() < count) return {};
  names.erase(names.begin(), names.end() - static_cast<std::ptrdiff_t>(count));
  return names;
}

// The part of a glob that is below these folders; none where it speaks of others.
std::optional<std::string> below(std::string_view glob,
                                 const std::vector<std::string_view>& folders) {
  for (const std::string_view folder : folders) {
    const std::size_t slash = glob.find('/');
    const std::string_view part = glob.substr(0, slash);
    if (part == "**") return std::string(glob);
    if (slash == std::string_view::npos || !glob_match(part, folder)) return std::nullopt;
    glob.remove_prefix(slash + 1);
  }
  return std::string(glob);
}

// A folder's name with nothing special in it for a glob.
std::string literal(std::string_view folder) {
  std::string out;
  for (const char each : folder) {
    if (std::string_view("*?[]{}\\").find(each) != std::string_view::npos) out += '\\';
    out += each;
  }
  return out;
}

std::string_view without_dot(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

std::string rebase(std::string_view path, std::string_view folder, std::string_view here,
                   bool glob) {
  if (folder == ".") return std::string(path);
  if (const std::size_t up = climbed(folder)) {
    const auto names = last_names(here, up);
    if (names.size() == up) {
      if (auto stripped = below(path, names)) return *stripped;
    }
  }
  const std::string prefix = glob ? literal(folder) : std::string(folder);
  return cat(prefix, prefix.ends_with('/') ? "" : "/", path);
}

// Whether nothing is above a folder, or it is not there. `here` is the working directory, asked for
// at the first need: its names tell how far up `../..` goes without a look at every step.
bool is_top(const std::string& folder, std::string& here, const FileSystem& files) {
  const std::size_t up = climbed(folder);
  if (up > 0 || folder == ".") {
    if (here.empty()) {
      if (auto real = files.canonical(".")) here = *std::move(real);
    }
    if (here.starts_with('/')) return up >= names_of(here).size();
  }
  const auto real = files.canonical(folder);
  return !real || *real == "/";
}

}  // namespace

std::string find_config(const std::string& path, const FileSystem& files) {
  std::string folder = normalize_path(path);
  if (!files.is_directory(folder)) folder = above(folder);
  std::string here;
  // Deeper than any file system goes; a link that leads back to itself must not hold us.
  for (int step = 0; step < 256 && !folder.empty(); ++step) {
    std::string file = folder == "." ? std::string(config_name) : join_path(folder, config_name);
    if (files.is_file(file)) return file;
    if (files.exists(join_path(folder, ".git"))) return {};
    if (is_top(folder, here, files)) return {};
    folder = above(folder);
  }
  return {};
}

std::string rebase_glob(std::string_view glob, std::string_view folder, std::string_view here) {
  const bool anchored = glob.find('/') != std::string_view::npos;
  std::string pattern(without_dot(glob));
  if (pattern.ends_with('/')) pattern += "**";
  if (!anchored) pattern = cat("**/", pattern);
  return rebase(pattern, folder, here, true);
}

std::string rebase_path(std::string_view path, std::string_view folder, std::string_view here) {
  if (path.starts_with('/')) return normalize_path(path);
  // `drizzle` seen from the folder `packages/db/drizzle` itself is `.`; below() needs a slash to
  // strip the last.
  std::string rebased = rebase(cat(without_dot(path), "/"), folder, here, false);
  rebased = normalize_path(rebased.empty() ? "." : rebased);
  return rebased.empty() ? "." : rebased;
}

}  // namespace migguard::cli
