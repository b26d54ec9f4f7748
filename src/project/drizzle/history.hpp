// What Drizzle's flat layout keeps beside the SQL: the journal and the snapshots of `meta/`.
#pragma once

#include <migguard/project.hpp>
#include <project/json_skim.hpp>
#include <project/tree.hpp>
#include <string>
#include <variant>
#include <vector>

namespace migguard::project {

// `meta/_journal.json` and the other files of `meta/`. Null entries' files where the folder has
// none of that name: a tag is only ever compared with names, never opened as a path.
DrizzleJournal read_drizzle_journal(Tree& tree, const Folder& out);

// The members of a snapshot, or why it is none.
std::variant<std::vector<SkimmedMember>, Defect> snapshot_members(const std::string& text);

// The folder's sub-directories with a `migration.sql` as Drizzle 1.0 lays them out.
bool has_drizzle_v1_layout(Tree& tree, const Folder& parent, const std::string& name);

// A dialect as Drizzle names it; PostgreSQL's for an empty name.
Dialect drizzle_dialect(std::string_view name);

}  // namespace migguard::project
