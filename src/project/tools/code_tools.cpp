// Recognizes Rails, Alembic, Django, Knex, TypeORM, Sequelize and node-pg-migrate by the names of
// their files and what the package around them depends on.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/schema_dump.hpp>
#include <project/tools/code_tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using Names = std::vector<std::string>;

template <class Test>
Names files_where(const Folder& folder, Test test) {
  Names names;
  std::copy_if(folder.files.begin(), folder.files.end(), std::back_inserter(names), test);
  return names;
}

// `<digits><separator>...<ending>` with a count of digits from `least` to `most`.
bool is_numbered(std::string_view name, std::size_t least, std::size_t most,
                 std::string_view separators) {
  const std::size_t digits = leading_digits(name).size();
  return digits >= least && digits <= most && digits < name.size() &&
         separators.find(name[digits]) != std::string_view::npos;
}

bool is_script(std::string_view name) {
  if (name.ends_with(".d.ts")) return false;
  constexpr std::array<std::string_view, 5> endings = {".js", ".ts", ".cjs", ".mjs", ".mts"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

// `db/migrate/20240101000000_create_users.rb`
Names rails(Tree& tree, const Folder& folder) {
  if (tree.name_of(folder.path) != "migrate") return {};
  return files_where(folder, [](const std::string& name) {
    return name.ends_with(".rb") && is_numbered(name, 3, 17, "_");
  });
}

// `env.py` beside `versions/`; the history is the folder of both.
Names alembic(Tree& tree, const Folder& folder) {
  if (!folder.has_file("env.py") || !folder.has_folder("versions")) return {};
  Names names = files_where(
      tree.folder(join_path(folder.path, "versions")),
      [](const std::string& name) { return name.ends_with(".py") && name != "__init__.py"; });
  for (std::string& name : names) name = join_path("versions", name);
  return names;
}

// `migrations/0001_initial.py` beside `__init__.py`
Names django(Tree& tree, const Folder& folder) {
  if (tree.name_of(folder.path) != "migrations" || !folder.has_file("__init__.py")) return {};
  return files_where(folder, [](const std::string& name) {
    return name.ends_with(".py") && is_numbered(name, 4, 4, "_");
  });
}

struct NodeTool {
  Tool tool;
  std::string_view package;
  std::size_t least_digits;
  std::size_t most_digits;
  std::string_view separators;
};
constexpr NodeTool node_tools[] = {{Tool::knex, "knex", 14, 14, "_-"},
                                   {Tool::typeorm, "typeorm", 13, 14, "-_"},
                                   {Tool::sequelize, "sequelize", 14, 14, "-"},
                                   {Tool::node_pg_migrate, "node-pg-migrate", 1, 17, "_-"}};

// Whether a package.json at or above a folder names a package.
bool depends_on(Tree& tree, const Folder& folder, std::string_view package) {
  const std::string key = cat('"', package, '"');
  for (std::string directory = folder.path; tree.inside(directory);
       directory = parent_path(directory)) {
    if (tree.folder(directory).has_file("package.json")) {
      const auto text = tree.peek(join_path(directory, "package.json"));
      if (text && text->find(key) != std::string::npos) return true;
    }
    if (parent_path(directory) == directory) break;
  }
  return false;
}

Names node(Tree& tree, const Folder& folder, const NodeTool& tool) {
  Names names = files_where(folder, [&](const std::string& name) {
    return is_script(name) &&
           is_numbered(name, tool.least_digits, tool.most_digits, tool.separators);
  });
  if (names.empty() || !depends_on(tree, folder, tool.package)) return {};
  return names;
}

History history_of(Tree& tree, const Folder& folder, Tool tool, const Names& names) {
  History history;
  history.tool = tool;
  history.folder = folder.path;
  for (const std::string& name : names) {
    history.code.push_back(tree.name_only(join_path(folder.path, name)));
  }
  history.marker = history.code.front();
  history.evidence = cat(names.size(), " migrations in code");
  if (tool == Tool::rails) {
    history.dump = read_schema_dump(tree, join_path(parent_path(folder.path), "structure.sql"));
  }
  return history;
}

}  // namespace

std::vector<History> find_code_histories(Tree& tree, const std::vector<std::string>& folders) {
  std::vector<History> found;
  const auto add = [&](const Folder& folder, Tool tool, const Names& names) {
    if (!names.empty()) found.push_back(history_of(tree, folder, tool, names));
    return !names.empty();
  };
  for (const std::string& path : folders) {
    const Folder& folder = tree.folder(path);
    if (folder.files.empty()) continue;
    if (add(folder, Tool::rails, rails(tree, folder))) continue;
    if (add(folder, Tool::alembic, alembic(tree, folder))) continue;
    if (add(folder, Tool::django, django(tree, folder))) continue;
    for (const NodeTool& tool : node_tools) {
      if (add(folder, tool.tool, node(tree, folder, tool))) break;
    }
  }
  return found;
}

}  // namespace migguard::project
