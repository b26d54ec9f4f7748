// sqlx (Rust): `<number>_name.sql`, or pairs `.up.sql` and `.down.sql`, in a crate that depends on
// sqlx.
#include <algorithm>
#include <project/names.hpp>
#include <project/sql_files.hpp>
#include <project/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// A transaction per file; with `-- no-transaction` at its very begin, one query (sqlx-core's
// Migration).
void prepare(Migration& migration) {
  migration.transaction = migration.source->text.starts_with("-- no-transaction")
                              ? TransactionMode::simple_query
                              : TransactionMode::per_file;
}

bool fits(Tree&, const Folder& folder) { return !sql_files(folder).empty(); }

// A line of Cargo.toml that names the crate: `sqlx = ...`, `sqlx.workspace = true`,
// `[dependencies.sqlx]`.
bool depends_on_sqlx(std::string_view manifest) {
  for (std::string_view line : split(manifest, '\n')) {
    line = trim(line);
    if (line.starts_with('[')) {
      if (line.find("dependencies.sqlx]") != line.npos) return true;
      continue;
    }
    if (!line.starts_with("sqlx")) continue;
    const std::string_view rest = trim(line.substr(4));
    if (rest.starts_with('=') || rest.starts_with('.')) return true;
  }
  return false;
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (tree.name_of(folder.path) != "migrations" || sql_files(folder).empty()) return std::nullopt;
  for (std::string directory = folder.path;; directory = parent_path(directory)) {
    const std::string manifest = join_path(directory, "Cargo.toml");
    if (tree.files().is_file(manifest)) {
      const auto text = tree.peek(manifest);
      if (!text || !depends_on_sqlx(*text)) return std::nullopt;
      return cat("a crate that depends on sqlx, ", manifest);
    }
    // The manifest may lie above what is linted, but no higher than the repository.
    const std::string git = join_path(directory, ".git");
    if (tree.files().is_directory(git) || tree.files().is_file(git)) return std::nullopt;
    if (parent_path(directory) == directory) return std::nullopt;
  }
}

// `<i64>_<description>.sql` (sqlx-core/src/migrate/source.rs).
bool is_migration(std::string_view name) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && name[digits] == '_' && name.ends_with(".sql");
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> names = sql_files(folder);
  const auto others = std::stable_partition(
      names.begin(), names.end(), [](const std::string& name) { return is_migration(name); });
  std::sort(names.begin(), others, numbered_before);
  for (auto name = names.begin(); name != others; ++name) {
    const std::string path = join_path(folder.path, *name);
    if (name->ends_with(".down.sql")) {
      add_rollback(tree, path, *name, history);
      continue;
    }
    Migration migration = read_migration(tree, path, *name);
    prepare(migration);
    history.migrations.push_back(std::move(migration));
  }
  add_unlisted(tree, folder, {others, names.end()}, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader sqlx_reader{Tool::sqlx, evidence, fits, load, prepare, false};

}  // namespace migguard::project
