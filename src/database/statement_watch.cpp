#include <database/statement_watch.hpp>

namespace migguard::database {

StatementWatch::StatementWatch(Opened& opened,
                               const std::vector<lint::StatementEffects>& predicted)
    : opened_(opened), watch_(*opened.watcher, opened.session.process()) {
  for (const lint::StatementEffects& each : predicted)
    predicted_[each.migration].emplace(each.index, &each);
}

lint::VerifiedStatement* StatementWatch::statement_of(lint::VerifiedMigration& migration,
                                                      const Piece& piece) {
  for (lint::VerifiedStatement& each : migration.statements) {
    if (each.index == piece.index && piece.index > 0) return &each;
  }
  return nullptr;
}

const lint::StatementEffects* StatementWatch::prediction_of(
    const lint::VerifiedMigration& migration, const Piece& piece) const {
  const auto of_migration = predicted_.find(migration.migration);
  if (of_migration == predicted_.end()) return nullptr;
  const auto found = of_migration->second.find(piece.index);
  return found == of_migration->second.end() ? nullptr : found->second;
}

HeldLocks StatementWatch::held() {
  auto locks = watch_.held();
  if (locks) return *std::move(locks);
  error = locks.error();
  return {};
}

void StatementWatch::before() {
  if (!error) before_ = opened_.session.in_transaction() ? held() : HeldLocks();
}

void StatementWatch::after(lint::VerifiedMigration& migration, const Piece& piece,
                           const Session::Outcome& outcome) {
  lint::VerifiedStatement* statement = statement_of(migration, piece);
  const auto* predicted = prediction_of(migration, piece);
  if (!statement || !predicted || error) return;
  if (!opened_.session.in_transaction()) {
    statement->unwatched = only<TransactionControl>(piece)
                               ? "it only begins or ends a transaction"
                               : "its transaction ends with it";
    return;
  }
  const HeldLocks now = held();
  if (error) return;
  compare(*predicted, before_, {now, outcome.rows > 0, has<DoBlock>(piece), nullptr}, *statement);
}

}  // namespace migguard::database
