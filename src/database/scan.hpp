// Reads JSON columns of a live database, one table after another, each in a transaction of its own.
#pragma once

#include <database/connection.hpp>
#include <jsonb/scan.hpp>
#include <optional>
#include <string>
#include <vector>

namespace migguard::database {

// A table with JSON columns.
struct JsonTable {
  std::string name;     // `quotes`, `app.quotes`
  std::string sql;      // as a query names it: `ONLY public.quotes`
  std::uint64_t rows;   // estimated; 0: not known
  std::uint64_t pages;  // of 8 kB
  std::vector<std::string> columns;
  std::string forbidden;  // a column that may not be read; empty: none
};

// Tables whose columns are guarded, or match the glob; partitions with their parent.
Result<std::vector<JsonTable>> json_tables(Connection& connection,
                                           const jsonb::ScanSettings& settings);

// Streams every table by COPY and walks the documents here, or lets the server walk and group.
// Large tables are sampled (TABLESAMPLE SYSTEM) unless all is asked for. Tables that may not be read,
// or whose rows row-level security hides in part, are told to the events and passed by. Errors:
// those of the events, all of a connection's.
std::optional<Error> scan(const Address& address, const jsonb::ScanSettings& settings,
                          const jsonb::ScanEvents& events);

}  // namespace migguard::database
