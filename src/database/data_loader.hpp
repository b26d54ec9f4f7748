// Rows for a verified database: each statement of the files of `--data` runs as soon as the schema
// has room for it, or behind the migration that a line `-- migguard: after MIGRATION` names.
#pragma once

#include <database/applier.hpp>
#include <deque>
#include <lint/verification.hpp>
#include <string>
#include <util/result.hpp>
#include <vector>

namespace migguard::database {

struct DataStatement {
  const SourceFile* source = nullptr;
  Piece piece;
  std::string after;  // a migration; empty: as soon as it can run
};

class DataFiles {
 public:
  // Errors: a file that cannot be read as SQL at all.
  static Result<DataFiles> read(const std::vector<const SourceFile*>& files);
  const std::vector<DataStatement>& statements() const { return statements_; }
  bool empty() const { return statements_.empty(); }

 private:
  std::deque<Script> scripts_;  // what the pieces refer to
  std::vector<DataStatement> statements_;
};

class DataLoader {
 public:
  DataLoader(const DataFiles& files, Session& session, Applier& applier);

  // Runs what can run; `migration`: the one just applied, null before the first. Inside a
  // transaction each statement has a savepoint.
  void load(const Migration* migration, std::vector<lint::VerifyFinding>& findings);
  // What never ran, as findings.
  void finish(std::vector<lint::VerifyFinding>& findings) const;

 private:
  struct State {
    bool done = false;
    std::string table;                           // that it fills, where one can be told
    std::optional<lint::ServerMessage> refused;  // when it was tried last
  };
  const DataFiles& files_;
  Session& session_;
  Applier& applier_;
  std::vector<State> states_;  // of the statements
};

// Whether a migration is meant by a name: its id, its file, its path, or its number.
bool is_named(const Migration& migration, std::string_view name);

}  // namespace migguard::database
