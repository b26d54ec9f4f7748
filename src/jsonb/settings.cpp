#include <algorithm>
#include <array>
#include <jsonb/settings.hpp>
#include <set>
#include <string_view>
#include <util/text.hpp>
#include <vector>

#include <jsonb/patterns.hpp>

namespace migguard::jsonb {
namespace {

using Mistake = std::optional<SettingsMistake>;

// What a name was probably meant to be, or what there is to choose from.
std::string instead(std::string_view name, std::span<const std::string_view> names) {
  if (const auto meant = closest(name, names)) return cat("; did you mean `", *meant, "`?");
  std::string out;
  for (const std::string_view each : names)
    out += cat(out.empty() ? "; choose from " : ", ", "`", each, "`");
  return out;
}

Mistake read_text(const json::Value& value, std::string_view what, std::string& out) {
  if (!value.is_string()) return SettingsMistake{value.span, cat("`", what, "` must be a string")};
  if (value.text.empty()) return SettingsMistake{value.span, cat("`", what, "` is empty")};
  out = value.text;
  return {};
}

Mistake read_texts(const json::Value& value, std::string_view what, std::vector<std::string>& out) {
  if (!value.is_array()) return SettingsMistake{value.span, cat("`", what, "` must be a list")};
  out.clear();
  for (const json::Value& item : value.items) {
    if (auto mistake = read_text(item, what, out.emplace_back())) return mistake;
  }
  return {};
}

// Keys, globs and /patterns/; a pattern that RE2 cannot read would silently match nothing.
Mistake read_keys(const json::Value& value, std::string_view what, std::vector<std::string>& out) {
  if (auto mistake = read_texts(value, what, out)) return mistake;
  for (const json::Value& item : value.items) {
    if (!is_pattern(item.text)) continue;
    if (const auto error = pattern_error(item.text)) {
      return SettingsMistake{item.span,
                             cat("the pattern ", item.text, " cannot be read: ", *error)};
    }
  }
  return {};
}

Mistake read_choice(const json::Value& value, std::string_view what,
                    std::span<const std::string_view> names, std::string& out) {
  if (auto mistake = read_text(value, what, out)) return mistake;
  if (std::find(names.begin(), names.end(), out) != names.end()) return {};
  return SettingsMistake{value.span,
                         cat("`", what, "` does not know `", out, "`", instead(out, names))};
}

Mistake read_packs(const json::Value& value, std::vector<std::string>& out) {
  constexpr std::array<std::string_view, 3> names{"money", "currency", "business"};
  if (!value.is_array()) return SettingsMistake{value.span, "`packs` must be a list"};
  out.clear();
  for (const json::Value& item : value.items) {
    if (auto mistake = read_choice(item, "packs", names, out.emplace_back())) return mistake;
  }
  return {};
}

Mistake read_matrix(const json::Value& value, JsonbSettings& out) {
  if (!value.is_object()) return SettingsMistake{value.span, "`matrix` must be an object"};
  for (const json::Member& column : value.members) {
    if (out.matrix.count(column.key)) {
      return SettingsMistake{column.key_span,
                             cat("the column `", column.key, "` stands here twice")};
    }
    if (!column.value.is_object()) {
      return SettingsMistake{column.value.span, cat("`", column.key, "` must be an object")};
    }
    auto& keys = out.matrix[column.key];
    for (const json::Member& key : column.value.members) {
      if (keys.count(key.key)) {
        return SettingsMistake{key.key_span, cat("the key `", key.key, "` stands here twice")};
      }
      if (auto mistake = read_text(key.value, key.key, keys[key.key])) return mistake;
    }
  }
  return {};
}

Mistake read_member(const json::Member& member, JsonbSettings& out) {
  constexpr std::array<std::string_view, 3> levels{"high", "medium", "low"};
  const std::string& name = member.key;
  const json::Value& value = member.value;
  if (name == "columns") return read_texts(value, name, out.columns);
  if (name == "addColumns") return read_texts(value, name, out.add_columns);
  if (name == "exemptColumns") return read_texts(value, name, out.exempt_columns);
  if (name == "packs") return read_packs(value, out.packs);
  if (name == "deny") return read_keys(value, name, out.deny);
  if (name == "allow") return read_keys(value, name, out.allow);
  if (name == "reportReads") {
    out.report_reads = value.boolean;
    if (value.kind == json::Kind::boolean) return {};
    return SettingsMistake{value.span, "`reportReads` must be true or false"};
  }
  if (name == "minConfidence") return read_choice(value, name, levels, out.min_confidence);
  if (name == "typedDefault") return read_text(value, name, out.typed_default);
  if (name == "matrix") return read_matrix(value, out);
  return SettingsMistake{member.key_span,
                         cat("unknown key `", name, "`", instead(name, setting_names))};
}

}  // namespace

std::optional<SettingsMistake> read_settings(const json::Value& value, JsonbSettings& out) {
  if (!value.is_object()) return SettingsMistake{value.span, "`jsonb` must be an object"};
  std::set<std::string_view> seen;
  for (const json::Member& member : value.members) {
    if (!seen.insert(member.key).second) {
      return SettingsMistake{member.key_span, cat("the key `", member.key, "` stands here twice")};
    }
    if (auto mistake = read_member(member, out)) return mistake;
  }
  return {};
}

}  // namespace migguard::jsonb
