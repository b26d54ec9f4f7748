// Writes the snapshot that drizzle-kit would keep beside a migration, from the replayed schema: a
// history that was made or mended by hand gets the file by which the next `generate` knows what is
// there.
#pragma once

#include <migguard/project.hpp>
#include <repair/definitions.hpp>
#include <schema/catalog.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::repair {

// The `prevId` of a first snapshot.
inline constexpr std::string_view first_parent = "00000000-0000-0000-0000-000000000000";

// An id in the form of a UUID (version 8 of RFC 9562) that depends on `seed` alone, so that the
// same repair gives the same files.
std::string snapshot_id(std::string_view seed);

struct SnapshotText {
  std::string text;  // as JSON.stringify(..., null, 2) prints it, without a line end
  // What the schema has and no snapshot can say, or is not known whole: clauses for people, with
  // the names in the database. Sorted.
  std::vector<std::string> left_out;
};

// The schema that `catalog` has reached in the replay of the history, in drizzle-kit's format for
// PostgreSQL, version 7 (drizzle-kit 0.22 and later, before 1.0; src/serializer/pgSchema.ts).
// Drizzle's own objects, partitions and temporary tables are not in it: no schema file declares
// them.
//
// Texts that drizzle-kit compares as text (defaults, checks, predicates) stand as the SQL spells
// them, which is how drizzle-kit wrote them where it wrote the SQL. Where one SQL can come of two
// spellings in a schema file (`.default(0)` and sql`0`), the snapshot has the commoner one;
// `earlier`, an older snapshot of the history as JSON or nothing, is asked first.
SnapshotText drizzle_snapshot(const schema::Catalog& catalog, const Definitions& definitions,
                              std::string_view id, std::string_view previous_id,
                              std::string_view earlier = {});

}  // namespace migguard::repair
