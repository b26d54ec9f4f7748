// The findings of an audit in the order of importance, and what to do first about them.
#pragma once

#include <migguard/finding.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace migguard::report {

// What one rule found, of open findings.
struct Chapter {
  std::string_view rule;
  std::string_view family;
  Severity severity = Severity::note;  // the gravest
  std::size_t errors = 0, warnings = 0, notes = 0;
  std::vector<const Finding*> findings;  // the gravest first
};

// Grave before light; among equals what cannot be read, what never runs, what is lost, what fails,
// what blocks.
std::vector<Chapter> chapters_of(const std::vector<Finding>& findings);

// Findings of a chapter of at least `least` that have one cause, or that one why and one help
// answer.
std::vector<std::vector<const Finding*>> by_remedy(const Chapter& chapter, Severity least);

// One thing to do: findings of one rule whose help begins with the same words.
struct Step {
  Severity severity = Severity::error;
  std::vector<const Finding*> findings;
  const Finding& first() const { return *findings.front(); }
};
std::vector<Step> steps_of(const std::vector<Chapter>& chapters, Severity least);

}  // namespace migguard::report
