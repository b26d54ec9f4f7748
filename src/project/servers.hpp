// The PostgreSQL servers that compose files, workflows and example environments speak of: versions,
// ports and databases.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::project {

// Fills `server_version`, where every image that names a version names the same one.
void read_server_version(Tree& tree, const std::vector<std::string>& folders, Project& project);

// Where example environments (`.env.example`) and published ports of compose files say that the
// database is. A port that is computed is left out: it may be any.
std::vector<DatabaseAddress> read_addresses(Tree& tree, const std::vector<std::string>& folders);

// The major version that an image of PostgreSQL names: 16 of `postgres:16.2-alpine`,
// `pgvector/pgvector:pg16`, `timescale/timescaledb:2.14.2-pg16`.
std::optional<int> image_version(std::string_view image);

}  // namespace migguard::project
