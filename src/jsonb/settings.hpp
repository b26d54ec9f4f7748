// Reads the `jsonb` key of a configuration, or the same object given to the library.
#pragma once

#include <array>
#include <migguard/jsonb_settings.hpp>
#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <util/json.hpp>

namespace migguard::jsonb {

// Every key of the object.
inline constexpr std::array<std::string_view, 10> setting_names{
    "columns", "addColumns",  "exemptColumns", "packs",        "deny",
    "allow",   "reportReads", "minConfidence", "typedDefault", "matrix"};

struct SettingsMistake {
  Span span;
  std::string message;
};

// The first mistake, or nothing where `out` is what the object says. Strict: unknown keys, wrong
// kinds and patterns that cannot be read are mistakes.
std::optional<SettingsMistake> read_settings(const json::Value& value, JsonbSettings& out);

}  // namespace migguard::jsonb
