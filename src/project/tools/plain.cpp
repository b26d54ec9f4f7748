// Numbered SQL files without a tool: a loop over psql, or the init directory of the postgres image.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>

namespace migguard::project {
namespace {

void prepare(Migration& migration) { migration.transaction = TransactionMode::autocommit; }

// `^\d+[_-].*\.sql$`
bool is_numbered(const std::string& name) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && (name[digits] == '_' || name[digits] == '-') &&
         is_sql(name);
}

// `migrations/tenant` and `migrations/multitenant`: the folder named for migrations holds no SQL
// file itself, only a history for each of its databases.
bool is_part_of_migrations(Tree& tree, const Folder& folder) {
  const std::string above = parent_path(folder.path);
  return above != folder.path && tree.inside(above) && is_migrations_name(tree.name_of(above)) &&
         sql_files(tree.folder(above)).empty();
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!is_migrations_name(tree.name_of(folder.path)) && !is_part_of_migrations(tree, folder))
    return std::nullopt;
  const auto numbered = std::count_if(folder.files.begin(), folder.files.end(), is_numbered);
  if (numbered < 2) return std::nullopt;
  return cat(numbered, " numbered files in ", folder.path);
}

void load(Tree& tree, const Folder& folder, History& history) {
  const std::string name = tree.name_of(folder.path);
  if (name == "docker-entrypoint-initdb.d") history.docker_init = true;
  history.complete = history.docker_init;
  std::vector<std::string> names = sql_files(folder);
  // Rails and dbmate keep a dump of the schema there, which is no step of anything.
  if (!history.docker_init && name == "db") {
    std::erase_if(names, [](const std::string& each) { return is_dump_or_seed(each); });
  }
  add_files(tree, folder, names, prepare, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader plain_reader{Tool::plain, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
