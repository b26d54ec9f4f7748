#include <lint/replay.hpp>

namespace migguard::lint {
namespace {

// Whether a statement runs inside a transaction block, as BEGIN, COMMIT and the runner decide.
class TransactionState {
 public:
  TransactionState(const Migration& migration, bool assume_in_transaction)
      : mode_(assume_in_transaction && migration.transaction == TransactionMode::autocommit
                  ? TransactionMode::per_file
                  : migration.transaction),
        several_(migration.script.statements.size() > 1),
        open_(mode_ == TransactionMode::per_file || mode_ == TransactionMode::all_pending) {}

  // A simple query of one statement is its own transaction; of several, it is one implicit block,
  // also behind a COMMIT (exec_simple_query in src/backend/tcop/postgres.c).
  bool inside() const { return open_ || (mode_ == TransactionMode::simple_query && several_); }
  bool autocommit() const { return mode_ == TransactionMode::autocommit; }

  void after(const TransactionControl& control) {
    switch (control.step) {
      case TransactionStep::begin:
        open_ = true;
        break;
      case TransactionStep::commit:
      case TransactionStep::rollback:
      case TransactionStep::prepare:
        open_ = control.chain;
        break;
      default:
        break;
    }
  }

 private:
  TransactionMode mode_;
  bool several_;
  bool open_;
};

bool creates_table(const Migration& migration) {
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      if (std::holds_alternative<CreateTable>(op)) return true;
    }
  }
  return false;
}

}  // namespace

void number_only(Project& project) {
  std::int32_t position = 0;
  for (History& history : project.histories)
    for (Migration& migration : history.migrations) migration.position = position++;
}

void settle_completeness(History& history) {
  history.complete &= !history.migrations.empty() && creates_table(history.migrations.front());
}

void number_migrations(Project& project) {
  number_only(project);
  for (History& history : project.histories) settle_completeness(history);
}

void replay(const History& history, bool assume_in_transaction, schema::Catalog& catalog,
            ReplayListener& listener) {
  for (const Migration& migration : history.migrations) {
    listener.reach(migration);
    TransactionState transaction(migration, assume_in_transaction);
    catalog.begin_migration(migration, transaction.autocommit(), history.complete);
    listener.migration(migration);
    std::int32_t index = 0;
    for (const Statement& statement : migration.script.statements) {
      catalog.begin_statement(index++);
      listener.statement(statement, transaction.inside());
      for (const Op& op : statement.ops) {
        listener.operation(op, transaction.inside());
        catalog.apply(op);
        if (const auto* control = std::get_if<TransactionControl>(&op)) transaction.after(*control);
      }
      catalog.end_statement();
    }
    listener.migration_end(migration);
    catalog.end_migration();
  }
}

}  // namespace migguard::lint
