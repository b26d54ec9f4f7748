// Dumps of the schema that end with the versions they contain: a record of the history that lies
// in the repository.
#pragma once

#include <migguard/project.hpp>
#include <optional>
#include <project/tree.hpp>
#include <string>

namespace migguard::project {

// The versions that a dump inserts into `schema_migrations`; none where there is no such file, or
// no such statement in it.
std::optional<SchemaDump> read_schema_dump(Tree& tree, const std::string& path);

}  // namespace migguard::project
