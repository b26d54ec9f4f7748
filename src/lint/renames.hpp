// Files of an earlier commit that are here under another path: what moved is not new.
#pragma once

#include <map>
#include <migguard/project.hpp>
#include <string>

namespace migguard::lint {

// Paths then to paths now, for files that are no longer where they were. A file is known again by
// its text, by its name and folder's name where only one file has them, or by the lines it shares
// with another: at least half of the bytes of the larger one, as git counts.
std::map<std::string, std::string> renamed_files(const Project& then, const Project& now);

}  // namespace migguard::lint
