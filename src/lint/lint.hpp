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
#include <schema/catalog.hpp>
#include <string>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <util/timings.hpp>
#include <vector>

namespace migguard::lint {

class Outsider;       // see lint/outsider.hpp
struct LiveDatabase;  // see lint/live.hpp

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
  std::map<std::string, RuleSetting> families = {};
  std::optional<Tool> tool = {};
};

// How large a live table was, by `migguard stats`.
struct TableSize {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;  // with its indexes and TOAST; 0: not told
};

struct Settings {
  std::vector<std::string> paths = {"."};
  // The configuration that was read, empty where there is none: another one below the paths is an
  // error. Without a value nobody asks.
  std::optional<std::string> configuration;
  std::vector<std::string> ignore;
  std::vector<project::LoadSettings::Folder> folders;
  std::optional<Tool> tool;
  int pg_version = 15;
  // Somebody chose it: a flag or the configuration. Otherwise what the project's images name holds.
  bool pg_version_given = false;
  bool preset_all = false;
  bool assume_in_transaction = false;
  std::map<std::string, RuleSetting> rules;     // by current name
  std::map<std::string, RuleSetting> families;  // a rule's own setting wins
  std::vector<Override> overrides;
  std::vector<std::string> small_tables;   // globs on `table` or `schema.table`
  std::map<std::string, TableSize> stats;  // by `schema.table`
  std::vector<Accepted> accept;
  std::vector<std::string> applied_through;  // ids: of each history the newest applied
  std::vector<BaselineEntry> baseline;
  JsonbSettings jsonb;
  std::vector<PatternRule> pattern_rules;
  Outsider* outsider = nullptr;  // a plugin; none: nobody else is asked
  unsigned jobs = 0;
  Timings* timings = nullptr;  // where the run's time goes; null: nobody asks
  std::int64_t now = 0;     // milliseconds since 1970
  bool one_by_one = false;  // findings that have one cause are not drawn together
  // The files at the commit to compare with, and its name; none: everything is reported.
  const FileSystem* base = nullptr;
  std::string base_name;
  const LiveDatabase* live = nullptr;  // what a database says; none: none was asked
  std::string base_commit;             // empty: the empty tree
  // While a merge is going on, the files of the commit that is merged: what comes from there is not
  // new either.
  const FileSystem* merging = nullptr;
  // What counts as applied, where that is not `base`: a branch's own commits are not released.
  const FileSystem* published = nullptr;
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

struct Identity {
  // Of a finding in SQL: `sql1:` and a hash of its statement's tokens (comments and white space
  // out, literals kept, keywords folded). Elsewhere what the rule says it speaks of: a tag, a
  // version, a key; else `text1:` and a hash of the text to blame. Empty for a whole file.
  std::string subject;
  // From 1: the place among the findings of one rule, path and subject.
  std::uint32_t ordinal = 1;
};

struct Report {
  std::unique_ptr<Project> project;
  OwnRules own_rules;             // patterns and what a plugin said; findings refer to their names
  std::vector<Finding> findings;  // sorted by path, place and rule
  std::vector<Identity> identities;  // of the findings, where only what is new was kept
  // What each history left behind. Kept for as long as the report is: to take the schema of a long
  // history apart costs as much as to write the report.
  std::vector<std::unique_ptr<schema::Catalog>> schemas;
  Summary summary;
  std::vector<BaselineEntry> unmatched;  // of the baseline: they accept nothing any more
  int pg_version = 15;                   // that the rules assumed, where no override says otherwise
  bool pg_version_of_images = false;     // because the project's images name it
  bool assume_in_transaction = false;
  std::vector<std::string> applied_through;  // as configured
  std::int64_t now = 0;                      // of the run, milliseconds since 1970
  std::string compared_with;  // `main (merge base 1a2b3c4d)`; empty where everything is reported

  // The rule of that name, compiled in or one's own; null where it is neither.
  const RegisteredRule* rule(std::string_view name) const;
};

// The server's version to assume for a project.
int server_version(const Settings& settings, const Project& project);

// Loads and judges what the settings name.
Result<Report> lint(const Settings& settings, const FileSystem& files);
// Judges a project that is loaded but not parsed yet. Errors: those of a plugin.
Result<Report> lint(const Settings& settings, std::unique_ptr<Project> project);

}  // namespace migguard::lint
