// From the paths of `schema` to files: what drizzle-kit would read, and what it would miss.
#include <algorithm>
#include <array>
#include <project/config_value.hpp>
#include <project/drizzle/config.hpp>
#include <project/drizzle/tables.hpp>
#include <util/glob.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr std::array<std::string_view, 4> build_folders = {"build", "dist", "lib", "out"};

bool is_test(std::string_view path) {
  return path.find(".test.") != path.npos || path.find(".spec.") != path.npos;
}

bool is_glob(const DrizzleSchemaPath& path) {
  return path.text.find_first_of("*{?[") != std::string::npos;
}

bool is_build_folder(std::string_view name) {
  return std::binary_search(build_folders.begin(), build_folders.end(), name);
}

// Where a compiled file's source may be: `dist/schema/users.js` of `src/schema/users.ts`. In the
// order of likelihood; without the path itself.
std::vector<std::string> sources_of(const std::string& base, const std::string& path) {
  std::vector<std::string> out;
  const std::string below = path.substr(base == "." ? 0 : std::min(base.size() + 1, path.size()));
  std::vector<std::string> folders{path};
  const std::vector<std::string_view> parts = split(below, '/');
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (!is_build_folder(parts[index])) continue;
    for (const std::string_view instead : {"src", ""}) {
      std::string mapped = base;
      for (std::size_t each = 0; each < parts.size(); ++each) {
        const std::string_view part = each == index ? instead : parts[each];
        if (!part.empty()) mapped = join_path(mapped, std::string(part));
      }
      folders.push_back(normalize_path(mapped));
    }
  }
  for (const std::string& each : folders) {
    for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{".js", ".ts"},
                                   {".mjs", ".mts"},
                                   {".cjs", ".cts"},
                                   {".mjs", ".ts"},
                                   {".cjs", ".ts"}}) {
      if (each.ends_with(from)) out.push_back(cat(each.substr(0, each.size() - from.size()), to));
    }
    if (each != path) out.push_back(each);
  }
  return out;
}

class Resolver {
 public:
  Resolver(Tree& tree, DrizzleConfig& config) : tree_(tree), config_(config) {}

  void resolve(DrizzleSchemaPath& path) {
    const std::string written = schema_path(config_, path);
    path.compiled = is_build_output(written);
    // Where the compiled file is missing or ignored, its source says what is in it.
    std::vector<std::string> candidates{written};
    for (std::string& source : sources_of(config_.base, written)) {
      candidates.push_back(std::move(source));
    }
    bool here = false;
    for (std::size_t index = 0; index < candidates.size(); ++index) {
      if (!tree_.inside(candidates[index])) continue;
      std::vector<std::string> files = files_of(candidates[index], path.directory);
      if (files.empty()) continue;
      path.files = std::move(files);
      if (index == 0) {
        here = true;
        if (!path.compiled && !is_script(written)) break;
      } else {
        path.compiled |= is_script(written);
        break;
      }
    }
    if (here) return;
    // What lies outside of the tree may be there.
    path.ignored_by_git =
        !tree_.inside(written) || tree_.ignored_here_or_above(literal_part(written), false);
    if (!path.ignored_by_git) path.files.clear();
  }

 private:
  static bool is_script(std::string_view path) {
    return path.ends_with(".js") || path.ends_with(".mjs") || path.ends_with(".cjs");
  }

  static std::string literal_part(const std::string& path) {
    const std::size_t magic = path.find_first_of("*{?[");
    if (magic == std::string::npos) return path;
    const std::size_t slash = path.rfind('/', magic);
    return slash == std::string::npos ? "." : path.substr(0, slash);
  }

  // A script in any folder that builds write to. `lib` holds sources as often as not, so that a
  // folder of that name proves nothing.
  bool is_build_output(const std::string& path) const {
    if (path.ends_with("ts")) return false;
    const std::string below =
        path.substr(config_.base == "." ? 0 : std::min(config_.base.size(), path.size()));
    const auto parts = split(below, '/');
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
      return is_build_folder(part) && (part != "lib" || is_script(path));
    });
  }

  std::vector<std::string> files_of(const std::string& path, bool& directory) {
    std::vector<std::string> out;
    if (path.find_first_of("*{?[") != std::string::npos) {
      collect(literal_part(path), Glob(path), out, 0);
      std::sort(out.begin(), out.end());
    } else if (tree_.has_file(path)) {
      out.push_back(path);
    } else if (tree_.files().is_directory(path)) {
      directory = true;
      for (const std::string& name : tree_.folder(path).files) {
        if (is_module(name)) out.push_back(join_path(path, name));
      }
    }
    return out;
  }

  void collect(const std::string& path, const Glob& glob, std::vector<std::string>& out,
               unsigned depth) {
    constexpr unsigned deepest = 12;
    if (depth == deepest || !tree_.inside(path)) return;
    const Folder& folder = tree_.folder(path);
    for (const std::string& name : folder.files) {
      const std::string file = join_path(path, name);
      if (glob.matches(file)) out.push_back(file);
    }
    for (const std::string& name : folder.folders) {
      const std::string below = join_path(path, name);
      // A folder that a glob matches is read one level deep.
      if (glob.matches(below)) {
        for (const std::string& file : tree_.folder(below).files) {
          if (is_module(file)) out.push_back(join_path(below, file));
        }
      }
      collect(below, glob, out, depth + 1);
    }
  }

  Tree& tree_;
  DrizzleConfig& config_;
};

