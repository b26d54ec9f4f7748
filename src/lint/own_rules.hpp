// Rules of one's own that are not compiled in: patterns in the configuration, and what a plugin
// says. Once registered they are rules like any other: with a name, a severity, ignore comments.
#pragma once

#include <migguard/rule.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

// The family of every rule that is not ours.
inline constexpr std::string_view own_family = "own";

// One value of a pattern: a glob, `/a regular expression/` as RE2 takes them (found anywhere), or
// `true`, `false` and numbers as they are written.
struct FieldPattern {
  std::vector<std::string> path;    // `column`, `type`, `name`
  std::vector<std::string> values;  // any of them
  bool negated = false;             // none of them
};

struct OperationPattern {
  std::size_t kind = 0;              // an index into operation_kinds()
  std::vector<FieldPattern> fields;  // all of them
};

// An item of the configuration's `patternRules`. In `message` and `help`, `{table}` or any other
// path in braces is what the operation holds there.
struct PatternRule {
  std::string name;
  Severity severity = Severity::error;
  std::string message, why, help;
  std::vector<OperationPattern> match;  // any of them
  bool ignore_new_tables = false;       // tables that the same migration made are let be
  std::vector<std::string> bad, good;   // SQL that yields the rule, and SQL that does not
};

// A rule as it is registered for one run: at a stable address, because findings refer to its name.
struct OwnRule {
  std::string name;
  std::string summary, why, instead;
  Rule rule;
  RegisteredRule registered;  // name, family and `rule` above
};
using OwnRules = std::deque<OwnRule>;

// Registers a rule, or finds it where it is known already.
OwnRule& register_own_rule(OwnRules& rules, std::string_view name, Severity severity,
                           std::string_view summary, std::string_view why,
                           std::string_view instead);
const OwnRule* find_own_rule(const OwnRules& rules, std::string_view name);

// A name that a rule of one's own may have: lower case letters, digits and dashes, and no rule of
// ours is called so. What is wrong with it, or nothing.
std::string own_name_mistake(std::string_view name);

// Whether a name says by itself that it is of no rule of ours: `team-...`, `own-...`. The
// configuration takes it before the plugin has spoken that the rule is of.
bool is_own_name(std::string_view name);

}  // namespace migguard::lint
