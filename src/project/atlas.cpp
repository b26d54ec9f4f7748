// Atlas: a directory of `.sql` files with `atlas.sum`, in byte order.
#include <project/names.hpp>
#include <project/sql_files.hpp>
#include <project/tools.hpp>
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

bool fits(Tree&, const Folder& folder) { return !sql_files(folder).empty(); }

std::optional<std::string> evidence(Tree&, const Folder& folder) {
  if (!folder.has_file("atlas.sum")) return std::nullopt;
  return cat("its ", join_path(folder.path, "atlas.sum"));
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

const ToolReader atlas_reader{Tool::atlas, evidence, fits, load, prepare, false};

}  // namespace migguard::project
