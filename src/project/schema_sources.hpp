// The sources of schemas that declare JSON columns: Prisma's schema files, and what
// drizzle.config.* names, with the modules it imports.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <string>
#include <vector>

namespace migguard::project {

// Reads the schema sources that the folders hold or name; they are kept among the project's files.
void read_schema_sources(Tree& tree, const std::vector<std::string>& folders,
                         const std::vector<History>& histories);

}  // namespace migguard::project
