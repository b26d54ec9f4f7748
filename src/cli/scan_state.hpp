// What a scan of a live database keeps in a file, so that another run can go on behind the last
// table that was read whole.
#pragma once

#include <jsonb/scan.hpp>
#include <optional>
#include <string>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::cli {

class ScanState {
 public:
  // An empty path keeps nothing.
  explicit ScanState(std::string path) : path_(std::move(path)) {}

  // Reads what an earlier run has kept. `what` names the database and how it is scanned: a file of
  // another scan is an error, and so is one that cannot be read.
  std::optional<Error> open(const FileSystem& files, std::string what);
  bool has(const std::string& table) const;
  // Adds a table and writes the file anew, whole or not at all.
  std::optional<Error> add(const std::string& table, std::vector<jsonb::ScannedColumn> columns);
  // Takes the file away: the scan is complete.
  void close() const;

  // Of this run and those before, in the order they were read.
  const std::vector<jsonb::ScannedColumn>& columns() const { return columns_; }

 private:
  std::string path_;
  std::string what_;
  std::vector<std::string> tables_;
  std::vector<jsonb::ScannedColumn> columns_;
};

}  // namespace migguard::cli
