// What `verify` and `audit --verify` share: from flags to what a real server made of a project.
#pragma once

#include <cli/command.hpp>
#include <cli/options.hpp>
#include <lint/lint.hpp>
#include <lint/verification.hpp>
#include <util/result.hpp>

#include <string>

namespace migguard::cli {

// Runs the histories of a project that is parsed and numbered, with progress on standard error.
// `database_url`: of an empty database; empty: a temporary server.
Result<lint::Verification> run_histories(Project& project, const lint::Settings& settings,
                                         const Options& options, const Environment& environment,
                                         const std::string& database_url);

}  // namespace migguard::cli
