// Reads what drizzle.config.* says with the TypeScript parser; nothing of it is executed.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/schema_sources.hpp>
#include <set>
#include <typescript/syntax.hpp>
#include <util/glob.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr std::array<std::string_view, 6> configs = {"drizzle.config.ts",  "drizzle.config.mts",
                                                     "drizzle.config.cts", "drizzle.config.js",
                                                     "drizzle.config.mjs", "drizzle.config.cjs"};
constexpr std::array<std::string_view, 4> endings = {".ts", ".mts", ".js", ".mjs"};
constexpr std::size_t most_modules = 500;

bool is_source(std::string_view path) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); }) &&
         !path.ends_with(".d.ts");
}

// The schema's paths as the configuration writes them: one text or a list.
std::vector<std::string> schema_paths(const SourceFile& config) {
  std::vector<std::string> out;
  const auto tree = typescript::parse(config.text);
  if (!tree) return out;
  for (const typescript::Node& object : tree->root().all("object")) {
    const typescript::Node schema = typescript::bare(typescript::property(object, "schema"));
    if (!schema) continue;
    if (const auto one = typescript::string_value(schema)) out.push_back(*one);
    if (!schema.is("array")) continue;
    for (const typescript::Node& item : schema.children()) {
      if (const auto each = typescript::string_value(item)) out.push_back(*each);
    }
  }
  return out;
}

// A module as TypeScript finds it: `./types` is types.ts, types/index.ts; `./types.js` is types.ts.
std::string resolve_module(Tree& tree, const std::string& from, std::string_view module) {
  if (!module.starts_with('.')) return {};
  const std::string path = normalize_path(join_path(parent_path(from), std::string(module)));
  if (is_source(path) && tree.has_file(path)) return path;
  std::string stem = path;
  for (const std::string_view ending : {".js", ".mjs"}) {
    if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
  }
  for (const std::string& base : {stem, join_path(path, "index")}) {
    for (const std::string_view ending : endings) {
      if (tree.has_file(cat(base, ending))) return cat(base, ending);
    }
  }
  return {};
}

class Modules {
 public:
  explicit Modules(Tree& tree) : tree_(tree) {}

  void add(const std::string& path) {
    std::vector<std::string> pending{path};
    while (!pending.empty() && seen_.size() < most_modules) {
      const std::string next = std::move(pending.back());
      pending.pop_back();
      if (next.empty() || !seen_.insert(next).second) continue;
      const SourceFile* source = tree_.read(next);
      if (!source) continue;
      const auto parsed = typescript::parse(source->text);
      if (!parsed) continue;
      for (const std::string_view kind : {"import_statement", "export_statement"}) {
        for (const typescript::Node& statement : parsed->root().all(kind)) {
          if (const auto module = typescript::string_value(statement.field("source")))
            pending.push_back(resolve_module(tree_, next, *module));
        }
      }
    }
  }

  // A file, a folder (everything in it), or a glob, as drizzle-kit takes them.
  void add_written(const std::string& folder, const std::string& written) {
    const std::string path = normalize_path(join_path(folder, written));
    if (path.find_first_of("*{?[") == std::string::npos) {
      if (tree_.has_file(path)) return add(path);
      add_folder(path, [](const std::string&) { return true; });
      return;
    }
    std::string base = path.substr(0, path.find_first_of("*{?["));
    base = base.find('/') == std::string::npos ? "." : base.substr(0, base.rfind('/'));
    add_folder(base, [&](const std::string& file) { return glob_match(path, file); });
  }

 private:
  template <class Wanted>
  void add_folder(const std::string& path, Wanted wanted, unsigned depth = 0) {
    constexpr unsigned deepest = 8;
    if (depth == deepest || !tree_.inside(path)) return;
    const Folder& folder = tree_.folder(path);
    for (const std::string& name : folder.files) {
      const std::string file = join_path(path, name);
      if (is_source(file) && wanted(file)) add(file);
    }
    for (const std::string& name : folder.folders) {
      if (name != "node_modules") add_folder(join_path(path, name), wanted, depth + 1);
    }
  }

  Tree& tree_;
  std::set<std::string> seen_;
};

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

void read_schema_sources(Tree& tree, const std::vector<std::string>& folders,
                         const std::vector<History>& histories) {
  Modules modules(tree);
  for (const std::string& path : folders) {
    const Folder& folder = tree.folder(path);
    for (const std::string_view name : configs) {
      if (!folder.has_file(name)) continue;
      const SourceFile* config = tree.read(join_path(path, std::string(name)));
      if (!config) continue;
      for (const std::string& written : schema_paths(*config)) modules.add_written(path, written);
    }
  }
  for (const History& history : histories) {
    if (history.tool == Tool::prisma) read_prisma(tree, parent_path(history.folder), 0);
  }
}

}  // namespace migguard::project
