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

std::string assemble(std::string_view root, const std::vector<std::string_view>& parts) {
  std::string path(root);
  for (const std::string_view part : parts) {
    if (path.size() > root.size()) path += '/';
    path += part;
  }
  return path.empty() ? "." : path;
}

}  // namespace

std::string join_path(std::string_view directory, std::string_view name) {
  const std::string_view root = root_of(name).empty() ? root_of(directory) : root_of(name);
  std::vector<std::string_view> parts;
  const auto append = [&](std::string_view path) {
    for (const std::string_view part : split(path.substr(root_of(path).size()), '/')) {
      if (!part.empty() && part != ".") parts.push_back(part);
    }
  };
  if (root_of(name).empty()) append(directory);
  append(name);
  return assemble(root, parts);
}

std::string normalize_path(std::string_view path) {
  const std::string_view root = root_of(path);
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path.substr(root.size()), '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (root.empty()) {
      parts.push_back(part);
    }
  }
  return assemble(root, parts);
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
