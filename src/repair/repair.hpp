// Plans how the histories of a project become whole again, and proves the plan: the planned files
// are read and judged once more before anybody sees it.
#pragma once

#include <lint/lint.hpp>
#include <repair/plan.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::repair {

// `project`: loaded as the settings say, parsed and numbered; what it knows of a database and of an
// earlier commit decides what may be changed. `settings` are those of a lint; what is compared with
// and who else is asked is left aside. Histories with nothing to say of are left out. Errors: files
// that cannot be read.
Result<std::vector<HistoryPlan>> plan_repairs(const Project& project,
                                              const lint::Settings& settings, const Wishes& wishes,
                                              const FileSystem& files);

}  // namespace migguard::repair
