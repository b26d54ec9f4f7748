// A live database beside the files: what it has applied, and where its schema differs.
#pragma once

#include <migguard/database.hpp>
#include <migguard/project.hpp>
#include <schema/snapshot.hpp>

namespace migguard::lint {

// As read from the server.
struct LiveDatabase {
  Database facts;  // the rows of the tools' tables, matched with nothing yet
  schema::Snapshot schema;
  bool schema_known = false;
};

// Notes in a parsed and numbered project what the database says: which migrations are applied, and
// how the schema that those make differs from the one that is there.
void consult(Project& project, const LiveDatabase& live);

// How the schema that all of a parsed and numbered history makes differs from one that is there.
std::vector<SchemaDifference> differences(const History& history, const schema::Snapshot& live);

}  // namespace migguard::lint
