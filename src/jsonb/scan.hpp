// What a scan of a live database's JSON columns is asked, and what it finds.
#pragma once

#include <cstdint>
#include <functional>
#include <jsonb/key_counts.hpp>
#include <migguard/jsonb.hpp>
#include <string>
#include <util/result.hpp>
#include <vector>

namespace migguard::jsonb {

struct ScanSettings {
  JsonbSettings jsonb;
  // A glob on `quotes.metadata`; empty: every column whose name is guarded.
  std::string columns;
  bool full = false;         // every row, instead of a sample of large tables
  bool in_database = false;  // the server walks, and only keys and counts leave it
};

struct ScannedKey {
  std::string path;  // below the column, any index: `items[*].price`; in the database: `**.price`
  KeyCount count;
};

struct ScannedColumn {
  std::string column;  // `quotes.metadata`, `app.quotes.metadata`
  std::uint64_t rows = 0;
  std::uint64_t documents = 0;             // rows that are not NULL
  std::uint64_t documents_with_money = 0;  // not known where the server walks
  double percent = 100;                    // of the table that was read
  std::vector<ScannedKey> keys;            // by path; from level low on
};

// Adds a key that the server has counted, where it holds money.
struct ServerCount {
  std::string key;
  JsonValueKind kind = JsonValueKind::unknown;
  std::uint64_t values = 0;
  std::string example;  // a scalar, its digits masked
};
void add(ScannedColumn& column, const ServerCount& count, const JsonbSettings& settings);

struct ScanProgress {
  std::string_view table;
  std::uint64_t rows = 0;
  std::uint64_t expected = 0;  // rows, by the server's estimate; 0: not known
  std::uint64_t bytes = 0;
};

// Told by a scan as it goes on.
struct ScanEvents {
  // Once, before anything is read: the database in words. An error ends the scan.
  std::function<std::optional<Error>(const std::string& database)> begin;
  std::function<bool(const std::string& table)> wanted;  // false: a scan before this one read it
  std::function<void(const ScanProgress&)> progress;     // every megabyte or so
  // The columns of a table, once it is read.
  std::function<std::optional<Error>(const std::string& table, std::vector<ScannedColumn>)> read;
  // A table that the server does not let the user read, in words; the others are read.
  std::function<void(const Error& why)> forbidden;
};

}  // namespace migguard::jsonb
