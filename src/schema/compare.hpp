// A live schema against the one that migrations make, object by object.
#pragma once

#include <migguard/database.hpp>
#include <schema/catalog.hpp>
#include <schema/snapshot.hpp>
#include <vector>

namespace migguard::schema {

// A difference, and what made the object in the history where it is there: its own origin, else
// that of what it is a part of.
struct Difference {
  SchemaDifference found;
  Origin origin;
};

// `made` are the replayed schemas of every history that this database is migrated by. Quiet about
// all that is not known: objects that a replay knows in part, names it cannot tell, what an opaque
// statement may have done. Schemas in which no history makes anything are nobody's business here.
// Sequences that belong to a column, the texts of defaults, checks, views and functions are not
// compared. Sorted by kind and name.
std::vector<Difference> compare(const std::vector<const Catalog*>& made, const Snapshot& live,
                                bool complete);

}  // namespace migguard::schema
