// What a history leaves behind as one script: the statements that make the same schema on an empty
// database, in an order in which they run.
#pragma once

#include <adopt/history_text.hpp>
#include <migguard/project.hpp>
#include <schema/catalog.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migguard::adopt {

struct Baseline {
  std::unique_ptr<schema::Catalog> schema;  // as the history leaves it
  // The script parsed and replayed: the same schema, every name in it of today.
  std::unique_ptr<Project> script;
  std::unique_ptr<schema::Catalog> schema_of_script;
  std::vector<std::string> statements;  // each with its semicolon
  // Why there can be none: what cannot be known or written, with its place. Then `statements` must
  // not be used.
  std::vector<Remark> refused;
  std::vector<Remark>
      blocks;                // DO blocks, which may ask the database what to do: taken as run whole
  std::vector<Remark> rows;  // what put rows into tables that are still there: not repeated
  std::vector<Remark> notes;  // what is repeated in another way than it ran
};

// The history's migrations as their tool runs them; those it never runs are left out. The result is
// replayed itself and held against the history's schema: what differs is refused.
Baseline make_baseline(const History& history);

}  // namespace migguard::adopt
