// What `migguard stats` writes down.
#pragma once

#include <database/connection.hpp>
#include <lint/statistics.hpp>

namespace migguard::database {

// Every table that is neither the system's nor an extension's. A partitioned table has the sums of
// its partitions. A table that was never analyzed has the rows that the statistics collector has
// counted, else an estimate from its size, as the planner makes it.
Result<lint::Statistics> read_statistics(Connection& connection);

}  // namespace migguard::database
