#include <database/statement_watch.hpp>
#include <database/verify.hpp>

namespace migguard::database {
namespace {

// Whether statements of a script need the transaction that they share, so that they cannot be
// watched one by one.
bool share_a_transaction(const Script& script) {
  for (const Statement& statement : script.statements) {
    for (const Op& op : statement.ops) {
      if (const auto* control = std::get_if<TransactionControl>(&op)) {
        if (control->step != TransactionStep::begin && control->step != TransactionStep::commit)
          return true;
      }
      if (const auto* set = std::get_if<SetVariable>(&op); set && set->local) return true;
      if (const auto* table = std::get_if<CreateTable>(&op);
          table && table->on_commit != OnCommit::preserve_rows)
        return true;
      if (const auto* table = std::get_if<CreateTableAs>(&op);
          table && table->on_commit != OnCommit::preserve_rows)
        return true;
      if (std::holds_alternative<LockTable>(op)) return true;
    }
  }
  return false;
}

bool controls_transaction(const Piece& piece) { return only<TransactionControl>(piece) != nullptr; }

class Watching {
 public:
  Watching(const Trial& trial, Opened& opened, const std::vector<lint::StatementEffects>& predicted)
      : trial_(trial),
        opened_(opened),
        watch_(opened, predicted),
        applier_(opened.session, opened.superuser(), trial.history, true) {}

  std::optional<Error> run() {
    if (auto error = applier_.prepare()) return error;
    DataLoader data(trial_.data, opened_.session, applier_);
    std::vector<lint::VerifyFinding> unused;  // the first run has said them
    data.load(nullptr, unused);
    for (lint::VerifiedMigration& each : trial_.verified.migrations) {
      if (each.verdict == lint::Verdict::not_reached) break;
      if (each.beforehand) {
        if (applier_.apply(*each.migration)) return std::nullopt;
      } else if (!watch(each)) {
        break;
      }
      data.load(each.migration, unused);
    }
    return watch_.error;
  }

 private:
  // Whether the next migration can be watched, too.
  bool watch(lint::VerifiedMigration& migration) {
    return share_a_transaction(migration.migration->script) ? watch_together(migration)
                                                            : watch_one_by_one(migration);
  }

  bool watch_together(lint::VerifiedMigration& migration) {
    applier_.before_statement = [&](const Piece&) { watch_.before(); };
    applier_.after_statement = [&](const Piece& piece, const Session::Outcome& outcome) {
      watch_.after(migration, piece, outcome);
    };
    const auto refusal = applier_.apply(*migration.migration);
    applier_.before_statement = {};
    applier_.after_statement = {};
    return !refusal && !watch_.error;
  }

  bool watch_one_by_one(lint::VerifiedMigration& migration) {
    applier_.begin_file();
    const auto pieces =
        pieces_of(*migration.migration->source, migration.migration->script, applier_.by_psql());
    for (const Piece& piece : pieces) {
      lint::VerifiedStatement* statement = watch_.statement_of(migration, piece);
      if (controls_transaction(piece)) {
        if (statement) statement->unwatched = "it only begins or ends a transaction";
        continue;
      }
      if (!statement && piece.index > 0) return false;  // not reached in the first run
      if (!watch(migration, piece, statement)) return false;
    }
    return true;
  }

  bool watch(const lint::VerifiedMigration& migration, const Piece& piece,
             lint::VerifiedStatement* statement) {
    const auto* predicted = watch_.prediction_of(migration, piece);
    Session& session = opened_.session;
    session.run("BEGIN");
    auto outcome = applier_.send(piece);
    if (outcome) {
      const HeldLocks locks = watch_.held();
      if (!session.run("COMMIT")) return stop(statement, "it cannot be committed on its own");
      auto rewritten = watch_.locks().rewritten(locks);
      if (!rewritten) watch_.error = rewritten.error();
      if (statement && predicted && !watch_.error) {
        const bool truncates = has<Truncate>(piece);
        // TRUNCATE gives a table another file, too, and writes nothing into it.
        compare(*predicted, {},
                {locks, outcome.rows > 0, has<DoBlock>(piece), truncates ? nullptr : &*rewritten},
                *statement);
      }
      return !watch_.error;
    }
    session.run("ROLLBACK");
    if (outcome.refused->sqlstate != "25001") {
      return stop(statement,
                  cat("it does not succeed in a transaction of its own: ", outcome.refused->text));
    }
    outcome = applier_.send(piece);
    return stop(statement, "it refuses a transaction", static_cast<bool>(outcome));
  }

  static bool stop(lint::VerifiedStatement* statement, std::string why, bool go_on = false) {
    if (statement) statement->unwatched = std::move(why);
    return go_on;
  }

  const Trial& trial_;
  Opened& opened_;
  StatementWatch watch_;
  Applier applier_;
};

}  // namespace

std::optional<Error> watch_locks(const Trial& trial,
                                 const std::vector<lint::StatementEffects>& predicted) {
  auto opened = trial.databases.fresh();
  if (!opened) return opened.error();
  trial.events(cat("watching the locks of ", trial.history.folder));
  auto error = Watching(trial, *opened, predicted).run();
  for (lint::VerifiedMigration& migration : trial.verified.migrations) {
    for (lint::VerifiedStatement& each : migration.statements) {
      if (!each.watched && each.unwatched.empty())
        each.unwatched = "an earlier statement could not be watched";
    }
  }
  return error;
}

}  // namespace migguard::database
