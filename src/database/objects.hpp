// Everything that a database holds, as lines that can be compared: what goes missing when a
// migration is taken back.
#pragma once

#include <database/connection.hpp>
#include <database/session.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace migguard::database {

// By kind and name (`index`, `invoices_total_idx on invoices`): how the server defines it.
using Objects = std::map<std::pair<std::string, std::string>, std::string>;

// Without the system's own objects, what extensions own, and `left_out` (a tool's table and its
// schema, as SQL writes it).
Result<Objects> read_objects(Session& session, std::string_view left_out);

// What the rows of a table come to, so that a change shows.
struct ColumnSum {
  std::int64_t values = 0;  // that are not NULL
  std::string sum;
};
struct TableSum {
  std::int64_t rows = 0;
  std::map<std::string, ColumnSum> columns;
};
using TableSums = std::map<std::string, TableSum>;  // by name as SQL writes it

// Of every table that holds rows.
Result<TableSums> read_sums(Session& session, std::string_view left_out);

}  // namespace migguard::database
