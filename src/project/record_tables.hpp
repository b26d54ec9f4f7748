// Which table a migration tool notes in what it has applied, where files of the project say so.
#pragma once

#include <migguard/project.hpp>
#include <project/tree.hpp>
#include <string>
#include <vector>

namespace migguard::project {

// Fills `record` of the histories from Drizzle's configurations and from what the folders hold:
// Flyway's flyway.conf, flyway.toml and Spring's application files, sql-migrate's dbconfig.yml,
// sqlx.toml, and the options and variables of goose, dbmate, golang-migrate and node-pg-migrate in
// scripts, compose files and example environments. Only literals count, and where two places
// contradict each other, neither does.
void read_record_tables(Tree& tree, const std::vector<std::string>& folders, Project& project);

}  // namespace migguard::project
