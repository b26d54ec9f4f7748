#include <report/repository.hpp>

namespace migguard::report {

Repository find_repository(const std::string& path, const FileSystem& files) {
  const auto here = files.canonical(".");
  const auto start = files.canonical(path);
  if (!here || !start) return {};
  for (std::string folder = *start;; folder = parent_path(folder)) {
    if (files.exists(join_path(folder, ".git"))) return {folder, *here};
    if (folder == parent_path(folder) || folder == ".") return {};
  }
}

std::string path_in(const Repository& repository, std::string_view path) {
  const std::string& root = repository.root;
  if (root.empty()) return std::string(path);
  std::string absolute = normalize_path(join_path(repository.here, path));
  if (root == "/" && absolute.starts_with('/')) return absolute.substr(1);
  if (absolute.size() <= root.size() + 1 || !absolute.starts_with(root) ||
      absolute[root.size()] != '/') {
    return std::string(path);
  }
  return absolute.substr(root.size() + 1);
}

}  // namespace migguard::report
