// Atlas: a directory of `.sql` files with `atlas.sum`, in byte order.
#include <project/names.hpp>
#include <project/tools/atlas_sum.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// A transaction per file unless a directive says otherwise: `-- atlas:txmode none`.
void prepare(Migration& migration) {
  migration.transaction = TransactionMode::per_file;
  for (std::string_view line : split(migration.source->text, '\n')) {
    const std::string_view comment = comment_text(line);
    // Directives of a file stand at its top.
    if (comment.empty() && !trim(line).empty() && !trim(line).starts_with("--")) return;
    if (begins_with_word(comment, "atlas:txmode") && comment.ends_with("none")) {
      migration.transaction = TransactionMode::autocommit;
      return;
    }
  }
}

// Atlas also runs folders that are written for other tools (`format = goose`): those read them.
bool is_written_for_another(Tree& tree, const Folder& folder) {
  return goose_reader.evidence(tree, folder) || dbmate_reader.evidence(tree, folder) ||
         atlas_leaves_out_downs(tree, folder);
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  std::string found;
  if (folder.has_file("atlas.sum")) {
    found = cat("its ", join_path(folder.path, "atlas.sum"));
  } else if (const auto place =
                 has_sql_files(tree, folder) ? atlas_place(tree, folder) : std::nullopt) {
    found = cat("named in ", place->source->path);
  }
  if (found.empty() || is_written_for_another(tree, folder)) return std::nullopt;
  return found;
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  if (folder.has_file("atlas.sum")) {
    history.marker = tree.read(join_path(folder.path, "atlas.sum"));
  }
  add_files(tree, folder, sql_files(folder), prepare, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader atlas_reader{Tool::atlas, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
