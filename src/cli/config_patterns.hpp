// The key `patternRules` of the configuration: rules of one's own without a line of C++.
#pragma once

#include <lint/own_rules.hpp>
#include <util/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migguard::cli {

// Where a configuration is wrong, and what is.
struct PatternMistake {
  Span span;
  std::string message;
};

// Reads the list; the first mistake ends the reading.
std::optional<PatternMistake> read_pattern_rules(const json::Value& value,
                                                 std::vector<lint::PatternRule>& rules);

}  // namespace migguard::cli
