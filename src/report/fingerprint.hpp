// A short name for each finding that stays when lines move, for services that follow findings from
// one run to the next.
#pragma once

#include <lint/lint.hpp>
#include <report/repository.hpp>

#include <string>
#include <vector>

namespace migguard::report {

// One for each finding of the report, in its order: 32 hexadecimal digits, no two alike. What the
// finding speaks of decides, and its path in the repository, so that it does not matter where
// migguard was started.
std::vector<std::string> fingerprints(const lint::Report& report, const Repository& repository);

}  // namespace migguard::report
