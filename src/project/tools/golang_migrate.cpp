// golang-migrate: pairs `<number>_name.up.sql` and `<number>_name.down.sql`.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>

namespace migguard::project {
namespace {

// The file is one Exec: a simple query.
void prepare(Migration& migration) { migration.transaction = TransactionMode::simple_query; }

// `^([0-9]+)_(.*)\.(down|up)\.sql$` (source/parse.go).
bool is_one_way(std::string_view name, std::string_view ending) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && name[digits] == '_' && name.ends_with(ending) &&
         name.size() - ending.size() > digits;
}
bool is_up(std::string_view name) { return is_one_way(name, ".up.sql"); }
bool is_down(std::string_view name) { return is_one_way(name, ".down.sql"); }

bool fits(Tree&, const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(), is_up);
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!fits(tree, folder)) return std::nullopt;
  return "pairs of .up.sql and .down.sql files";
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> ups, downs, others;
  for (const std::string& name : sql_files(folder)) {
    (is_up(name) ? ups : is_down(name) ? downs : others).push_back(name);
  }
  // Its sources take any ending: a program of one's own may run `.up.go` beside these.
  for (const std::string& name : folder.files) {
    const std::size_t up = name.rfind(".up.");
    if (up == std::string::npos || is_up(name) || !is_one_way(name.substr(0, up + 3), ".up"))
      continue;
    history.code.push_back(tree.name_only(join_path(folder.path, name)));
    history.complete = false;
  }
  std::sort(ups.begin(), ups.end(), numbered_before);
  std::sort(downs.begin(), downs.end(), numbered_before);
  for (const std::string& name : ups) {
    Migration migration = read_migration(tree, join_path(folder.path, name), name);
    prepare(migration);
    history.migrations.push_back(std::move(migration));
  }
  for (const std::string& name : downs) {
    add_rollback(tree, join_path(folder.path, name), name, history);
  }
  add_unlisted(tree, folder, others, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader golang_migrate_reader{Tool::golang_migrate, evidence, fits, load, prepare, false};

}  // namespace migguard::project
