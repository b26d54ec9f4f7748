// What a live database says of the project: the tables in which migration tools note what they have
// applied, and where its schema differs from what the files make.
#pragma once

#include <cstdint>
#include <migguard/source.hpp>
#include <migguard/tool.hpp>
#include <optional>
#include <string>
#include <vector>

namespace migguard {

struct History;
struct Migration;

// unfinished: begun, and neither finished nor rolled back: it failed, or runs at this moment.
enum class AppliedState : std::uint8_t { applied, unfinished, rolled_back };

// The file of a migration against the checksum that was noted when it was applied. line_endings:
// they differ in nothing but CR LF and LF.
enum class ChecksumVerdict : std::uint8_t { unknown, same, line_endings, different };

// A row of such a table.
struct AppliedRow {
  std::string version;   // what the tool finds a migration by; of Drizzle before 1.0: `created_at`
  std::string name;      // what the table calls it besides; may be empty
  std::string checksum;  // as stored, bytes in lower-case hexadecimals
  std::optional<std::int64_t> created_at;  // Drizzle: milliseconds since 1970, of the journal
  AppliedState state = AppliedState::applied;
  bool and_before = false;  // it stands for every smaller version, too: golang-migrate, a baseline
  std::string log;          // what the server said when it failed, where the tool keeps that
  // The migration of the project that it speaks of, and that file against the checksum; found by
  // project::match_applied. Null: none, or (`known`) an entry of Drizzle's journal without a file.
  const Migration* migration = nullptr;
  bool known = false;
  // Where none has its name, the one with its very text: it was renamed. Drizzle 1.0 alone.
  const Migration* renamed = nullptr;
  ChecksumVerdict verdict = ChecksumVerdict::unknown;
};

struct AppliedTable {
  Tool tool = Tool::plain;  // whose it is by its columns; drizzle_v1 where it has the column `name`
  std::string name;         // as SQL writes it: `drizzle.__drizzle_migrations`
  std::vector<AppliedRow> rows;      // in the order in which they were written
  const History* history = nullptr;  // the history of the project that it belongs to; null: none
};

// An object that the files make and the database does not hold as they make it, or the reverse.
struct SchemaDifference {
  enum class Where : std::uint8_t { only_here, only_there, different };
  Where where = Where::different;
  std::string kind;    // `table`, `column`, `index` ...
  std::string object;  // for people: `public.orders`, `total` of a column
  std::string table;   // that it is a part of; empty where it is no part
  std::string here;    // how it reads in the files, respectively in the database
  std::string there;
  const SourceFile* source = nullptr;  // where to speak of it
  Span span;
};

struct Database {
  std::string shown;        // `shop on db.example.org:5432`, never with a password
  int server_version = 0;   // major
  std::int64_t now = 0;     // milliseconds since 1970 by the server's clock
  bool has_tables = false;  // tables that are neither a migration tool's nor an extension's
  std::vector<AppliedTable> applied;
  std::vector<SchemaDifference> differences;  // by kind and name
};

// The table of a history in the database asked; null where there is none, or none was asked.
inline const AppliedTable* applied_table(const std::optional<Database>& database,
                                         const History& history) {
  if (!database) return nullptr;
  for (const AppliedTable& each : database->applied) {
    if (each.history == &history) return &each;
  }
  return nullptr;
}

}  // namespace migguard
