// What a history makes of an empty database, in terms that two dialects have in common.
#pragma once

#include <cstdint>
#include <migguard/drizzle_config.hpp>
#include <migguard/source.hpp>
#include <string>
#include <vector>

namespace migguard {

// What SQLite itself said of a statement while the history ran.
struct SqliteEvent {
  enum class Kind : std::uint8_t {
    table_dropped,   // and nothing took its place in the same migration
    column_dropped,  // by DROP COLUMN, or left out when its table was made anew
    rows_deleted,    // all of them
    refused,         // SQLite does not run it, nor anything behind it
  };
  Kind kind = Kind::refused;
  const SourceFile* source = nullptr;
  Span span;  // of the statement
  std::string table;
  std::string column;
  std::string message;  // of a refusal, in SQLite's words
};

// Tables by name, with the statement that made each. `references` of a column is a table's name.
struct MigratedSchema {
  std::vector<DrizzleTable> tables;
  bool complete = false;     // every statement was understood: nothing else is there
  bool of_snapshot = false;  // read from Drizzle's newest snapshot, because the SQL was not enough
  std::vector<SqliteEvent> events;  // of an SQLite history, in order
};

}  // namespace migguard
