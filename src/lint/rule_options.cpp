#include <lint/rule_options.hpp>
#include <lint/rule_set.hpp>
#include <util/text.hpp>

#include <re2/re2.h>

#include <algorithm>
#include <vector>

namespace migguard::lint {
namespace {

std::string_view expected(OptionKind kind) {
  switch (kind) {
    case OptionKind::flag:
      return "true or false";
    case OptionKind::number:
      return "a whole number";
    case OptionKind::pattern:
      return "a regular expression";
    case OptionKind::texts:
      return "a list of strings";
  }
  return {};
}

bool read(const json::Value& value, OptionKind kind, OptionSetting& setting) {
  switch (kind) {
    case OptionKind::flag:
      setting.flag = value.boolean;
      return value.kind == json::Kind::boolean;
    case OptionKind::number:
      setting.number = value.integer().value_or(0);
      return value.integer().has_value();
    case OptionKind::pattern:
      setting.texts = {value.text};
      return value.is_string() && RE2(value.text, RE2::Quiet).ok();
    case OptionKind::texts:
      for (const json::Value& item : value.items) {
        if (!item.is_string()) return false;
        setting.texts.push_back(item.text);
      }
      return value.is_array();
  }
  return false;
}

}  // namespace

std::optional<OptionMistake> read_options(std::string_view rule, const json::Value& object,
                                          std::map<std::string, OptionSetting>& settings) {
  const auto index = find_rule(rule);
  const std::span<const Option> options =
      index ? all_rules()[*index].rule->options : std::span<const Option>();
  for (const json::Member& member : object.members) {
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const Option& each) { return each.name == member.key; });
    if (option == options.end()) {
      std::vector<std::string_view> names;
      for (const Option& each : options) names.push_back(each.name);
      const auto meant = closest(member.key, names);
      return OptionMistake{member.key_span,
                           cat("the rule `", rule, "` has no option `", member.key, "`",
                               meant ? cat("; did you mean `", *meant, "`?") : "")};
    }
    OptionSetting setting;
    if (!read(member.value, option->kind, setting)) {
      return OptionMistake{member.value.span,
                           cat("`", member.key, "` must be ", expected(option->kind))};
    }
    if (!settings.emplace(member.key, std::move(setting)).second) {
      return OptionMistake{member.key_span, cat("the key `", member.key, "` stands here twice")};
    }
  }
  return std::nullopt;
}

}  // namespace migguard::lint
