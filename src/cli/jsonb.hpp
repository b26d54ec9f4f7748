// `migguard jsonb ...`: the JSONB guard outside migrations. Each subcommand is one file and one
// line of the table in jsonb.cpp.
#pragma once

#include <cli/command.hpp>
#include <migguard/finding.hpp>
#include <migguard/jsonb.hpp>
#include <migguard/jsonb_settings.hpp>

#include <span>
#include <string>
#include <string_view>

namespace migguard::cli {

// The `jsonb` key of the configuration named by `--config`, else of the nearest one; defaults where
// there is none.
Result<JsonbSettings> jsonb_settings(const Options& options, const Environment& environment);

// What stands behind the subcommand's name.
std::span<const std::string> jsonb_arguments(const Options& options);

// What every message about a payload carries, for programs.
inline constexpr std::string_view jsonb_code = "JSONB_MONETARY_FORBIDDEN";

// How grave a key is under a configuration.
Severity jsonb_severity(const jsonb::Classification& verdict, const JsonbSettings& settings);
// `an amount of money`
std::string_view jsonb_words(jsonb::Class kind);

Result<Answer> jsonb_classify(const Options& options, const Environment& environment);
Result<Answer> jsonb_guard(const Options& options, const Environment& environment);
Result<Answer> jsonb_move(const Options& options, const Environment& environment);
Result<Answer> jsonb_check(const Options& options, const Environment& environment);
Result<Answer> jsonb_scan(const Options& options, const Environment& environment);

}  // namespace migguard::cli
