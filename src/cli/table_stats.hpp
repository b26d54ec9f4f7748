// How large the tables of a live database were: a committed file of estimates, `stats` in
// migguard.json.
//   {"version": 1, "tables": [{"schema": "public", "table": "plans", "rows": 12, "bytes": 81920}]}
#pragma once

#include <lint/lint.hpp>
#include <util/result.hpp>

#include <map>
#include <string>

namespace migguard::cli {

// Sizes by `schema.table`. `rows` null or negative: never analysed, and so not known. Errors name
// the line and column.
Result<std::map<std::string, lint::TableSize>> read_table_stats(std::string path, std::string text);

}  // namespace migguard::cli
