// How large the tables of a live database were: the file that `migguard stats` writes, `stats` in
// migguard.json.
//   {"format": "migguard-stats", "version": 1, "tables": {
//     "public.plans": {"rows": 12, "bytes": 81920}}}
#pragma once

#include <lint/lint.hpp>
#include <util/result.hpp>

#include <map>
#include <string>

namespace migguard::cli {

// Sizes by `schema.table`. `rows` null or negative: not known, and so left out. Errors name the
// line and column.
Result<std::map<std::string, lint::TableSize>> read_table_stats(std::string path, std::string text);

}  // namespace migguard::cli
