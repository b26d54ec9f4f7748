// What `drizzle-kit pull` gets wrong of a schema: it writes the schema file, but not all of it as
// the database has it.
#pragma once

#include <schema/catalog.hpp>

#include <string>
#include <vector>

namespace migguard::adopt {

// What comes out in another way than it went in, and what to write instead; `objects`: by name.
struct PullLoss {
  std::string what;
  std::vector<std::string> objects;
};

// As of drizzle-kit 0.31 (its src/introspect-pg.ts and serializer/pgSerializer.ts), tried on public
// histories by tests/real/adopt. Only kinds of loss that the schema has something of.
std::vector<PullLoss> pull_losses(const schema::Catalog& schema);

}  // namespace migguard::adopt
