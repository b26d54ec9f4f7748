// What an audit shows beside its findings: each migration with its risk, the tables it touches,
// what its statements lock, and the tool's journal beside the files.
#pragma once

#include <lint/lint.hpp>
#include <lint/statement_effects.hpp>
#include <report/locks.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migguard::report {

struct MigrationRow {
  const History* history = nullptr;
  const Migration* migration = nullptr;
  std::size_t number = 0;  // from 1, over all histories in the order of execution
  bool applied = false;    // history: what it did is done
  std::string date;        // `2024-05-31`, where the journal or the name tells it
  std::size_t errors = 0, warnings = 0, notes = 0;  // open findings in its file
  std::size_t answered = 0;  // findings that are accepted or suppressed, or history
  std::optional<Severity> gravest_answered;
  std::vector<std::size_t> tables;  // indexes into Overview::tables
  std::optional<Severity> gravest() const;
};

// What a migration does to a table; several at once.
enum Touch : std::uint8_t {
  touch_created = 1,
  touch_altered = 2,
  touch_rows = 4,  // rows are inserted, updated or deleted
  touch_emptied = 8,
  touch_renamed = 16,
  touch_dropped = 32
};

struct TableRow {
  std::string name;  // as regclass prints it, at the end of the history
  std::string formerly;
  const History* history = nullptr;
  bool dropped = false;
  struct Use {
    std::size_t migration = 0;  // index into Overview::migrations
    std::uint8_t touches = 0;
  };
  std::vector<Use> uses;  // in the order of execution
};

// A statement that keeps others waiting for a time that grows with a table.
struct LockingStatement {
  std::size_t migration = 0;  // index into Overview::migrations
  StatementEffects statement;
  std::vector<LockRow> rows;  // those that hurt
};

// Whether something is in a place where it should be.
enum class Presence : std::uint8_t { not_asked, yes, no };

// One migration as journal and folder know it.
struct JournalRow {
  std::string place;  // of the journal: `12`; empty where it is not in it
  std::string name;
  std::string when;
  Presence journal = Presence::not_asked;
  Presence file = Presence::not_asked;
  Presence snapshot = Presence::not_asked;
  Presence database = Presence::not_asked;
  const Migration* migration = nullptr;
  std::vector<const Finding*> findings;  // of the history family, that are about it
};

struct JournalTable {
  const History* history = nullptr;
  std::string journal;   // what the tool goes by, in words
  std::string database;  // the table in which the database asked notes what is applied
  std::vector<JournalRow> rows;
  std::vector<const Finding*> others;  // about the history as a whole
  std::size_t mismatches = 0;          // rows with a finding
};

struct Overview {
  std::vector<MigrationRow> migrations;
  std::vector<TableRow> tables;         // most touched first
  std::vector<LockingStatement> locks;  // in the order of execution
  std::size_t brief_locks = 0;  // statements that keep readers waiting, but for a moment only
  std::vector<JournalTable> journals;
};

// `report` must outlive it.
Overview overview_of(const lint::Report& report);

// The words for a set of touches: `created, rows written`.
std::string touch_words(std::uint8_t touches);

}  // namespace migguard::report
