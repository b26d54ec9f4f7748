// Reads every `.prisma` file beside the migrations and in the folders of a split schema.
#include <project/prisma/sources.hpp>

namespace migguard::project {
namespace {

bool names_types(const SourceFile& source) {
  return source.text.find("prisma-json-types-generator") != std::string::npos ||
         source.text.find("/// [") != std::string::npos;
}

// The types that comments like `/// [QuoteMeta]` name: `namespace PrismaJson` in a source beside
// the schema, or in one of the folders that types are mostly kept in.
void read_json_types(Tree& tree, const std::string& folder) {
  const std::string above = parent_path(folder);
  for (const std::string& each : {folder, above, join_path(above, "src"), join_path(above, "types"),
                                  join_path(above, "src/types"), join_path(folder, "types")}) {
    if (!tree.inside(each)) continue;
    for (const std::string& name : tree.folder(each).files) {
      const bool likely = name.ends_with(".d.ts") ||
                          (name.ends_with(".ts") && (name.find("type") != std::string::npos ||
                                                     name.find("prisma") != std::string::npos ||
                                                     name.find("json") != std::string::npos));
      if (likely) tree.read(join_path(each, name));
    }
  }
}

void read_prisma(Tree& tree, const std::string& path, unsigned depth) {
  if (!tree.inside(path)) return;
  const Folder& folder = tree.folder(path);
  for (const std::string& name : folder.files) {
    if (!name.ends_with(".prisma")) continue;
    const SourceFile* source = tree.read(join_path(path, name));
    if (source && names_types(*source)) read_json_types(tree, path);
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
