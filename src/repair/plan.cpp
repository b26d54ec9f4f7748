#include <repair/plan.hpp>

#include <algorithm>

namespace migguard::repair {

FileChange& ChangeList::of(const SourceFile& file) {
  for (FileChange& each : changes_)
    if (each.before && each.old_path() == file.path) return each;
  return changes_.emplace_back(FileChange{file.path, file.text, file.text});
}

void ChangeList::add(std::string path, std::string text) {
  changes_.push_back({std::move(path), std::nullopt, std::move(text)});
}

void ChangeList::edit(const SourceFile& file, std::string text) {
  of(file).after = std::move(text);
}

void ChangeList::move(const SourceFile& file, std::string new_path) {
  FileChange& change = of(file);
  change.moved_from = new_path == file.path ? std::string() : file.path;
  change.path = std::move(new_path);
}

void ChangeList::remove(const SourceFile& file) { of(file).after.reset(); }

std::string ChangeList::path_of(const SourceFile& file) const {
  for (const FileChange& each : changes_)
    if (each.before && each.old_path() == file.path) return each.path;
  return file.path;
}

std::vector<FileChange> ChangeList::take() {
  std::erase_if(changes_, [](const FileChange& each) { return unified_diff(each).empty(); });
  std::sort(changes_.begin(), changes_.end(),
            [](const FileChange& one, const FileChange& other) { return one.path < other.path; });
  return std::move(changes_);
}

}  // namespace migguard::repair
