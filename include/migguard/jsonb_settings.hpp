// What a configuration's `jsonb` key says. Defaults are those of a project without a configuration.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace migguard {

struct JsonbSettings {
  std::vector<std::string> columns;  // globs; not empty: they replace the built-in guarded names
  std::vector<std::string> add_columns;                    // globs, besides the built-in names
  std::vector<std::string> exempt_columns;                 // globs, as `table.column` or `column`
  std::vector<std::string> packs = {"money", "currency"};  // and `business`
  std::vector<std::string> deny;   // keys, globs on full paths, or /patterns/: always money
  std::vector<std::string> allow;  // the same: never money; beats `deny`
  bool report_reads = true;
  std::string min_confidence = "medium";        // `high`, `medium`, `low`
  std::string typed_default = "numeric(12,2)";  // or `bigint-minor`
  std::map<std::string, std::map<std::string, std::string>>
      matrix;  // column -> key -> the typed column it belongs in
};

}  // namespace migguard
