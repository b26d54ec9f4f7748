#include <cli/new_migrations.hpp>
#include <project/tools/atlas_sum.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::cli {

NewMigrations::NewMigrations(const History* history, Tool tool, std::string folder,
                             const FileSystem& files, std::int64_t now)
    : files_(files), folder_{tool, std::move(folder), history, {}}, now_(now) {
  const auto entries = files.list(folder_.folder);
  if (!entries) return;  // not there yet
  for (const DirectoryEntry& each : *entries) folder_.names.push_back(each.name);
}

void NewMigrations::change(repair::FileChange change) {
  const auto earlier = std::find_if(changes_.begin(), changes_.end(),
                                    [&](const auto& each) { return each.path == change.path; });
  if (earlier == changes_.end()) return changes_.push_back(std::move(change));
  earlier->after = std::move(change.after);
}

// Atlas runs no folder whose sum does not fit.
std::optional<Error> NewMigrations::renew_atlas_sum() {
  const History* history = folder_.history;
  if (!history || !history->atlas || !history->atlas->source) return std::nullopt;
  if (history->atlas->difference != AtlasSum::Difference::none)
    return Error{
        "does not fit the files beside it: `atlas migrate hash` first, once they are right",
        history->atlas->source->path};
  std::vector<project::SummedFile> summed;
  const bool without_downs = project::atlas_sum_leaves_out_downs(history->atlas->source->text) ||
                             folder_.tool == Tool::golang_migrate;
  const auto add = [&](std::string_view name, std::string text) {
    if (!name.ends_with(".sql") || (without_downs && name.ends_with(".down.sql"))) return;
    summed.push_back({std::string(name), std::move(text)});
  };
  for (const std::string& each : folder_.names) {
    if (!each.ends_with(".sql")) continue;
    auto text = files_.read(join_path(folder_.folder, each));
    if (!text) return text.error();
    add(each, *std::move(text));
  }
  for (const repair::FileChange& each : changes_) {
    if (!each.before && parent_path(each.path) == folder_.folder)
      add(file_name(each.path), *each.after);
  }
  change({history->atlas->source->path, history->atlas->source->text,
          project::atlas_sum_text(std::move(summed))});
  return std::nullopt;
}

std::optional<Error> NewMigrations::add(const MigrationText& text,
                                        const std::optional<AddedColumn>& column) {
  const History* history = folder_.history;
  if (history && history->tool == Tool::drizzle && history->drizzle && history->drizzle->source) {
    auto error = add_to_journal(text, column);
    ++added_;
    return error;
  }
  auto made = migration_files(folder_, text, now_, added_);
  if (!made) return made.error();
  for (NewFile& each : *made) {
    if (history && history->tool == Tool::drizzle_v1) {
      each.text = script_of(text.comment, text.forward, "\n--> statement-breakpoint\n");
      if (auto error = add_snapshot(parent_path(each.path), column)) return error;
    }
    changes_.push_back({std::move(each.path), std::nullopt, std::move(each.text)});
  }
  ++added_;
  return renew_atlas_sum();
}

}  // namespace migguard::cli
