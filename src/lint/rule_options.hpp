// The options of rules: what a configuration sets, against what the rule declares.
#pragma once

#include <map>
#include <migguard/rule.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <util/json.hpp>

namespace migguard::lint {

struct OptionMistake {
  Span span;
  std::string message;
};

// Reads the object of a rule's options. The first mistake (an option the rule does not have, or of
// the wrong kind) ends the reading.
std::optional<OptionMistake> read_options(std::string_view rule, const json::Value& object,
                                          std::map<std::string, OptionSetting>& settings);

}  // namespace migguard::lint
