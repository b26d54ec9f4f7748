// The migration tools migguard reads: one reader each, in a file of its own.
#pragma once

#include <migguard/project.hpp>
#include <optional>
#include <project/tree.hpp>
#include <span>
#include <string>

namespace migguard::project {

struct ToolReader {
  Tool tool = Tool::plain;
  // Why a folder is the tool's, in words; none where nothing in it shows the tool.
  std::optional<std::string> (*evidence)(Tree& tree, const Folder& folder) = nullptr;
  // Whether a folder has the tool's layout even where its marker files are missing (`--tool`).
  bool (*fits)(Tree& tree, const Folder& folder) = nullptr;
  // Fills the history: migrations in the order of execution, rollbacks, journal. `history.folder`
  // is set.
  void (*load)(Tree& tree, const Folder& folder, History& history) = nullptr;
  // What the tool makes of one file: its transaction, and its sections. Also used for text without
  // a folder.
  void (*prepare)(Migration& migration) = nullptr;
  // Whether everything below its folder is the tool's: no other history is looked for there.
  bool owns_subfolders = false;
};

extern const ToolReader atlas_reader;
extern const ToolReader dbmate_reader;
extern const ToolReader diesel_reader;
extern const ToolReader drizzle_reader;
extern const ToolReader drizzle_v1_reader;
extern const ToolReader flyway_reader;
extern const ToolReader golang_migrate_reader;
extern const ToolReader goose_reader;
extern const ToolReader node_pg_migrate_reader;
extern const ToolReader plain_reader;
extern const ToolReader prisma_reader;
extern const ToolReader sql_migrate_reader;
extern const ToolReader sqlx_reader;
extern const ToolReader supabase_reader;

// Every reader, strongest evidence first: the first that recognizes a folder has it.
std::span<const ToolReader* const> tool_readers();
// The reader of a tool; null for tools whose migrations are code (Knex, Rails, ...).
const ToolReader* reader_of(Tool tool);

}  // namespace migguard::project
