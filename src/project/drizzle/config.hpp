// Reads `drizzle.config.*`, in whatever language it is written, and finds what its paths lead to.
#pragma once

#include <migguard/project.hpp>
#include <project/modules.hpp>
#include <string>
#include <vector>

namespace migguard::project {

// The configurations in the folders, without their schema sources. `root`: the path linted, which
// no path of theirs may leave.
std::vector<DrizzleConfig> read_drizzle_configs(Modules& modules,
                                                const std::vector<std::string>& folders,
                                                const std::string& root);

// Finds the files that `schema` leads to, reads them with all they import, and compares them with
// what lies beside them. `all`: every configuration, for what another one lists is no omission.
void read_schema_paths(Modules& modules, std::vector<DrizzleConfig>& all);

// The tables on both sides of packages that have a PostgreSQL and an SQLite configuration.
void read_both_dialects(Modules& modules, std::vector<DrizzleConfig>& all);

// A path of `schema` as the tree knows it; may be a glob.
std::string schema_path(const DrizzleConfig& config, const DrizzleSchemaPath& path);

// A configuration's dialect; by its `driver` where it is older than the key.
Dialect dialect_of(const DrizzleConfig& config);

// The server and database of a URL; none where it is none.
std::optional<DatabaseAddress> address_of(std::string_view url);

}  // namespace migguard::project
