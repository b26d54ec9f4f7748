// Paths as a code host spells them: relative to the root of the repository, wherever in it migguard
// was started.
#pragma once

#include <util/file_system.hpp>

#include <string>
#include <string_view>

namespace migguard::report {

// Where the repository is, and where the paths of a report start. Without a root, paths stay as
// they are shown.
struct Repository {
  std::string root = {};  // absolute
  std::string here = {};  // the working directory, absolute
};

// The repository around a path: the nearest folder above with a `.git`, which is a file in
// worktrees and submodules.
Repository find_repository(const std::string& path, const FileSystem& files);

// The path relative to the root; of a file that lies outside, the path itself.
std::string path_in(const Repository& repository, std::string_view path);

}  // namespace migguard::report
