// How large the tables of a live database are, by the server's own estimates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace migguard::lint {

struct Statistics {
  struct Table {
    std::string schema;  // names are never quoted
    std::string table;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;  // with indexes and TOAST
  };
  std::string server_version;  // `15.18`
  std::string date;            // by the server's clock: `2026-05-31`
  std::vector<Table> tables;   // by schema and name
};

}  // namespace migguard::lint
