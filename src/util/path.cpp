// Paths as text: joined, taken apart and folded without asking the file system.
#include <algorithm>
#include <cstddef>
#include <util/file_system.hpp>
#include <util/text.hpp>

namespace migguard {
namespace {

// `/` of `/a`, `C:/` of Windows' `C:/a`, nothing of a relative path.
std::string_view root_of(std::string_view path) {
  if (path.starts_with('/')) return path.substr(0, 1);
#ifdef _WIN32
  if (path.size() > 2 && path[1] == ':' && path[2] == '/') return path.substr(0, 3);
#endif
  return {};
}

std::string_view without_trailing_slashes(std::string_view path) {
  const std::size_t root = root_of(path).size();
  while (path.size() > root && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// Calls `use` with each part of what stands behind the root; `.` and empty parts are none.
template <class Use>
void each_part(std::string_view path, Use use) {
  path.remove_prefix(root_of(path).size());
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") use(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
}

// Whether `each_part` would give every part of what stands behind the root, and there is one.
bool is_plain_path(std::string_view path) {
  path.remove_prefix(root_of(path).size());
  bool begins = true;  // a part
  for (std::size_t at = 0; at < path.size(); ++at) {
    const bool dot = path[at] == '.' && (at + 1 == path.size() || path[at + 1] == '/');
    if (begins && (dot || path[at] == '/')) return false;
    begins = path[at] == '/';
  }
  return !begins;
}

void append_part(std::string& path, std::size_t root, std::string_view part) {
  if (path.size() > root) path += '/';
  path += part;
}

}  // namespace

std::string join_path(std::string_view directory, std::string_view name) {
  const bool alone = !root_of(name).empty();
  const std::string_view root = alone ? root_of(name) : root_of(directory);
  std::string path;
  path.reserve(directory.size() + 1 + name.size());
  // As nearly all are, and a run on one file joins fifty: nothing is to be left out.
  if (!alone && is_plain_path(directory) && is_plain_path(name)) {
    path = directory;
    append_part(path, root.size(), name);
    return path;
  }
  path = root;
  const auto append = [&](std::string_view part) { append_part(path, root.size(), part); };
  if (!alone) each_part(directory, append);
  each_part(name, append);
  if (path.empty()) path = ".";
  return path;
}

std::string normalize_path(std::string_view path) {
  const std::string_view root = root_of(path);
  std::vector<std::string_view> parts;
  each_part(path, [&](std::string_view part) {
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (root.empty()) {
      parts.push_back(part);
    }
  });
  std::string normal(root);
  for (const std::string_view part : parts) append_part(normal, root.size(), part);
  return normal.empty() ? "." : normal;
}

std::string parent_path(std::string_view path) {
  path = without_trailing_slashes(path);
  const std::size_t root = root_of(path).size();
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  if (slash < root) return std::string(path.substr(0, root));
  return std::string(without_trailing_slashes(path.substr(0, slash)));
}

std::string_view file_name(std::string_view path) {
  path = without_trailing_slashes(path);
  return path.substr(std::max(path.rfind('/') + 1, root_of(path).size()));
}

}  // namespace migguard
