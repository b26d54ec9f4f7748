// What git knows, asked through its plumbing: never through a shell, never so that a hook, a
// filter, a pager or a file monitor of the repository would run, and never over the network.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::git {

// A repository with a working tree.
struct Repository {
  std::string program;   // git itself
  std::string root;      // of the working tree, canonical
  std::string start;     // where git is started: a folder inside
  bool foreign = false;  // not the repository of the working directory: GIT_DIR is not meant for it
  bool shallow = false;
};

// The repository around a path. Errors: no git, no repository, one that git refuses to read.
Result<Repository> open(const std::string& path, const FileSystem& disk);

// A commit to compare with.
struct Base {
  std::string commit;  // empty: the empty tree, where the branch has no commit yet
  std::string name;    // `main (merge base 1a2b3c4d)`, for people
};

// The merge base of a revision and HEAD; while a merge is going on, of the revision and what will
// be committed. Errors say what to fetch where a shallow clone lacks it.
Result<Base> merge_base(const Repository& repository, const std::string& revision);
// HEAD, or the empty tree on a branch without a commit.
Result<Base> head(const Repository& repository);
// The commit that a merge in progress brings in; none where none is going on.
Result<std::optional<Base>> merging(const Repository& repository);
// Where HEAD left the default branch of `origin`; none where that is not known, or is HEAD itself.
Result<std::optional<Base>> published(const Repository& repository);

// The files of a commit, respectively of the index as it would be committed. What lies outside the
// repository is read from `disk`, which must outlive the answer. Errors: unmerged entries.
Result<std::unique_ptr<FileSystem>> files_of(const Repository& repository, const Base& base,
                                             const FileSystem& disk);
Result<std::unique_ptr<FileSystem>> files_of_index(const Repository& repository,
                                                   const FileSystem& disk);

}  // namespace migguard::git
