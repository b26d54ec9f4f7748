// `--plugin COMMAND`: a program in any language that reads operations as lines of JSON and answers
// with findings. docs/plugins.md describes the lines.
//
// A plugin is named on the command line only, never in a file of the linted tree: a hook must not
// run what a pull request brings.
#pragma once

#include <lint/outsider.hpp>
#include <util/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migguard::cli {

// One outsider for all commands; null where there are none. Errors: a command that is empty, or a
// program that is not there.
Result<std::unique_ptr<lint::Outsider>> start_plugins(const std::vector<std::string>& commands);

// A command line in words, as a shell would cut it: quotes and backslashes count, nothing else does.
std::vector<std::string> command_words(std::string_view command);

}  // namespace migguard::cli
