// node-pg-migrate: `<digits>_name.sql` with `-- Up Migration` and `-- Down Migration`.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// `^\s*--[\s-]*(up|down)\s+migration` (src/sqlMigration.ts), letter case aside.
Mark mark(std::string_view line) {
  std::string_view words = comment_text(line);
  words.remove_prefix(std::min(words.find_first_not_of(" \t-"), words.size()));
  const Mark found = begins_with_word(words, "up")     ? Mark::up
                     : begins_with_word(words, "down") ? Mark::down
                                                       : Mark::none;
  if (found == Mark::none) return found;
  const std::string_view rest = trim(words.substr(found == Mark::up ? 2 : 4));
  return starts_with_ignoring_case(rest, "migration") ? found : Mark::none;
}

void prepare(Migration& migration) {
  migration.transaction = TransactionMode::per_file;
  migration.ranges = split_sections(migration.source->text, mark).up;
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!any_up_mark(tree, folder, mark)) return std::nullopt;
  return "files with -- Up Migration";
}

void load(Tree& tree, const Folder& folder, History& history) {
  // Migrations in JavaScript may stand between these.
  history.complete =
      std::none_of(folder.files.begin(), folder.files.end(), [](const std::string& name) {
        return name.ends_with(".js") || name.ends_with(".ts") || name.ends_with(".cjs") ||
               name.ends_with(".mjs");
      });
  std::vector<std::string> names = sql_files(folder);
  const auto skipped =
      std::stable_partition(names.begin(), names.end(),
                            [](const std::string& name) { return !leading_digits(name).empty(); });
  std::sort(names.begin(), skipped, numbered_before);
  for (auto name = names.begin(); name != skipped; ++name) {
    const std::string path = join_path(folder.path, *name);
    if (is_conventional_rollback(*name)) {
      add_rollback(tree, path, *name, history);
      continue;
    }
    Migration migration = read_migration(tree, path, *name);
    prepare(migration);
    const Sections sections = split_sections(migration.source->text, mark);
    add_sections(std::move(migration), sections, history);
  }
  add_unlisted(tree, folder, {skipped, names.end()}, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader node_pg_migrate_reader{
    Tool::node_pg_migrate, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
