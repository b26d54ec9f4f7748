// What `migguard audit --database-url` wants to know of a database.
#pragma once

#include <database/connection.hpp>
#include <lint/live.hpp>

namespace migguard::database {

// The rows of every migration tool's table, and the schema. One round of queries, whatever the
// number of tables. Errors: a tool's table that may not be read, and all of a connection's.
Result<lint::LiveDatabase> look(Connection& connection);

// Tables of migration tools, whatever they are called; see project/applied.hpp.
Result<std::vector<AppliedTable>> read_applied_tables(Connection& connection);
// Everything but the system's own, what extensions own, and the tables of migration tools.
Result<schema::Snapshot> read_schema(Connection& connection,
                                     const std::vector<AppliedTable>& applied);

}  // namespace migguard::database
