// The order of findings in a report: by path, place, rule and message.
#pragma once

#include <deque>
#include <migguard/finding.hpp>
#include <vector>

namespace migguard::lint {

// Sorts, so that the same input gives the same bytes, and says once what is there twice. Costs
// hardly anything where there is nothing to do.
void sort_findings(std::vector<Finding>& findings);

// Moves findings, sorted among themselves, behind others; none is left of `some`.
void move_sorted(std::deque<Finding>& some, std::vector<Finding>& behind);

}  // namespace migguard::lint
