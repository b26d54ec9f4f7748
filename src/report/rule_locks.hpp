// What a rule's example locks, on each version of PostgreSQL that migguard knows.
#pragma once

#include <migguard/rule.hpp>
#include <report/locks.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migguard::report {

// Versions in a row on which the same happens.
struct VersionLocks {
  int first = 0;
  int last = 0;
  std::vector<LockRow> rows;
  std::vector<std::string> remarks;  // what it waits for, that it fails
};

struct RuleLocks {
  std::string sql;  // the statement that yields the rule
  std::vector<VersionLocks> versions;
};

// Of the first example whose locks depend on the version, else of the first that locks anything;
// none where no example does, or where the rule is not about statements on a live server.
std::optional<RuleLocks> rule_locks(const RegisteredRule& rule);

// `PostgreSQL 12 to 18`
std::string versions_text(const VersionLocks& locks);

}  // namespace migguard::report
