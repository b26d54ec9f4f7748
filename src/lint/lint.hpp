// The pipeline from a loaded project to a finished report.
#pragma once

#include <compare>
#include <cstdint>
#include <lint/own_rules.hpp>
#include <map>
#include <memory>
#include <migguard/finding.hpp>
#include <migguard/jsonb_settings.hpp>
#include <migguard/project.hpp>
#include <migguard/rule.hpp>
#include <optional>
#include <project/load.hpp>
#include <string>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::lint {

class Outsider;  // see lint/outsider.hpp

struct Accepted {
  std::string rule;
  std::string path;     // a glob
  std::string subject;  // empty: any
  std::string reason;
};

// A finding of the past that a baseline accepts; see lint/identity.hpp.
struct BaselineEntry {
  std::string rule;
  std::string path;
  std::string subject;
  std::uint32_t ordinal = 1;
  friend auto operator<=>(const BaselineEntry&, const BaselineEntry&) = default;
};

struct RuleSetting {
  bool off = false;
  std::optional<Severity> severity;
  std::map<std::string, OptionSetting> options;  // by name
};

struct Override {
  std::vector<std::string> paths;  // globs
  std::map<std::string, RuleSetting> rules;
  std::optional<int> pg_version;
};

struct Settings {
  std::vector<std::string> paths = {"."};
  std::vector<std::string> ignore;
  std::vector<project::LoadSettings::Folder> folders;
  std::optional<Tool> tool;
  int pg_version = 15;
  bool preset_all = false;
  bool assume_in_transaction = false;
  std::map<std::string, RuleSetting> rules;  // by current name
  std::vector<Override> overrides;
  std::vector<Accepted> accept;
  std::string applied_through;
  std::vector<BaselineEntry> baseline;
  JsonbSettings jsonb;
  std::vector<PatternRule> pattern_rules;
  Outsider* outsider = nullptr;  // a plugin; none: nobody else is asked
  unsigned jobs = 0;
  std::int64_t now = 0;  // milliseconds since 1970
  // The files at the commit to compare with, and its name; none: everything is reported.
  const FileSystem* base = nullptr;
  std::string base_name;
};

struct Summary {
  std::uint32_t histories = 0;
  std::uint32_t migrations = 0;
  std::uint32_t statements = 0;
  std::uint32_t rules = 0;
  std::uint32_t not_understood = 0;  // statements that could not be read
  std::uint32_t errors = 0;
  std::uint32_t warnings = 0;
  std::uint32_t notes = 0;
  std::uint32_t suppressed = 0;  // suppressed or accepted
  std::uint32_t known = 0;       // left out: they were there at the commit compared with
};

struct Report {
  std::unique_ptr<Project> project;
  OwnRules own_rules;             // patterns and what a plugin said; findings refer to their names
  std::vector<Finding> findings;  // sorted by path, place and rule
  Summary summary;
  std::vector<BaselineEntry> unmatched;  // of the baseline: they accept nothing any more
  int pg_version = 15;                   // the server's, where no override says otherwise
  bool assume_in_transaction = false;
  std::string applied_through;  // as configured
  std::int64_t now = 0;         // of the run, milliseconds since 1970
  std::string compared_with;    // `main (merge base 1a2b3c4d)`; empty where everything is reported

  // The rule of that name, compiled in or one's own; null where it is neither.
  const RegisteredRule* rule(std::string_view name) const;
};

// Loads and judges what the settings name.
Result<Report> lint(const Settings& settings, const FileSystem& files);
// Judges a project that is loaded but not parsed yet. Errors: those of a plugin.
Result<Report> lint(const Settings& settings, std::unique_ptr<Project> project);

}  // namespace migguard::lint
