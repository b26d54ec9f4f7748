// Which rules are on, with which severity, for which file.
#pragma once

#include <lint/lint.hpp>
#include <migguard/rule.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace migguard::lint {

class RuleSet {
 public:
  // Ours first, then one's own. Both arguments must outlive it.
  RuleSet(const Settings& settings, const OwnRules& own);
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  std::size_t size() const { return rules_.size(); }
  const RegisteredRule& operator[](std::size_t index) const { return rules_[index]; }
  // Whether any file may get findings of the rule.
  bool enabled_anywhere(std::size_t index) const {
    return !settings_[index].off || turned_on_by_override(index);
  }
  std::uint32_t enabled_count() const;
  // Whether the configuration sets the severity of any rule, for any file.
  bool any_severity() const;
  // The severity that the configuration sets for a file: none where the rule is off there, `rule`
  // where the configuration is silent.
  enum class Verdict : std::uint8_t { off, rule, note, warning, error };
  Verdict verdict(std::size_t index, std::string_view path) const;
  // What the configuration sets for an option of a rule, for a file; null where it is silent.
  const OptionSetting* option(std::size_t index, std::string_view name,
                              std::string_view path) const;
  // The rule of that name, current or former.
  std::optional<std::size_t> find(std::string_view name) const;

 private:
  struct Setting {
    bool off = false;
    std::optional<Severity> severity;
    const std::map<std::string, OptionSetting>* options = nullptr;
  };
  struct PathSettings {
    const Override* source;
    std::vector<std::pair<std::size_t, Setting>> rules;
  };
  bool turned_on_by_override(std::size_t index) const;
  // As the settings and the first override that matches the path leave it.
  Setting setting(std::size_t index, std::string_view path) const;

  std::vector<RegisteredRule> with_own_;  // all of them, where there are own ones
  std::span<const RegisteredRule> rules_;
  std::vector<Setting> settings_;
  std::vector<PathSettings> overrides_;
};

// The index of a compiled-in rule, by its name or a former one.
std::optional<std::size_t> find_rule(std::string_view name);
// Whether two names, current or former, are of one rule.
bool same_rule(std::string_view a, std::string_view b);

}  // namespace migguard::lint
