// The tables that Drizzle schema sources declare.
#pragma once

#include <migguard/drizzle_config.hpp>
#include <migguard/project.hpp>
#include <project/modules.hpp>
#include <string_view>
#include <vector>

namespace migguard::project {

// Whether a module declares a table or enum of the dialect that others can see: what drizzle-kit
// would find if it were listed.
bool exports_tables(Modules& modules, const Module& module, Dialect dialect);

// The exported tables of a module, of one dialect. `casing`: what turns the name of a property into
// that of a column. References are by the variable that the source names.
std::vector<DrizzleTable> read_drizzle_tables(Modules& modules, const Module& module,
                                              Dialect dialect, std::string_view casing);

// Turns references by variable into references by table, once all tables are known.
void resolve_references(std::vector<DrizzleTable>& tables);

// `createdAt` to `created_at`, as drizzle-orm's casing.ts does it.
std::string to_snake_case(std::string_view name);

}  // namespace migguard::project
