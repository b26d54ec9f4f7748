// The key `patternRules` of the configuration: rules of one's own without a line of C++.
#pragma once

#include <lint/own_rules.hpp>
#include <util/json.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

// The keys of an item.
inline constexpr std::array<std::string_view, 9> pattern_rule_keys{
    "name", "severity", "match", "ignoreNewTables", "message", "why", "help", "bad", "good"};

// Where a configuration is wrong, and what is.
struct PatternMistake {
  Span span;
  std::string message;
};

// Reads the list; the first mistake ends the reading.
std::optional<PatternMistake> read_pattern_rules(const json::Value& value,
                                                 std::vector<lint::PatternRule>& rules);

}  // namespace migguard::cli
