// Sees from a second connection which relations a session locks and writes anew, and holds that
// against what `migguard locks` says.
#pragma once

#include <database/session.hpp>
#include <lint/statement_effects.hpp>
#include <lint/verification.hpp>
#include <map>
#include <string>
#include <vector>

namespace migguard::database {

// A relation that was there before, by its name then, with the strongest lock on it.
struct HeldLock {
  RelationName relation;
  RelationName table;  // of an index its table, else `relation`
  char kind = 'r';     // pg_class.relkind
  LockMode mode = LockMode::access_share;
  std::string file;  // relfilenode before
};
using HeldLocks = std::map<std::string, HeldLock>;  // by oid

// With the schema that names without one mean.
RelationName in_schema(RelationName relation);

class LockWatch {
 public:
  // `watcher` must be in the same database, and not in a transaction.
  LockWatch(Session& watcher, int process) : watcher_(&watcher), process_(process) {}

  // Whether it sees what `session` holds: behind a pooler the two need not even speak of one server
  // process.
  Result<bool> sees(Session& session);
  // What is locked at this moment. What is not committed is not seen: so relations that the
  // transaction itself made are left out.
  Result<HeldLocks> held();
  // Of relations by name, those that it sees: not what an open transaction has made.
  Result<std::vector<RelationName>> visible(const std::vector<RelationName>& relations);
  // Of these, once the transaction is committed, those that have another file than before.
  Result<std::vector<HeldLock>> rewritten(const HeldLocks& locked);

 private:
  Session* watcher_;
  int process_;
};

struct Seen {
  HeldLocks locks;            // behind the statement, in its transaction
  bool touched_rows = false;  // else no foreign key was looked up, nor any row locked
  bool branches = false;      // it is a DO block, whose parts may not all have run
  const std::vector<HeldLock>* rewritten = nullptr;  // null: it was not looked at
};

// Fills in what was seen of a statement; `before`: what its transaction held already.
void compare(const lint::StatementEffects& predicted, const HeldLocks& before, const Seen& seen,
             lint::VerifiedStatement& statement);

}  // namespace migguard::database
