// Types as drizzle-orm spells them (`getSQLType()` of its columns), which is what drizzle-kit keeps
// in snapshots and compares as text.
#pragma once

#include <migguard/schema.hpp>
#include <string>
#include <string_view>

namespace migguard::repair {

struct DrizzleType {
  std::string type;         // `varchar(255)`, `timestamp (3) with time zone`, `role[]`
  std::string enum_schema;  // of an enum, or an array of one; else empty
};

// `written`: the column as the SQL has it, where it is known. Drizzle spells `timestamp (3)` for
// dates and `timestamp(3)` for strings, which mean the same to PostgreSQL.
DrizzleType drizzle_type(const Column& column, const Schema& schema, std::string_view written);

}  // namespace migguard::repair
