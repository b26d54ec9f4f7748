#include <database/statement_watch.hpp>

namespace migguard::database {

StatementWatch::StatementWatch(Opened& opened, const std::vector<lint::StatementEffects>& predicted)
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

// Without locks on what the open transaction has made or renamed.
lint::StatementEffects StatementWatch::of_what_is_seen(const lint::StatementEffects& predicted,
                                                       const HeldLocks& now) {
  lint::StatementEffects out = predicted;
  std::vector<RelationName> missing;
  for (const Effects::Lock& each : predicted.effects.locks) {
    const RelationName relation = in_schema(each.relation);
    if (std::none_of(now.begin(), now.end(),
                     [&](const auto& held) { return held.second.relation == relation; }))
      missing.push_back(relation);
  }
  if (missing.empty()) return out;
  const auto visible = watch_.visible(missing);
  if (!visible) {
    error = visible.error();
    return out;
  }
  const auto holds = [](const std::vector<RelationName>& list, const RelationName& relation) {
    return std::find(list.begin(), list.end(), relation) != list.end();
  };
  std::erase_if(out.effects.locks, [&](const Effects::Lock& each) {
    const RelationName relation = in_schema(each.relation);
    return holds(missing, relation) && !holds(*visible, relation);
  });
  return out;
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
    statement->unwatched = only<TransactionControl>(piece) ? "it only begins or ends a transaction"
                                                           : "it runs outside of a transaction";
    return;
  }
  const HeldLocks now = held();
  if (error) return;
  compare(of_what_is_seen(*predicted, now), before_,
          {now, outcome.rows > 0, has<DoBlock>(piece), nullptr}, *statement);
}

}  // namespace migguard::database
