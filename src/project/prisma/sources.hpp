// Prisma's schema files, which declare JSON columns.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <vector>

namespace migguard::project {

// Reads the schema files of Prisma's histories; they are kept among the project's files.
void read_prisma_schemas(Tree& tree, const std::vector<History>& histories);

}  // namespace migguard::project
