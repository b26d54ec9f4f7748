// What SQL that PostgreSQL refuses looks like: another database's dialect, a template, a client's
// command.
#pragma once

#include <migguard/project.hpp>
#include <string_view>

namespace migguard::sql {

// Sets the hint of a syntax problem, and its kind where it is a template. Leaves it empty where
// nothing is known.
void explain(Problem& problem, std::string_view text);

}  // namespace migguard::sql
