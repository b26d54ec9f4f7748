// Changes to files of a project, and how they are shown: as a unified diff.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::repair {

struct FileChange {
  std::string path;  // where the file is afterwards; of one that goes: where it was
  std::optional<std::string> before;  // none: a new file
  std::optional<std::string> after;   // none: the file goes
  std::string moved_from = {};        // empty: it stays where it is

  // Where it is now.
  const std::string& old_path() const { return moved_from.empty() ? path : moved_from; }
};

// As `git diff` shows it, so that `git apply` takes it. Empty for a change that changes nothing.
std::string unified_diff(const FileChange& change);

// The files as they would be afterwards.
class Changed final : public FileSystem {
 public:
  // `files` must outlive it.
  Changed(const FileSystem& files, const std::vector<FileChange>& changes);
  Result<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  Result<std::string> read(const std::string& path, std::size_t limit) const override;
  bool is_file(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<std::string> canonical(const std::string& path) const override;

 private:
  const FileSystem& files_;
  std::map<std::string, std::string> texts_;
  std::set<std::string> gone_;
};

}  // namespace migguard::repair
