// dbmate: `<digits>*.sql` with `-- migrate:up` and `-- migrate:down`, in byte order of the file
// names.
#include <algorithm>
#include <project/names.hpp>
#include <project/schema_dump.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// `^--\s*migrate:up(\s*$|\s+\S+)` (pkg/dbmate/migration.go): at the line's begin, letter case
// counts.
std::string_view annotation(std::string_view line) {
  if (!line.starts_with("--")) return {};
  const std::string_view comment = trim(line.substr(2));
  return comment.starts_with("migrate:") ? comment : std::string_view();
}

Mark mark(std::string_view line) {
  const std::string_view words = annotation(line);
  if (begins_with_word(words, "migrate:up")) return Mark::up;
  return begins_with_word(words, "migrate:down") ? Mark::down : Mark::none;
}

// What of a file dbmate does not take (parseMigrationContents). It says so of the whole file.
std::optional<Defect> defect_in(std::string_view text) {
  bool up = false;
  bool down = false;
  bool statement_first = false;
  for (const std::string_view line : split(text, '\n')) {
    const Mark found = mark(line);
    if (found == Mark::up) {
      if (down && !up) return Defect{{}, "its down section comes before the up section"};
      up = true;
    } else if (found == Mark::down) {
      down = true;
    } else if (!up && !down && !trim(line).empty() && !trim(line).starts_with("--")) {
      statement_first = true;
    }
  }
  if (!up) return Defect{{}, "it has no `-- migrate:up`"};
  if (!down) return Defect{{}, "it has no `-- migrate:down`"};
  if (statement_first) return Defect{{}, "statements stand before its `-- migrate:up`"};
  return std::nullopt;
}

// Without its transaction, dbmate sends the section as one query.
bool without_transaction(std::string_view line) {
  return mark(line) == Mark::up && annotation(line).find("transaction:false") != line.npos;
}

void prepare(Migration& migration) {
  prepare_sections(migration, mark, without_transaction, TransactionMode::simple_query);
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!any_up_mark(tree, folder, mark)) return std::nullopt;
  return "files with -- migrate:up";
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> names = sql_files(folder);
  const auto skipped =
      std::stable_partition(names.begin(), names.end(), [](const std::string& name) {
        return !leading_digits(name).empty() && name.ends_with(".sql");
      });
  for (auto name = names.begin(); name != skipped; ++name) {
    Migration migration = read_migration(tree, join_path(folder.path, *name), *name);
    prepare(migration);
    migration.bad_annotation = defect_in(migration.source->text);
    const Sections sections = split_sections(migration.source->text, mark);
    add_sections(std::move(migration), sections, history);
  }
  add_unlisted(tree, folder, {skipped, names.end()}, history);
  // `--schema-file`, by default beside the migrations.
  history.dump = read_schema_dump(tree, join_path(parent_path(folder.path), "schema.sql"));
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader dbmate_reader{Tool::dbmate, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
