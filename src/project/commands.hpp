// Where a repository runs migration tools: package scripts, compose files, Dockerfiles, workflows,
// shell scripts.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <set>
#include <string>
#include <vector>

namespace migguard::project {

// The commands in the files of these folders, sorted by path and place; at most one per line, tool
// and action.
std::vector<RunnerCommand> find_commands(Tree& tree, const std::vector<std::string>& folders);

// The tools whose migrations are code that packages here depend on, so that their commands are not
// stale.
std::vector<Tool> find_code_tools(Tree& tree, const std::vector<std::string>& folders);

// The folders that compose files among these mount as `/docker-entrypoint-initdb.d`.
std::set<std::string> find_init_mounts(Tree& tree, const std::vector<std::string>& folders);

}  // namespace migguard::project
