// What an SQLite history makes of an empty database, asked of SQLite itself: in memory, behind its
// authorizer, so that nothing but tables and rows can come of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <migguard/source.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::sqlite {

struct Column {
  std::string name;
  bool not_null = false;
  std::string references;  // the table it refers to; empty: none
};

// A statement: which of the scripts, and its bytes in it.
struct Place {
  std::size_t script = 0;
  Span span;
};

struct Table {
  std::string name;
  Place made;  // by the statement that made it, or gave it its name
  std::vector<Column> columns;
};

// What a statement destroyed, or why SQLite does not run it. Tables that the same script made are
// left out, and so is what was copied to another table before.
struct Event {
  enum class Kind : std::uint8_t { table_dropped, column_dropped, rows_deleted, refused };
  Kind kind = Kind::refused;
  Place place;
  std::string table;
  std::string column;
  std::string message;  // of a refusal: SQLite's own words
};

struct Replay {
  std::vector<Table> tables;      // sorted by name
  std::vector<Event> events;      // in order; at most one refusal, the first
  std::vector<Place> statements;  // in order
  // SQLite took every statement; otherwise the tables are a part of the truth.
  bool complete = true;
};

// Runs scripts in their order; Drizzle's breakpoints end a statement. ATTACH, PRAGMA, virtual
// tables, extensions and functions that reach beyond the database are refused; a run ends after a
// fixed number of SQLite's own steps and within a fixed amount of memory, the same everywhere. Not
// safe to call from several threads at once: the limit on memory is SQLite's, for the whole
// process.
Replay replay(std::span<const std::string_view> scripts);

}  // namespace migguard::sqlite
