// Migrations, rollbacks and sections from the `.sql` files of a folder.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <util/text.hpp>

namespace migguard::project {

std::vector<std::string> sql_files(const Folder& folder) {
  std::vector<std::string> names;
  std::copy_if(folder.files.begin(), folder.files.end(), std::back_inserter(names),
               [](const std::string& name) { return is_sql(name); });
  return names;
}

bool has_sql_files(Tree&, const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(),
                     [](const std::string& name) { return is_sql(name); });
}

Migration read_migration(Tree& tree, const std::string& path, std::string id) {
  Migration migration;
  migration.number = leading_digits(id);
  migration.id = std::move(id);
  std::string failure;
  migration.source = tree.read(path, &failure);
  if (!migration.source) {
    migration.source = tree.keep(path, {});
    migration.script.problems.push_back(
        {failure.starts_with("is larger than") ? ProblemKind::too_large : ProblemKind::unreadable,
         {},
         {},
         cat("this file cannot be read: ", failure.starts_with("is ") ? "it " : "", failure),
         {}});
  }
  return migration;
}

void add_rollback(Tree& tree, const std::string& path, std::string id, History& history) {
  Migration migration = read_migration(tree, path, std::move(id));
  migration.rollback = true;
  migration.by_convention = is_conventional_rollback(file_name(path));
  history.rollbacks.push_back(std::move(migration));
}

void add_rollback_folders(Tree& tree, const Folder& folder, History& history) {
  for (const std::string& name : folder.folders) {
    if (!is_rollback_folder(name)) continue;
    const Folder& below = tree.folder(join_path(folder.path, name));
    for (const std::string& file : sql_files(below)) {
      add_rollback(tree, join_path(below.path, file), file, history);
    }
  }
}

void add_files(Tree& tree, const Folder& folder, const std::vector<std::string>& names,
               void (*prepare)(Migration&), History& history) {
  history.migrations.reserve(history.migrations.size() + names.size());
  for (const std::string& name : names) {
    const std::string path = folder.path_of(name);
    if (is_rollback_name(name)) {
      add_rollback(tree, path, name, history);
      continue;
    }
    Migration& migration = history.migrations.emplace_back(read_migration(tree, path, name));
    if (prepare) prepare(migration);
  }
}

void add_unlisted(Tree& tree, const Folder& folder, const std::vector<std::string>& names,
                  History& history) {
  for (const std::string& name : names) {
    const std::string path = join_path(folder.path, name);
    if (is_dump_or_seed(name)) continue;
    if (is_rollback_name(name)) {
      add_rollback(tree, path, name, history);
      continue;
    }
    Migration migration = read_migration(tree, path, name);
    migration.listed = false;
    history.migrations.push_back(std::move(migration));
  }
}

void prepare_sections(Migration& migration, Mark (*mark)(std::string_view line),
                      bool (*without_transaction)(std::string_view line), TransactionMode without) {
  const std::string_view text = migration.source->text;
  const std::vector<std::string_view> lines = split(text, '\n');
  const bool opts_out = std::any_of(lines.begin(), lines.end(), without_transaction);
  migration.transaction = opts_out ? without : TransactionMode::per_file;
  migration.ranges = split_sections(text, mark).up;
}

void add_sections(Migration migration, const Sections& sections, History& history) {
  if (!sections.down.empty()) {
    Migration down;
    down.id = migration.id;
    down.number = migration.number;
    down.source = migration.source;
    down.rollback = true;
    down.by_convention = true;
    down.transaction = migration.transaction;
    down.ranges = sections.down;
    history.rollbacks.push_back(std::move(down));
  }
  migration.ranges = sections.up;
  history.migrations.push_back(std::move(migration));
}

bool any_up_mark(Tree& tree, const Folder& folder, Mark (*mark)(std::string_view line)) {
  bool has_sql = false, numbered = false;
  for (const std::string& name : folder.files) {
    if (!is_sql(name)) continue;
    has_sql = true;
    numbered |= !leading_digits(name).empty();
  }
  if (!numbered && !(has_sql && is_migrations_name(tree.name_of(folder.path)))) return false;
  const std::vector<std::string_view>& lines = tree.comment_lines(folder);
  return std::any_of(lines.begin(), lines.end(),
                     [&](std::string_view line) { return mark(line) == Mark::up; });
}

bool is_migrations_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {
      "db", "docker-entrypoint-initdb.d", "initdb", "migration", "migrations", "sql"};
  return std::binary_search(names.begin(), names.end(), name);
}

Dialect dialect_of_path(std::string_view path) {
  Dialect found = Dialect::postgresql;
  std::size_t begin = 0;
  while (begin < path.size()) {
    std::size_t end = path.find_first_of("/-_.", begin);
    if (end == std::string_view::npos) end = path.size();
    const std::string word = to_lower(path.substr(begin, end - begin));
    begin = end + 1;
    // Also as a part of a word, where no other word has it: `riversqlite`, `mysqlstore`.
    const auto has = [&](std::string_view part) { return word.find(part) != word.npos; };
    if (has("mysql") || has("mariadb")) {
      found = Dialect::mysql;
    } else if (has("sqlite") || word == "turso" || word == "d1") {
      found = Dialect::sqlite;
    } else if (word == "h2" || word == "oracle" || word == "mssql" || has("sqlserver") ||
               has("clickhouse") || has("hsqldb") || has("cockroach")) {
      found = Dialect::other;
    } else if (has("postgres") || word == "pg") {
      found = Dialect::postgresql;
    }
  }
  return found;
}

}  // namespace migguard::project
