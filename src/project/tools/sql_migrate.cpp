// sql-migrate (rubenv): `.sql` files with `-- +migrate Up` and `-- +migrate Down`.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// The words behind `-- +migrate`, as sqlparse/sqlparse.go reads them: at the line's begin.
std::string_view annotation(std::string_view line) {
  if (!line.starts_with("--")) return {};
  const std::string_view comment = trim(line.substr(2));
  if (!comment.starts_with("+migrate")) return {};
  return trim(comment.substr(std::string_view("+migrate").size()));
}

Mark mark(std::string_view line) {
  const std::string_view words = annotation(line);
  if (begins_with_word(words, "up")) return Mark::up;
  return begins_with_word(words, "down") ? Mark::down : Mark::none;
}

bool without_transaction(std::string_view line) {
  return mark(line) == Mark::up && annotation(line).find("notransaction") != line.npos;
}

void prepare(Migration& migration) {
  prepare_sections(migration, mark, without_transaction, TransactionMode::autocommit);
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!any_up_mark(tree, folder, mark)) return std::nullopt;
  return "files with -- +migrate Up";
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> names = sql_files(folder);
  // By number, then by name; names without a number come last (migrate.go compares those as text,
  // and digits sort before letters).
  const auto unnumbered =
      std::stable_partition(names.begin(), names.end(),
                            [](const std::string& name) { return !leading_digits(name).empty(); });
  std::sort(names.begin(), unnumbered, numbered_before);
  for (const std::string& name : names) {
    Migration migration = read_migration(tree, join_path(folder.path, name), name);
    prepare(migration);
    const Sections sections = split_sections(migration.source->text, mark);
    add_sections(std::move(migration), sections, history);
  }
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader sql_migrate_reader{Tool::sql_migrate, evidence, has_sql_files, load,
                                    prepare,           false};

}  // namespace migguard::project
