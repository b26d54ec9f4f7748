// The command line and the configuration together: what a run is to do.
#pragma once

#include <cli/command.hpp>
#include <cli/options.hpp>
#include <lint/lint.hpp>
#include <report/report.hpp>
#include <util/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migguard::cli {

struct Run {
  lint::Settings settings;
  FailOn fail_on = FailOn::error;
  bool standard_input = false;  // `-`: read SQL there instead of at `settings.paths`
  std::vector<std::string> notices;
  std::string baseline;  // the file of `settings.baseline`, whether it is there or not
  bool has_baseline = false;
  std::unique_ptr<FileSystem> staged;  // what is judged instead of the files on disk
  // What `base`, `merging` and `published` of the settings refer to.
  std::unique_ptr<FileSystem> base, merging, published;
};

// Flags win over the configuration. Errors: a configuration that cannot be read, or paths with
// different ones.
Result<Run> prepare(const Options& options, const Environment& environment);

// The pattern rules of the configuration named by `--config`, else of the nearest one; none where
// there is none.
Result<std::vector<lint::PatternRule>> pattern_rules(const Options& options,
                                                     const Environment& environment);

// The settings of a project's reading alone.
project::LoadSettings load_settings(const lint::Settings& settings);

// Notes of processes that were killed while they wrote files of the project, see repair/write.hpp.
std::vector<std::string> unfinished_writes(const Project& project, const FileSystem& files);

// The project on standard input.
Result<std::unique_ptr<Project>> read_standard_input(const Options& options,
                                                     const Environment& environment);

// `lint` and `audit`: judges, and renders the report in every format asked for.
Result<Answer> judge(const Options& options, const Environment& environment, report::Mode mode);

// The documents of formats asked for; the default to standard output where no other takes it.
std::vector<Output> outputs_of(const Options& options);

}  // namespace migguard::cli
