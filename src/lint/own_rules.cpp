#include <lint/own_rules.hpp>
#include <lint/rule_set.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::lint {

OwnRule& register_own_rule(OwnRules& rules, std::string_view name, Severity severity,
                           std::string_view summary, std::string_view why,
                           std::string_view instead) {
  const auto known = std::find_if(rules.begin(), rules.end(),
                                  [&](const OwnRule& each) { return each.name == name; });
  if (known != rules.end()) return *known;
  OwnRule& rule = rules.emplace_back();
  rule.name = name;
  rule.summary = summary;
  rule.why = why;
  rule.instead = instead;
  rule.rule.severity = severity;
  rule.rule.summary = rule.summary;
  rule.rule.why = rule.why;
  rule.rule.instead = rule.instead;
  rule.registered = {rule.name, own_family, &rule.rule};
  return rule;
}

const OwnRule* find_own_rule(const OwnRules& rules, std::string_view name) {
  const auto known = std::find_if(rules.begin(), rules.end(),
                                  [&](const OwnRule& each) { return each.name == name; });
  return known == rules.end() ? nullptr : &*known;
}

std::string own_name_mistake(std::string_view name) {
  const bool lawful =
      !name.empty() && name.size() <= 80 && name.front() >= 'a' && name.front() <= 'z' &&
      std::all_of(name.begin(), name.end(), [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
      });
  if (!lawful)
    return cat("`", printable(name),
               "` is no name for a rule: lower case letters, digits and dashes");
  if (find_rule(name)) return cat("`", name, "` is the name of one of migguard's own rules");
  return {};
}

bool is_own_name(std::string_view name) {
  return (name.starts_with("team-") || name.starts_with("own-")) && own_name_mistake(name).empty();
}

}  // namespace migguard::lint
