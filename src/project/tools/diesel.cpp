// Diesel: a directory with `up.sql` and `down.sql` per migration.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>

namespace migguard::project {
namespace {

void prepare(Migration& migration) { migration.transaction = TransactionMode::per_file; }

bool fits(Tree& tree, const Folder& folder) {
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    return tree.folder(join_path(folder.path, name)).has_file("up.sql");
  });
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!fits(tree, folder)) return std::nullopt;
  return "up.sql in its sub-directories";
}

// What stands before the first underscore, without dashes (diesel_migrations' version_from_string).
std::string version_of(std::string_view name) {
  std::string version(name.substr(0, name.find('_')));
  std::erase(version, '-');
  return version;
}

// `metadata.toml` with `run_in_transaction = false`: the script is then sent as one query.
bool opts_out(Tree& tree, const Folder& folder) {
  if (!folder.has_file("metadata.toml")) return false;
  auto text = tree.peek(join_path(folder.path, "metadata.toml"));
  if (!text) return false;
  std::erase_if(*text, [](char c) { return c == ' ' || c == '\t'; });
  return text->find("run_in_transaction=false") != std::string::npos;
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> names = folder.folders;
  std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return version_of(a) < version_of(b);
  });
  for (const std::string& name : names) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    if (below.has_file("up.sql")) {
      Migration migration = read_migration(tree, join_path(below.path, "up.sql"), name);
      prepare(migration);
      if (opts_out(tree, below)) migration.transaction = TransactionMode::simple_query;
      migration.number = version_of(name);
      history.migrations.push_back(std::move(migration));
    }
    if (below.has_file("down.sql")) {
      add_rollback(tree, join_path(below.path, "down.sql"), name, history);
      history.rollbacks.back().number = version_of(name);
    }
  }
}

}  // namespace

const ToolReader diesel_reader{Tool::diesel, evidence, fits, load, prepare, true};

}  // namespace migguard::project
