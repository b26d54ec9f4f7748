// Reads every `.prisma` file beside the migrations and in the folders of a split schema.
#include <project/prisma_sources.hpp>

namespace migguard::project {
namespace {

void read_prisma(Tree& tree, const std::string& path, unsigned depth) {
  if (!tree.inside(path)) return;
  const Folder& folder = tree.folder(path);
  for (const std::string& name : folder.files) {
    if (name.ends_with(".prisma")) tree.read(join_path(path, name));
  }
  constexpr unsigned deepest = 3;
  if (depth == deepest) return;
  for (const std::string& name : folder.folders) {
    if (depth > 0 || name == "schema" || name == "models")
      read_prisma(tree, join_path(path, name), depth + 1);
  }
}

}  // namespace

void read_prisma_schemas(Tree& tree, const std::vector<History>& histories) {
  for (const History& history : histories) {
    if (history.tool == Tool::prisma) read_prisma(tree, parent_path(history.folder), 0);
  }
}

}  // namespace migguard::project
