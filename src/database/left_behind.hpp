// What a verification leaves behind in a database that the user named.
#pragma once

#include <database/databases.hpp>
#include <migguard/project.hpp>
#include <optional>
#include <set>
#include <string>
#include <util/result.hpp>

namespace migguard::database {

class LeftBehind {
 public:
  explicit LeftBehind(const History& history) : history_(history) {}

  // Before anything runs: roles outlive the database.
  std::optional<Error> look_before(Opened& opened);
  // One clause: `ci on localhost:5432 still holds 12 tables and 2 enums`.
  Result<std::string> describe(Opened& opened);

 private:
  static Result<std::set<std::string>> roles(Session& session);

  const History& history_;
  std::set<std::string> roles_;
};

}  // namespace migguard::database
