// The next migration as the files its tool would take: their numbers, their names, and the marks in
// them.
#pragma once

#include <migguard/project.hpp>
#include <util/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

// A folder of migrations, and what is in it.
struct MigrationFolder {
  Tool tool = Tool::plain;
  std::string folder;
  const History* history = nullptr;  // null: nothing of it is known but its names
  std::vector<std::string> names;    // of its files and folders
};

// What a migration says, before its tool's marks are put around it.
struct MigrationText {
  std::string name;                   // `expand_quotes_total`
  std::string comment;                // one line; may be empty
  std::vector<std::string> forward;   // statements without their semicolons
  std::vector<std::string> backward;  // what takes it back; may be empty
};

struct NewFile {
  std::string path;
  std::string text;
};

// 20240131095900, of milliseconds since 1970, UTC.
std::string utc_timestamp(std::int64_t milliseconds);

// What comes behind every number of the folder, in the way these are written: one more, as wide; of
// times, `now` (milliseconds since 1970) or one more. `added`: how many come before it that are
// not there yet.
std::string next_number(const MigrationFolder& folder, std::int64_t now, std::int64_t added);

// The files of the next migration. Errors: its number would not sort behind the last one where the
// tool goes by the bytes of names.
Result<std::vector<NewFile>> migration_files(const MigrationFolder& folder,
                                             const MigrationText& text, std::int64_t now,
                                             std::int64_t added);

// Statements as a script, each with its semicolon; a comment above them.
std::string script_of(std::string_view comment, const std::vector<std::string>& statements,
                      std::string_view between = "\n\n");

}  // namespace migguard::cli