// Modules that declare tables in folders below one that is read one level deep.
void find_deeper(Modules& modules, const DrizzleConfig& config, const std::string& folder,
                 const std::set<std::string>& reached, std::vector<std::string>& out,
                 unsigned depth) {
  constexpr unsigned deepest = 6;
  Tree& tree = modules.tree();
  for (const std::string& name : tree.folder(folder).folders) {
    const std::string below = join_path(folder, name);
    for (const std::string& file : tree.folder(below).files) {
      const std::string path = join_path(below, file);
      if (!is_module(file) || is_test(file) || reached.count(path) != 0) continue;
      const Module* module = modules.open(path);
      if (module && exports_tables(modules, *module, dialect_of(config))) out.push_back(path);
    }
    if (depth < deepest) find_deeper(modules, config, below, reached, out, depth + 1);
  }
}

// Modules beside the listed files that declare tables and that nothing listed exports.
std::vector<std::string> find_unlisted(Modules& modules, const DrizzleConfig& config,
                                       const std::set<std::string>& reached) {
  std::set<std::string> folders;
  for (const DrizzleSchemaPath& path : config.schema) {
    if (path.directory || is_glob(path)) continue;
    for (const std::string& file : path.files) folders.insert(parent_path(file));
  }
  std::vector<std::string> out;
  for (const std::string& folder : folders) {
    for (const std::string& name : modules.tree().folder(folder).files) {
      const std::string path = join_path(folder, name);
      if (!is_module(name) || is_test(name) || reached.count(path) != 0) continue;
      const Module* module = modules.open(path);
      if (module && exports_tables(modules, *module, dialect_of(config))) out.push_back(path);
    }
  }
  return out;
}

// What turns the names of properties into those of columns; empty where nothing does.
std::string casing_of(Modules& modules, const DrizzleConfig& config) {
  const Module* module = modules.open(config.source->path);
  if (!module) return {};
  const ConfigValue value = evaluate(modules, modules.find(*module, "default"));
  const ConfigMember* casing = value.find("casing");
  return casing && casing->value.is_text() ? casing->value.text : std::string();
}

// Every file whose exports a configuration reaches.
std::set<std::string> reached_by(Modules& modules, const DrizzleConfig& config) {
  std::set<std::string> reached;
  for (const DrizzleSchemaPath& path : config.schema) {
    for (const std::string& file : path.files) reached.merge(modules.exporting(file));
  }
  return reached;
}

bool reexports(Modules& modules, const DrizzleConfig& config) {
  for (const DrizzleSchemaPath& path : config.schema) {
    for (const std::string& file : path.files) {
      const Module* module = modules.open(file);
      if (module && !module->reexports.empty()) return true;
    }
  }
  return false;
}

}  // namespace

void read_schema_paths(Modules& modules, std::vector<DrizzleConfig>& all) {
  std::vector<std::set<std::string>> reached;
  std::set<std::string> by_any;
  for (DrizzleConfig& config : all) {
    for (DrizzleSchemaPath& path : config.schema) Resolver(modules.tree(), config).resolve(path);
    reached.push_back(reached_by(modules, config));
    by_any.insert(reached.back().begin(), reached.back().end());
    for (const DrizzleSchemaPath& path : config.schema) {
      for (const std::string& file : path.files) modules.read_with_imports(file);
    }
  }
  for (DrizzleConfig& config : all) {
    if (dialect_of(config) == Dialect::other || !config.schema_known) continue;
    for (DrizzleSchemaPath& path : config.schema) {
      const std::string folder = schema_path(config, path);
      if (path.directory && modules.tree().files().is_directory(folder)) {
        find_deeper(modules, config, folder, by_any, path.deeper, 0);
      }
    }
    const bool one = config.schema.size() == 1;
    const bool any_file = std::any_of(
        config.schema.begin(), config.schema.end(),
        [](const DrizzleSchemaPath& path) { return !path.directory && !is_glob(path); });
    config.schema_listed = any_file && !(one && reexports(modules, config));
    if (config.schema_listed) config.unlisted = find_unlisted(modules, config, by_any);
  }
}

void read_both_dialects(Modules& modules, std::vector<DrizzleConfig>& all) {
  const auto has = [&](const std::string& package, Dialect dialect) {
    return std::any_of(all.begin(), all.end(), [&](const DrizzleConfig& config) {
      return config.package == package && dialect_of(config) == dialect;
    });
  };
  for (DrizzleConfig& config : all) {
    const Dialect dialect = dialect_of(config);
    if (dialect != Dialect::postgresql && dialect != Dialect::sqlite) continue;
    if (!has(config.package, Dialect::postgresql) || !has(config.package, Dialect::sqlite)) {
      continue;
    }
    config.tables_complete = config.schema_known && !config.schema.empty();
    for (const DrizzleSchemaPath& path : config.schema) {
      config.tables_complete &= !path.files.empty();
    }
    for (const std::string& file : reached_by(modules, config)) {
      const Module* module = modules.open(file);
      if (!module) {
        config.tables_complete = false;
        continue;
      }
      for (const Module::Import& each : module->reexports) {
        config.tables_complete &= !modules.resolve(file, each.from).empty();
      }
      for (DrizzleTable& table :
           read_drizzle_tables(modules, *module, dialect, casing_of(modules, config))) {
        config.tables.push_back(std::move(table));
      }
    }
    resolve_references(config.tables);
  }
}

}  // namespace migguard::project
