// What somebody has answered for: marks findings as suppressed or accepted, and reports answers to
// nothing.
#pragma once

#include <lint/lint.hpp>
#include <lint/rule_set.hpp>
#include <vector>

namespace migguard::lint {

// Ignore comments. One that hits nothing, names no rule, is misspelt or has run out by `now`
// (milliseconds since 1970) becomes a finding of the family `input`.
void apply_ignore_comments(const Project& project, const RuleSet& rules, std::int64_t now,
                           std::vector<Finding>& findings);

// The configuration's `accept` entries and `appliedThrough`: up to that migration, what destroys or
// blocks has long happened.
void apply_accepted(const Settings& settings, const Project& project,
                    std::vector<Finding>& findings);

// The baseline. The entries below the paths linted that match nothing any more; what a rule is
// accepted for that only an absent plugin knows is left alone.
std::vector<BaselineEntry> apply_baseline(const Settings& settings, const Project& project,
                                          const RuleSet& rules, std::vector<Finding>& findings);

}  // namespace migguard::lint
