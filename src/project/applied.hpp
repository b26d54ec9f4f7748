// What migration tools note in the database about what they have applied: their tables, known by
// their columns, and the migrations of the project that the rows speak of.
#pragma once

#include <migguard/database.hpp>
#include <migguard/project.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::project {

// A table of a tool as every version of that tool makes it. Names can be configured, columns
// cannot, so a table is known by its columns.
struct AppliedShape {
  Tool tool;
  std::string_view columns;  // in byte order of their names, joined by commas
  std::string_view name;     // what its name must hold, where the columns say too little
  std::string_view order;    // the column whose order is the order of writing
};
std::span<const AppliedShape> applied_shapes();
// The shape of a table; `columns` in byte order, joined by commas. Null where it is no tool's.
const AppliedShape* applied_shape(std::string_view table, std::string_view columns);

// A table as it is read: text as PostgreSQL prints it, bytea as `\x` and hexadecimals; none: NULL.
struct StoredTable {
  std::string schema;
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // in the order of the shape
};
AppliedTable read_applied(const AppliedShape& shape, const StoredTable& stored);

// Finds the history that each table belongs to and the migration that each row speaks of, compares
// checksums, and notes in the project's migrations which of them are applied. Where several
// histories of one tool are there, a table is that history's of which it holds the most.
void match_applied(Project& project);

}  // namespace migguard::project
