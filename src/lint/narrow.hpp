// Only what is new: compares a run with the same run on an earlier commit.
#pragma once

#include <lint/lint.hpp>

namespace migguard::lint {

// Drops the findings that the report of the base has, too: by rule, path and identity, so that a
// finding stays only if the change since then caused it, wherever it stands. Both sorted. A
// finding whose ignore comment was taken away comes back; one that the configuration accepted
// does not, since the configuration is the same. How many went. What stays keeps the identity it had among all.
std::uint32_t keep_new(const Report& base, Report& report);

}  // namespace migguard::lint
