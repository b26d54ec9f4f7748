// sqlx (Rust): `<number>_name.sql`, or pairs `.up.sql` and `.down.sql`, in a crate that depends on
// sqlx.
#include <algorithm>
#include <project/names.hpp>
#include <project/toml.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
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

// The nearest Cargo.toml at or above a folder: it may lie above what is linted, but no higher than
// the repository. Empty where there is none.
std::string manifest_above(Tree& tree, const std::string& folder) {
  for (std::string directory = folder;; directory = parent_path(directory)) {
    std::string manifest = join_path(directory, "Cargo.toml");
    if (tree.files().is_file(manifest)) return manifest;
    if (tree.files().exists(join_path(directory, ".git"))) return {};
    if (parent_path(directory) == directory) return {};
  }
}

// sqlx.toml beside the manifest may name another folder (sqlx 0.9).
bool is_named_by_config(Tree& tree, const std::string& crate, const std::string& folder) {
  const auto text = tree.peek(join_path(crate, "sqlx.toml"));
  const std::string named = text ? TomlStrings(*text).first("migrate.migrations-dir") : "";
  return !named.empty() && normalize_path(join_path(crate, named)) == folder;
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!has_sql_files(tree, folder)) return std::nullopt;
  const bool usual = tree.name_of(folder.path) == "migrations";
  const std::string manifest = manifest_above(tree, folder.path);
  if (manifest.empty()) return std::nullopt;
  if (!usual && !is_named_by_config(tree, parent_path(manifest), folder.path)) return std::nullopt;
  const auto text = tree.peek(manifest);
  if (!text || !depends_on_sqlx(*text)) return std::nullopt;
  return cat("a crate that depends on sqlx, ", manifest);
}

// ---- Which database ----------------------------------------------------------------------------

struct Database {
  std::string_view feature;
  Dialect dialect;
  std::string_view in_code;
};
constexpr Database databases[] = {{"postgres", Dialect::postgresql, "sqlx::postgres"},
                                  {"sqlite", Dialect::sqlite, "sqlx::sqlite"},
                                  {"mysql", Dialect::mysql, "sqlx::mysql"}};

// The databases whose features a manifest turns on for sqlx.
void add_features(std::string_view manifest, std::vector<const Database*>& found) {
  const TomlStrings strings(manifest);
  for (const std::string_view table :
       {"dependencies", "dev-dependencies", "build-dependencies", "workspace.dependencies"}) {
    for (const std::string& feature : strings.all(cat(table, ".sqlx.features"))) {
      for (const Database& each : databases) {
        // `sqlite-unbundled` is SQLite, too.
        if (feature.starts_with(each.feature)) found.push_back(&each);
      }
    }
  }
}

// What the crate's sources import of sqlx; a crate has few files that do.
void add_imports(Tree& tree, const Folder& folder, std::vector<const Database*>& found,
                 unsigned depth = 0) {
  constexpr unsigned most_levels = 4;
  for (const std::string& name : folder.files) {
    const auto text =
        name.ends_with(".rs") ? tree.peek(join_path(folder.path, name)) : std::nullopt;
    if (!text || text->find("sqlx") == std::string::npos) continue;
    for (const Database& each : databases) {
      const std::string list = cat("sqlx::{", each.in_code.substr(6));
      if (text->find(each.in_code) != std::string::npos || text->find(list) != std::string::npos)
        found.push_back(&each);
    }
  }
  if (depth == most_levels) return;
  for (const std::string& name : folder.folders)
    add_imports(tree, tree.folder(join_path(folder.path, name)), found, depth + 1);
}

// The only database that the crate, else the workspace, is built for; where that is none or
// several, the one that its sources name.
std::optional<Dialect> dialect_of_crate(Tree& tree, const std::string& folder) {
  const auto only = [](const std::vector<const Database*>& found) -> std::optional<Dialect> {
    if (found.empty()) return std::nullopt;
    const bool one = std::all_of(found.begin(), found.end(),
                                 [&](const Database* each) { return each == found.front(); });
    return one ? std::optional(found.front()->dialect) : std::nullopt;
  };
  std::string manifest = manifest_above(tree, folder);
  if (manifest.empty()) return std::nullopt;
  const std::string crate = parent_path(manifest);
  std::vector<const Database*> found;
  if (const auto text = tree.peek(manifest)) add_features(*text, found);
  if (found.empty() && parent_path(crate) != crate) {
    manifest = manifest_above(tree, parent_path(crate));
    const auto text = manifest.empty() ? std::nullopt : tree.peek(manifest);
    if (text) add_features(*text, found);
  }
  if (const auto dialect = only(found)) return dialect;
  found.clear();
  add_imports(tree, tree.folder(join_path(crate, "src")), found);
  return only(found);
}

// `<i64>_<description>.sql` (sqlx-core/src/migrate/source.rs).
bool is_migration(std::string_view name) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && name[digits] == '_' && name.ends_with(".sql");
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  // What the path says (`migrations/sqlite`) is surer than what a crate for several is built for.
  if (history.dialect == Dialect::postgresql)
    history.dialect = dialect_of_crate(tree, folder.path).value_or(Dialect::postgresql);
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

const ToolReader sqlx_reader{Tool::sqlx, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
