// The rules that are not migguard's own but were compiled in with it: those of the folders that
// MIGGUARD_EXTRA_RULES names.
#pragma once

#include <migguard/rule.hpp>

#include <span>

namespace migguard {

// A part of all_rules(), in its order. Generated from the paths.
std::span<const RegisteredRule> extra_rules();

}  // namespace migguard
