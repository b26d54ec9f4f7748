// A check for databases that are there already: a DO block that refuses to go on where the catalog
// is not what the history makes.
#pragma once

#include <schema/catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migguard::adopt {

// What the schema holds, a line an object, as `catalog_query` below prints it: tables with columns,
// constraints and indexes; enums, functions, views, triggers, policies. Sorted.
std::vector<std::string> catalog_facts(const schema::Catalog& schema);

// The DO block: compares a database's catalog with the facts and raises an exception that names
// what differs. Reads PostgreSQL 12 and newer. `left_out`: tables that no migration makes, as the
// tool's own.
std::string guard_block(const schema::Catalog& schema, const std::vector<std::string>& left_out);

}  // namespace migguard::adopt
