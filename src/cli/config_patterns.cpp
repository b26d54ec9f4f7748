#include <cli/config_patterns.hpp>
#include <cli/options.hpp>
#include <lint/op_fields.hpp>
#include <lint/pattern_rules.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace migguard::cli {
namespace {

using lint::FieldPattern;
using lint::OperationPattern;
using lint::PatternRule;

using Mistake = std::optional<PatternMistake>;

Mistake wrong(Span span, std::string message) { return PatternMistake{span, std::move(message)}; }

Mistake read_text(const json::Value& value, std::string_view what, std::string& out) {
  if (!value.is_string() || value.text.empty())
    return wrong(value.span, cat("`", what, "` must be a text"));
  out = value.text;
  return std::nullopt;
}

Mistake read_texts(const json::Value& value, std::string_view what, std::vector<std::string>& out) {
  if (!value.is_array()) return wrong(value.span, cat("`", what, "` must be a list of texts"));
  for (const json::Value& each : value.items)
    if (auto mistake = read_text(each, what, out.emplace_back())) return mistake;
  return std::nullopt;
}

// A glob, an expression, a number, true or false.
Mistake read_value(const json::Value& value, std::string_view field, FieldPattern& out) {
  std::string text;
  if (value.kind == json::Kind::boolean) {
    text = value.boolean ? "true" : "false";
  } else if (value.is_string() || value.is_number()) {
    text = value.text;
  } else {
    return wrong(value.span, cat("`", field, "` takes a pattern, a number, true or false, a list ",
                                 "of these, or {\"not\": ...}"));
  }
  if (const auto mistake = lint::value_mistake(text)) return wrong(value.span, *mistake);
  out.values.push_back(std::move(text));
  return std::nullopt;
}

Mistake read_field(const json::Member& member, std::size_t kind, OperationPattern& pattern) {
  FieldPattern& field = pattern.fields.emplace_back();
  field.path = lint::path_parts(member.key);
  std::vector<std::string_view> known;
  if (!lint::path_exists(kind, field.path, known)) {
    return wrong(member.key_span, cat("`", lint::operation_kinds()[kind], "` has no field `",
                                      member.key, "`", suggestion(field.path.back(), known)));
  }
  const json::Value* value = &member.value;
  if (value->is_object() && value->members.size() == 1 && value->members.front().key == "not") {
    field.negated = true;
    value = &value->members.front().value;
  }
  if (!value->is_array()) return read_value(*value, member.key, field);
  if (value->items.empty()) return wrong(value->span, cat("`", member.key, "` has an empty list"));
  for (const json::Value& each : value->items)
    if (auto mistake = read_value(each, member.key, field)) return mistake;
  return std::nullopt;
}

Mistake read_kind(const json::Value& value, std::vector<std::size_t>& kinds) {
  if (value.is_array() && !value.items.empty()) {
    for (const json::Value& each : value.items)
      if (auto mistake = read_kind(each, kinds)) return mistake;
    return std::nullopt;
  }
  if (!value.is_string()) return wrong(value.span, "`kind` must name an operation, or several");
  const auto names = lint::operation_kinds();
  const auto found = std::find(names.begin(), names.end(), value.text);
  if (found == names.end()) {
    const auto meant = closest(value.text, names);
    return wrong(value.span, cat("there is no operation `", value.text, "`",
                                 meant ? cat("; did you mean `", *meant, "`?")
                                       : "; `migguard dump` shows them"));
  }
  kinds.push_back(static_cast<std::size_t>(found - names.begin()));
  return std::nullopt;
}

Mistake read_match(const json::Value& value, PatternRule& rule) {
  if (value.is_array()) {
    for (const json::Value& each : value.items) {
      if (!each.is_object()) return wrong(each.span, "an item of `match` must be an object");
      if (auto mistake = read_match(each, rule)) return mistake;
    }
    return std::nullopt;
  }
  if (!value.is_object()) return wrong(value.span, "`match` must be an object or a list of them");
  const json::Member* kind = value.find("kind");
  if (!kind) return wrong(value.span, "`match` needs the `kind` of an operation");
  std::vector<std::size_t> kinds;
  if (auto mistake = read_kind(kind->value, kinds)) return mistake;
  for (const std::size_t each : kinds) {
    OperationPattern& pattern = rule.match.emplace_back();
    pattern.kind = each;
    for (const json::Member& member : value.members) {
      if (member.key == "kind") continue;
      if (auto mistake = read_field(member, each, pattern)) return mistake;
    }
  }
  return std::nullopt;
}

Mistake read_severity(const json::Value& value, Severity& out) {
  constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
  constexpr std::array severities{Severity::note, Severity::warning, Severity::error};
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (!value.is_string() || value.text != names[index]) continue;
    out = severities[index];
    return std::nullopt;
  }
  return wrong(value.span, "`severity` is \"note\", \"warning\" or \"error\"");
}

