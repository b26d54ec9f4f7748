// Looks from a second connection at every statement that runs in a transaction, and fills in what
// it locks beside what `migguard locks` says.
#pragma once

#include <algorithm>
#include <database/databases.hpp>
#include <database/lock_watch.hpp>
#include <database/pieces.hpp>
#include <lint/statement_effects.hpp>
#include <lint/verification.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

namespace migguard::database {

template <class Operation>
bool has(const Piece& piece) {
  return piece.statement &&
         std::any_of(piece.statement->ops.begin(), piece.statement->ops.end(),
                     [](const Op& op) { return std::holds_alternative<Operation>(op); });
}

class StatementWatch {
 public:
  // `opened` has a watcher. Both are looked at for as long as this lives.
  StatementWatch(Opened& opened, const std::vector<lint::StatementEffects>& predicted);

  // Around a statement; what its transaction held already is left out. `after` says why nothing can
  // be seen where the transaction is over.
  void before();
  void after(lint::VerifiedMigration& migration, const Piece& piece,
             const Session::Outcome& outcome);

  const lint::StatementEffects* prediction_of(const lint::VerifiedMigration& migration,
                                              const Piece& piece) const;
  static lint::VerifiedStatement* statement_of(lint::VerifiedMigration& migration,
                                               const Piece& piece);
  HeldLocks held();
  LockWatch& locks() { return watch_; }
  // Of a question of our own that failed: then nothing more is known.
  std::optional<Error> error;

 private:
  lint::StatementEffects of_what_is_seen(const lint::StatementEffects& predicted,
                                         const HeldLocks& now);

  Opened& opened_;
  LockWatch watch_;
  HeldLocks before_;
  std::unordered_map<const Migration*,
                     std::unordered_map<std::size_t, const lint::StatementEffects*>>
      predicted_;
};

}  // namespace migguard::database
