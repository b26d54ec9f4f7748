// An SQLite database in memory that can do nothing but hold tables and rows, and tells what
// statements do.
#pragma once

#include <sqlite/replay.hpp>
//
#include <sqlite3.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::sqlite {

// What the authorizer heard while one statement was prepared.
struct Doings {
  std::vector<std::string> creates;                                // tables
  std::vector<std::string> drops;                                  // tables
  std::vector<std::pair<std::string, std::string>> drops_columns;  // table, column
  std::set<std::string> deletes_from;
  std::set<std::string> inserts_into;
  std::set<std::string> updates;
  std::set<std::pair<std::string, std::string>> reads;  // table, column
  bool renames = false;
  bool denied = false;  // something that the database is not to do
};

class Database {
 public:
  Database();
  // Whether SQLite could be had at all.
  explicit operator bool() const { return database_ != nullptr; }

  struct Prepared {
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement{nullptr, &sqlite3_finalize};
    std::size_t size = 0;  // bytes of the text that it takes; 0 where it cannot be read
    Doings doings;
    std::string error;
  };
  // The first statement of a text. By its end and no length: SQLite copies what has one.
  Prepared prepare(const char* sql);
  // Runs it; the error, or empty.
  std::string run(Prepared& prepared);
  // No more steps or memory are left: nothing else will run.
  bool exhausted() const { return exhausted_; }

  std::vector<std::string> tables();
  std::vector<Column> columns(const std::string& table);

 private:
  template <class Take>
  void query(const char* sql, const std::string& argument, Take take);
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* third, const char* trigger);
  static int look(void* self);

  std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_{nullptr, &sqlite3_close_v2};
  Doings* doings_ = nullptr;
  int looks_ = 0;
  bool exhausted_ = false;
};

}  // namespace migguard::sqlite
