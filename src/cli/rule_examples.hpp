// Runs the examples of rules: what a rule says it finds, it must find, and nothing of what it says
// it does not.
#pragma once

#include <lint/own_rules.hpp>
#include <migguard/rule.hpp>
#include <util/result.hpp>

#include <span>
#include <string>

namespace migguard::cli {

struct RanExamples {
  std::string report;  // a line for each rule, and what went wrong; the last line sums up
  bool failed = false;
};

// Errors: an example's options cannot be read.
Result<RanExamples> run_examples(std::span<const lint::PatternRule> patterns,
                                 std::span<const RegisteredRule> compiled);

}  // namespace migguard::cli
