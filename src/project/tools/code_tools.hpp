// Tools whose migrations are programs: named, so that a second tool beside them and their commands
// are seen; not read.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <string>
#include <vector>

namespace migguard::project {

// The histories in code among folders, without their packages. Each has at least one migration.
std::vector<History> find_code_histories(Tree& tree, const std::vector<std::string>& folders);

}  // namespace migguard::project
