// Files as git stores them, in a commit or in the index.
#pragma once

#include <git/repository.hpp>

namespace migguard::git {

// What a git command prints. Errors: it fails.
Result<std::string> plumb(const Repository& repository, const std::vector<std::string>& arguments,
                          const std::string& input);

// The files of a listing by `ls-tree -r -z` or `ls-files -s -z`. Contents are asked for together
// at the first read.
Result<std::unique_ptr<FileSystem>> stored_files(const Repository& repository,
                                                 const std::string& listing,
                                                 const FileSystem& disk);

}  // namespace migguard::git
