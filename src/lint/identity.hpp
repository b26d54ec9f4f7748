// What a finding is, wherever it moves to: the same after reformatting, moved lines and another
// version of the parser; another one once a literal changes. Baselines and the formats that follow
// findings from run to run rely on it.
#pragma once

#include <cstdint>
#include <migguard/finding.hpp>
#include <migguard/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

struct Identity {
  // Of a finding in SQL: `sql1:` and a hash of its statement's tokens (comments and white space
  // out, literals kept, keywords folded). Elsewhere what the rule says it speaks of: a tag, a
  // version, a key; else `text1:` and a hash of the text to blame. Empty for a whole file.
  std::string subject;
  // From 1: the place among the findings of one rule, path and subject.
  std::uint32_t ordinal = 1;
};

// The identity of each finding, in their order; findings must be sorted by place.
std::vector<Identity> identify(const Project& project, const std::vector<Finding>& findings);

// 32 hexadecimal digits for one finding of a rule at a path. The path is the caller's to choose: it
// must be relative to something that does not move, such as the root of the repository.
std::string fingerprint(std::string_view rule, std::string_view path, const Identity& identity);

}  // namespace migguard::lint
