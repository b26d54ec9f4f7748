// What the readers of tools that keep a migration in a file share.
#pragma once

#include <migguard/project.hpp>
#include <project/tools/sections.hpp>
#include <project/tree.hpp>
#include <string>
#include <vector>

namespace migguard::project {

// The names of a folder's `.sql` files, in byte order.
std::vector<std::string> sql_files(const Folder& folder);
// Whether it has any.
bool has_sql_files(Tree&, const Folder& folder);

// The file at a path as a migration: its id, and the digits its id begins with. A file that cannot
// be read is a problem of its script.
Migration read_migration(Tree& tree, const std::string& path, std::string id);

// A file that takes a migration back.
void add_rollback(Tree& tree, const std::string& path, std::string id, History& history);
// The `.sql` files of folders directly below that are named for rollbacks.
void add_rollback_folders(Tree& tree, const Folder& folder, History& history);

// Appends `names` (file names in the folder) in their order: those named for rollbacks as
// rollbacks, the others forward, each prepared by `prepare` where there is one.
void add_files(Tree& tree, const Folder& folder, const std::vector<std::string>& names,
               void (*prepare)(Migration&), History& history);
// The files that the tool passes by: at the end, marked as not listed.
void add_unlisted(Tree& tree, const Folder& folder, const std::vector<std::string>& names,
                  History& history);

// What a migration with sections executes: its up sections, in a transaction of its own, or in mode
// `without` where a line says to do without one.
void prepare_sections(Migration& migration, Mark (*mark)(std::string_view line),
                      bool (*without_transaction)(std::string_view line), TransactionMode without);
// Appends a file that holds both ways. Where it has no sections, all of it is forward.
void add_sections(Migration migration, const Sections& sections, History& history);

// Whether a comment line of any `.sql` file of the folder is an up mark to `mark`, which knows
// marks in comment lines only. The files are read only where a name begins with a digit or the
// folder is named for migrations.
bool any_up_mark(Tree& tree, const Folder& folder, Mark (*mark)(std::string_view line));

// Whether a folder is named as folders of SQL migrations are: `migrations`, `sql`, `initdb`, ...
bool is_migrations_name(std::string_view name);

// The dialect that the words of a path name (`migrations/mysql`), PostgreSQL's where none does.
Dialect dialect_of_path(std::string_view path);

}  // namespace migguard::project
