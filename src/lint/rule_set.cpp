#include <lint/rule_set.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <utility>

namespace migguard::lint {

std::optional<std::size_t> find_rule(std::string_view name) {
  const auto rules = all_rules();
  const auto place_where = [&](auto holds) -> std::optional<std::size_t> {
    const auto found = std::find_if(rules.begin(), rules.end(), holds);
    if (found == rules.end()) return std::nullopt;
    return static_cast<std::size_t>(found - rules.begin());
  };
  // Findings bear the very names of the registry; to compare them is quicker than to hash one, and
  // an index by name would cost a short run more than all that it looks up.
  if (const auto same = place_where([&](const RegisteredRule& each) {
        return each.name.data() == name.data() && each.name.size() == name.size();
      }))
    return same;
  if (const auto named = place_where([&](const RegisteredRule& each) { return each.name == name; }))
    return named;
  return place_where([&](const RegisteredRule& each) {
    const auto& former = each.rule->formerly;
    return std::find(former.begin(), former.end(), name) != former.end();
  });
}

bool same_rule(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto known = find_rule(a);
  return known && known == find_rule(b);
}

namespace {

// Pairs of rules that say the same of the same place: a convention of a team's, and the advice it
// follows. Where both are on, the one that the configuration names speaks, else the advice.
constexpr std::pair<std::string_view, std::string_view> alike[] = {
    {"explicit-on-delete", "convention-fk-on-delete"}};

}  // namespace

RuleSet::RuleSet(const Settings& settings, const OwnRules& own) : rules_(all_rules()) {
  if (!own.empty()) {
    with_own_.assign(rules_.begin(), rules_.end());
    for (const OwnRule& each : own) with_own_.push_back(each.registered);
    rules_ = with_own_;
  }
  settings_.reserve(rules_.size());
  for (const RegisteredRule& rule : rules_) {
    settings_.push_back({rule.rule->off_by_default && !settings.preset_all, std::nullopt, nullptr});
  }
  for (std::size_t index = 0; index < rules_.size() && !settings.families.empty(); ++index) {
    const auto family = settings.families.find(std::string(rules_[index].family));
    if (family == settings.families.end()) continue;
    // A severity turns on no rule that is off by default.
    settings_[index].off |= family->second.off;
    settings_[index].severity = family->second.severity;
  }
  for (const auto& [name, setting] : settings.rules) {
    if (const auto index = find(name))
      settings_[*index] = {setting.off, setting.severity, &setting.options};
  }
  for (const auto& [advice, convention] : alike) {
    const auto other = find(convention);
    if (!other || settings_[*other].off) continue;
    const auto one = find(advice);
    if (!one || settings_[*one].off) continue;
    const bool named = settings.rules.count(std::string(convention)) > 0;
    settings_[named ? *one : *other].off = true;
  }
  for (const Override& each : settings.overrides) {
    PathSettings path_settings{&each, {}};
    for (std::size_t index = 0; index < rules_.size(); ++index) {
      const auto family = each.families.find(std::string(rules_[index].family));
      if (family == each.families.end()) continue;
      const Setting& general = settings_[index];
      path_settings.rules.push_back(
          {index, {general.off || family->second.off, family->second.severity, general.options}});
    }
    for (const auto& [name, setting] : each.rules) {
      if (const auto index = find(name)) {
        path_settings.rules.push_back({*index, {setting.off, setting.severity, &setting.options}});
      }
    }
    overrides_.push_back(std::move(path_settings));
  }
  enabled_anywhere_.resize(rules_.size());
  for (std::size_t index = 0; index < rules_.size(); ++index) {
    bool enabled = !settings_[index].off;
    for (const PathSettings& each : overrides_) {
      for (const auto& [rule, setting] : each.rules) enabled |= rule == index && !setting.off;
    }
    enabled_anywhere_[index] = enabled;
  }
}

std::uint32_t RuleSet::enabled_count() const {
  return static_cast<std::uint32_t>(
      std::count(enabled_anywhere_.begin(), enabled_anywhere_.end(), true));
}

bool RuleSet::any_severity() const {
  return !overrides_.empty() || std::any_of(settings_.begin(), settings_.end(),
                                            [](const Setting& each) { return each.severity; });
}

std::optional<std::size_t> RuleSet::find(std::string_view name) const {
  if (const auto ours = find_rule(name)) return ours;
  for (std::size_t index = all_rules().size(); index < rules_.size(); ++index)
    if (rules_[index].name == name) return index;
  return std::nullopt;
}

RuleSet::Setting RuleSet::setting(std::size_t index, std::string_view path) const {
  Setting found = settings_[index];
  for (const PathSettings& each : overrides_) {
    const auto matches = [&](const std::string& glob) { return glob_match(glob, path); };
    if (!std::any_of(each.source->paths.begin(), each.source->paths.end(), matches)) continue;
    for (const auto& [rule, override_setting] : each.rules) {
      if (rule == index) found = override_setting;
    }
    break;  // the first override that matches wins
  }
  return found;
}

const OptionSetting* RuleSet::option(std::size_t index, std::string_view name,
                                     std::string_view path) const {
  // An override that sets a severity alone leaves the options as they are.
  for (const auto* options : {setting(index, path).options, settings_[index].options}) {
    if (!options) continue;
    const auto found = options->find(std::string(name));
    if (found != options->end()) return &found->second;
  }
  return nullptr;
}

RuleSet::Verdict RuleSet::verdict(std::size_t index, std::string_view path) const {
  const Setting setting = this->setting(index, path);
  if (setting.off) return Verdict::off;
  if (!setting.severity) return Verdict::rule;
  switch (*setting.severity) {
    case Severity::note:
      return Verdict::note;
    case Severity::warning:
      return Verdict::warning;
    case Severity::error:
      return Verdict::error;
  }
  return Verdict::rule;
}

}  // namespace migguard::lint
