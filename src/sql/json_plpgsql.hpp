// JSON keys in a PL/pgSQL body.
#pragma once

#include <optional>
#include <sql/lower.hpp>
#include <string_view>
#include <vector>

namespace migguard::sql {

// A body and where it stands in the source, if it stands there verbatim.
struct BodyText {
  std::string_view text;
  std::optional<std::uint32_t> offset;
};

// A parameter whose type may be a table's: then it has the table's columns.
struct RowVariable {
  std::string_view name;
  Name type;
};

// Adds the keys that a PL/pgSQL body writes, reads or depends on. `trigger_function`: the function
// whose NEW and OLD the body speaks of; no name where it has none.
void plpgsql_json_keys(const BodyText& body, const std::vector<RowVariable>& rows,
                       const Name& trigger_function, Lowering& out);

}  // namespace migguard::sql
