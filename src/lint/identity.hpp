// What a finding is, wherever it moves to: the same after reformatting, moved lines and another
// version of the parser; another one once a literal changes. Baselines and the formats that follow
// findings from run to run rely on it.
#pragma once

#include <cstdint>
#include <lint/lint.hpp>
#include <migguard/finding.hpp>
#include <migguard/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

// The identity of each finding, in their order; findings must be sorted by place.
std::vector<Identity> identify(const Project& project, const std::vector<Finding>& findings);

// 32 hexadecimal digits for one finding of a rule at a path. The path is the caller's to choose: it
// must be relative to something that does not move, such as the root of the repository.
std::string fingerprint(std::string_view rule, std::string_view path, const Identity& identity);

}  // namespace migguard::lint
