// English plurals, as far as names of tables and columns need them.
#pragma once

#include <array>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace migguard::rules {

// Words whose plural is no matter of their ending; words without one stand for themselves.
inline constexpr std::pair<std::string_view, std::string_view> irregular_plurals[] = {
    {"analysis", "analyses"},   {"aircraft", "aircraft"}, {"bias", "biases"},
    {"bus", "buses"},           {"basis", "bases"},       {"child", "children"},
    {"criterion", "criteria"},  {"data", "data"},         {"datum", "data"},
    {"equipment", "equipment"}, {"feedback", "feedback"}, {"foot", "feet"},
    {"half", "halves"},         {"history", "history"},   {"information", "information"},
    {"inventory", "inventory"}, {"knife", "knives"},      {"leaf", "leaves"},
    {"life", "lives"},          {"man", "men"},           {"matrix", "matrices"},
    {"media", "media"},         {"medium", "media"},      {"metadata", "metadata"},
    {"money", "money"},         {"mouse", "mice"},        {"news", "news"},
    {"person", "people"},       {"research", "research"}, {"series", "series"},
    {"shelf", "shelves"},       {"software", "software"}, {"species", "species"},
    {"staff", "staff"},         {"thesis", "theses"},     {"vertex", "vertices"},
    {"woman", "women"}};

// Plurals that end like singulars.
inline constexpr std::string_view plurals_in_us_or_is[] = {
    "apis", "emojis", "gurus", "guis", "menus", "skis", "taxis", "uris", "wikis"};

inline std::string_view last_word(std::string_view name) {
  return name.substr(name.rfind('_') + 1);  // npos + 1 is 0
}

inline bool is_plural(std::string_view name) {
  const std::string_view word = last_word(name);
  for (const auto& [singular, plural] : irregular_plurals) {
    if (word == plural) return true;
    if (word == singular) return false;
  }
  for (const std::string_view plural : plurals_in_us_or_is) {
    if (word == plural) return true;
  }
  return word.size() > 1 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") &&
         !word.ends_with("is");
}

// `user_sessions` of `user_session`.
inline std::string plural_of(std::string_view name) {
  const std::string_view word = last_word(name);
  const std::string_view before = name.substr(0, name.size() - word.size());
  for (const auto& [singular, plural] : irregular_plurals) {
    if (word == singular) return cat(before, plural);
  }
  if (is_plural(name)) return std::string(name);
  const auto ends = [&](std::initializer_list<std::string_view> endings) {
    for (const std::string_view ending : endings) {
      if (word.ends_with(ending)) return true;
    }
    return false;
  };
  if (ends({"s", "x", "z", "ch", "sh"})) return cat(name, "es");
  if (word.ends_with('y') && !ends({"ay", "ey", "iy", "oy", "uy"}))
    return cat(name.substr(0, name.size() - 1), "ies");
  return cat(name, "s");
}

// `user_session` of `user_sessions`: the word whose plural it is.
inline std::string singular_of(std::string_view name) {
  const std::string_view word = last_word(name);
  const std::string_view before = name.substr(0, name.size() - word.size());
  for (const auto& [singular, plural] : irregular_plurals) {
    if (word == plural) return cat(before, singular);
  }
  const auto without = [&](std::size_t letters, std::string_view more) {
    return cat(name.substr(0, name.size() - letters), more);
  };
  if (word.ends_with("ies") && word.size() > 3) return without(3, "y");
  for (const std::string_view ending : {"sses", "shes", "ches", "xes", "zes", "uses"}) {
    if (word.ends_with(ending) && word.size() > ending.size()) return without(2, "");
  }
  return is_plural(name) ? without(1, "") : std::string(name);
}

// Lower-case letters, digits and single underscores between them.
inline bool is_snake_case(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = c >= 'a' && c <= 'z';
    const bool digit = c >= '0' && c <= '9';
    const bool underscore = c == '_' && i > 0 && i + 1 < name.size() && name[i - 1] != '_';
    if (!letter && !digit && !underscore) return false;
  }
  return true;
}

// `user_id` of `userId` and `User ID`.
inline std::string snake_case_of(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const auto is_lower = [&](std::size_t at) {
      return at < name.size() &&
             ((name[at] >= 'a' && name[at] <= 'z') || (name[at] >= '0' && name[at] <= '9'));
    };
    const bool begins = upper && i > 0 && (is_lower(i - 1) || is_lower(i + 1));
    const bool plain = upper || is_lower(i);
    if ((begins || !plain) && !out.empty() && out.back() != '_') out += '_';
    if (plain) out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (out.ends_with('_')) out.pop_back();
  return out;
}

}  // namespace migguard::rules
