// A plan as text for people and as JSON for programs.
#pragma once

#include <repair/plan.hpp>
#include <string>
#include <vector>

namespace migguard::repair {

struct TextOptions {
  bool color = false;
  std::size_t width = 100;
  bool written = false;  // the changes have been made
};

// What is mended and why, what is left and why, what cannot be known, the SQL for databases, and
// the changes as a unified diff (unless they have been made).
std::string plan_text(const std::vector<HistoryPlan>& plans, const TextOptions& options);
// The diff alone, for `git apply`.
std::string plan_diff(const std::vector<HistoryPlan>& plans);
std::string plan_json(const std::vector<HistoryPlan>& plans, bool written);

}  // namespace migguard::repair
