// The configuration file, `migguard.json`: JSON with comments and trailing commas, strict at every
// level, so that a misspelt key is an error and never a rule that is silently off.
#pragma once

#include <cli/options.hpp>
#include <lint/lint.hpp>
#include <migguard/jsonb_settings.hpp>
#include <project/load.hpp>
#include <util/file_system.hpp>
#include <util/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

inline constexpr std::string_view config_name = project::configuration_name;

// What a configuration says. Globs and folders are as written: relative to the configuration's
// folder.
struct Config {
  std::string path;  // of the file itself; empty where there is none
  std::vector<project::LoadSettings::Folder> migrations;
  std::optional<int> pg_version;
  std::optional<FailOn> fail_on;
  std::optional<bool> preset_all;
  std::map<std::string, lint::RuleSetting> rules;     // by current name
  std::map<std::string, lint::RuleSetting> families;  // severities alone
  std::vector<std::string> small_tables;
  std::string stats;
  std::vector<std::string> ignore;
  std::vector<lint::Accepted> accept;
  std::vector<std::string> applied_through;
  std::string baseline;
  std::vector<lint::Override> overrides;
  JsonbSettings jsonb;
  std::vector<lint::PatternRule> pattern_rules;
  std::vector<std::string> notices;
};

// The keys of every object of a configuration, in the order they are declared: `migrations[].tool`.
std::vector<std::string> config_keys();

// Reads a configuration. Errors name the line and column, and what was probably meant.
Result<Config> read_config(std::string path, std::string text);

// The configuration for a path: the nearest `migguard.json` in it or above it, up to the
// repository's root (a folder that holds `.git`) or the root of the file system. Empty where there
// is none. The path found is written in the style of the path given: relative stays relative.
std::string find_config(const std::string& path, const FileSystem& files);

// A glob or folder of a configuration as a glob on the paths of findings: `folder` is the
// configuration's, `here` the canonical working directory. A pattern without a slash is meant at
// every depth (`*.down.sql`).
std::string rebase_glob(std::string_view glob, std::string_view folder, std::string_view here);
std::string rebase_path(std::string_view path, std::string_view folder, std::string_view here);

}  // namespace migguard::cli