Mistake read_member(const json::Member& member, PatternRule& rule) {
  const json::Value& value = member.value;
  if (member.key == "name") {
    if (auto mistake = read_text(value, "name", rule.name)) return mistake;
    const std::string unlawful = lint::own_name_mistake(rule.name);
    return unlawful.empty() ? Mistake() : wrong(value.span, unlawful);
  }
  if (member.key == "severity") return read_severity(value, rule.severity);
  if (member.key == "match") return read_match(value, rule);
  if (member.key == "message") return read_text(value, "message", rule.message);
  if (member.key == "why") return read_text(value, "why", rule.why);
  if (member.key == "help") return read_text(value, "help", rule.help);
  if (member.key == "bad") return read_texts(value, "bad", rule.bad);
  if (member.key == "good") return read_texts(value, "good", rule.good);
  if (member.key == "ignoreNewTables") {
    rule.ignore_new_tables = value.boolean;
    return value.kind == json::Kind::boolean
               ? Mistake()
               : wrong(value.span, "`ignoreNewTables` must be true or false");
  }
  return wrong(member.key_span,
               cat("unknown key `", member.key, "`", suggestion(member.key, pattern_rule_keys)));
}

Mistake read_rule(const json::Value& value, PatternRule& rule) {
  if (!value.is_object()) return wrong(value.span, "an item of `patternRules` must be an object");
  std::set<std::string_view> seen;
  for (const json::Member& member : value.members) {
    if (!seen.insert(member.key).second)
      return wrong(member.key_span, cat("the key `", member.key, "` stands here twice"));
    if (auto mistake = read_member(member, rule)) return mistake;
  }
  for (const std::string_view needed : {"name", "match", "message"}) {
    if (!seen.contains(needed))
      return wrong(value.span, cat("an item of `patternRules` needs a `", needed, "`"));
  }
  for (const std::string_view text : {"message", "help"}) {
    const std::string& said = text == "help" ? rule.help : rule.message;
    const json::Value* place = value.get(text);
    if (const auto mistake = lint::placeholder_mistake(said, rule))
      return wrong(place ? place->span : value.span, *mistake);
  }
  return std::nullopt;
}

}  // namespace

std::optional<PatternMistake> read_pattern_rules(const json::Value& value,
                                                 std::vector<PatternRule>& rules) {
  if (!value.is_array()) return wrong(value.span, "`patternRules` must be a list");
  for (const json::Value& each : value.items) {
    PatternRule rule;
    if (auto mistake = read_rule(each, rule)) return mistake;
    if (std::any_of(rules.begin(), rules.end(),
                    [&](const PatternRule& other) { return other.name == rule.name; })) {
      return wrong(each.span, cat("the rule `", rule.name, "` is defined twice"));
    }
    rules.push_back(std::move(rule));
  }
  return std::nullopt;
}

}  // namespace migguard::cli
