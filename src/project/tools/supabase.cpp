// Supabase's CLI: `supabase/migrations/<version>_<name>.sql`, in byte order.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>

namespace migguard::project {
namespace {

// Each file and its row in the history table go out as one batch: an implicit transaction.
void prepare(Migration& migration) { migration.transaction = TransactionMode::per_file; }

std::string config_of(const Folder& folder) {
  return join_path(parent_path(folder.path), "config.toml");
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (file_name(folder.path) != "migrations") return std::nullopt;
  if (file_name(parent_path(folder.path)) != "supabase") return std::nullopt;
  if (!tree.files().is_file(config_of(folder))) return std::nullopt;
  return cat("the project file ", config_of(folder));
}

// `^([0-9]+)_(.*)\.sql$` (pkg/migration/file.go).
bool is_migration(std::string_view name) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && name[digits] == '_' && name.ends_with(".sql");
}

void load(Tree& tree, const Folder& folder, History& history) {
  // `auth`, `storage` and more are there before the first migration.
  history.complete = false;
  if (tree.inside(config_of(folder)) && tree.has_file(config_of(folder))) {
    history.marker = tree.read(config_of(folder));
  }
  std::vector<std::string> names = sql_files(folder);
  const auto skipped = std::stable_partition(
      names.begin(), names.end(), [](const std::string& name) { return is_migration(name); });
  add_files(tree, folder, {names.begin(), skipped}, prepare, history);
  add_unlisted(tree, folder, {skipped, names.end()}, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader supabase_reader{Tool::supabase, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
