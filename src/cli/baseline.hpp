// The baseline file: findings of the past that a team has accepted, one line each.
#pragma once

#include <lint/lint.hpp>
#include <util/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

inline constexpr std::string_view baseline_name = "migguard-baseline.json";

// Entries with paths as written: relative to the folder of the file. Errors name the line.
Result<std::vector<lint::BaselineEntry>> read_baseline(std::string path, std::string text);

}  // namespace migguard::cli
