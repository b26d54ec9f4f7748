// Drizzle 1.0: a directory `YYYYMMDDHHMMSS_name` with `migration.sql` and `snapshot.json` per
// migration.
#include <algorithm>
#include <project/drizzle.hpp>
#include <project/json_skim.hpp>
#include <project/names.hpp>
#include <project/sql_files.hpp>
#include <project/tools.hpp>

namespace migguard::project {

bool has_drizzle_v1_layout(Tree& tree, const Folder& parent, const std::string& name) {
  const Folder& folder = tree.folder(join_path(parent.path, name));
  if (!folder.has_file("migration.sql")) return false;
  const std::size_t digits = leading_digits(name).size();
  return folder.has_file("snapshot.json") ||
         (digits == 14 && name.size() > digits && name[digits] == '_');
}

namespace {

void prepare(Migration& migration) { migration.transaction = TransactionMode::all_pending; }

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  for (const std::string& name : folder.folders) {
    const std::size_t digits = leading_digits(name).size();
    if (digits != 14 || name.size() == digits || name[digits] != '_') continue;
    const Folder& below = tree.folder(join_path(folder.path, name));
    if (below.has_file("migration.sql") && below.has_file("snapshot.json")) {
      return cat("migration.sql and snapshot.json in ", below.path);
    }
  }
  return std::nullopt;
}

bool fits(Tree& tree, const Folder& folder) {
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    return tree.folder(join_path(folder.path, name)).has_file("migration.sql");
  });
}

// The dialect that the first readable snapshot names.
Dialect dialect_of(Tree& tree, const Folder& folder) {
  for (const std::string& name : folder.folders) {
    const auto text = tree.peek(join_path(join_path(folder.path, name), "snapshot.json"));
    const auto members = text ? skim_object(*text) : std::nullopt;
    if (!members) continue;
    for (const SkimmedMember& member : *members) {
      if (string_at(*text, member.key) != "dialect") continue;
      return drizzle_dialect(string_at(*text, member.value).value_or(""));
    }
  }
  return Dialect::postgresql;
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  history.dialect = dialect_of(tree, folder);
  std::vector<std::string> names = folder.folders;
  std::sort(names.begin(), names.end(), locale_before);
  for (const std::string& name : names) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    for (const std::string& file : sql_files(below)) {
      const std::string path = join_path(below.path, file);
      if (file == "migration.sql") {
        Migration migration = read_migration(tree, path, name);
        prepare(migration);
        history.migrations.push_back(std::move(migration));
      } else if (is_rollback_name(file) || is_rollback_folder(name)) {
        add_rollback(tree, path, name, history);
      }
    }
  }
  add_unlisted(tree, folder, sql_files(folder), history);
}

}  // namespace

const ToolReader drizzle_v1_reader{Tool::drizzle_v1, evidence, fits, load, prepare, true};

}  // namespace migguard::project
