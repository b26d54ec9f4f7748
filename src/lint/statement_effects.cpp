#include <lint/replay.hpp>
#include <lint/statement_effects.hpp>
#include <schema/effects.hpp>

#include <algorithm>
#include <utility>

namespace migguard::lint {
namespace {

bool ends_transaction(const Op& op) {
  const auto* control = std::get_if<TransactionControl>(&op);
  return control &&
         (control->step == TransactionStep::commit || control->step == TransactionStep::rollback ||
          control->step == TransactionStep::prepare);
}

const TransactionControl* control_of(const Statement& statement) {
  const auto* control =
      statement.ops.empty() ? nullptr : std::get_if<TransactionControl>(&statement.ops.front());
  return control;
}

bool goes_back_to_savepoint(const Migration& migration) {
  return std::any_of(migration.script.statements.begin(), migration.script.statements.end(),
                     [](const Statement& statement) {
                       const auto* control = control_of(statement);
                       return control && control->step == TransactionStep::rollback_to;
                     });
}

class Recorder final : public ReplayListener {
 public:
  Recorder(const schema::Catalog& catalog, const EffectsSettings& settings)
      : catalog_(catalog), settings_(settings) {}

  void migration(const Migration& migration) override {
    finish();
    held_.clear();
    savepoints_.clear();
    goes_back_ = goes_back_to_savepoint(migration);
    ended_ = false;
    migration_ = &migration;
    index_ = 0;
  }
  void statement(const Statement& statement, bool in_transaction) override {
    finish();
    if (!in_transaction || ended_) {
      held_.clear();
      savepoints_.clear();
    }
    if (const auto* control = goes_back_ ? control_of(statement) : nullptr) pass(*control);
    ended_ = std::any_of(statement.ops.begin(), statement.ops.end(), ends_transaction);
    statement_ = &statement;
    ++index_;
    parts_.clear();
    felt_.clear();
    together_ = schema::depend_on_each_other(statement.ops);
    if (together_ && migration_->selected) take(statement.ops);
  }
  void operation(const Op& op, bool) override {
    if (!together_ && migration_->selected) take({&op, 1});
  }
  std::vector<StatementEffects> take_statements() {
    finish();
    return std::move(statements_);
  }

 private:
  void take(List<Op> ops) {
    for (Effects& each : schema::effects(catalog_, ops, settings_.pg_version)) {
      felt_.push_back(each);
      schema::leave_out_new(felt_.back(), catalog_);
      parts_.push_back(settings_.leave_out_new ? felt_.back() : std::move(each));
    }
  }
  void finish() {
    if (statement_ && migration_->selected) {
      Effects felt = schema::together(felt_);
      statements_.push_back(
          {migration_, statement_->span, index_, schema::together(parts_), felt, held_});
      hold(std::move(felt.locks));
    }
    statement_ = nullptr;
  }

  // ROLLBACK TO lets go of what was locked since the savepoint.
  void pass(const TransactionControl& control) {
    if (control.step == TransactionStep::savepoint) {
      savepoints_.emplace_back(control.savepoint, held_);
      return;
    }
    const auto found =
        std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                     [&](const auto& each) { return each.first == control.savepoint; });
    if (found == savepoints_.rend()) return;
    if (control.step == TransactionStep::rollback_to) {
      held_ = found->second;
      savepoints_.erase(found.base(), savepoints_.end());
    } else if (control.step == TransactionStep::release) {
      savepoints_.erase(found.base() - 1, savepoints_.end());
    }
  }

  // The transaction keeps the strongest lock of each relation until it ends.
  void hold(std::vector<Effects::Lock> locks) {
    for (Effects::Lock& lock : locks) {
      const bool of_index = lock.table != lock.relation;
      if (of_index ? !blocks_reads(lock.mode) : !blocks_writes(lock.mode)) continue;
      const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& each) {
        return each.lock.relation == lock.relation;
      });
      if (found == held_.end())
        held_.push_back({std::move(lock), statement_->span});
      else if (lock.mode > found->lock.mode)
        *found = {std::move(lock), statement_->span};
    }
  }

  const schema::Catalog& catalog_;
  const EffectsSettings& settings_;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  std::size_t index_ = 0;
  bool together_ = false;
  bool ended_ = false;  // the statement at hand ends the transaction
  std::vector<Effects> parts_, felt_;
  std::vector<StatementEffects::Held> held_;  // by the open transaction
  // What was held at each savepoint; kept only where the migration goes back to one.
  std::vector<std::pair<Text, std::vector<StatementEffects::Held>>> savepoints_;
  bool goes_back_ = false;
  std::vector<StatementEffects> statements_;
};

}  // namespace

std::vector<StatementEffects> statement_effects(const History& history,
                                                const EffectsSettings& settings) {
  schema::Catalog catalog;
  Recorder recorder(catalog, settings);
  replay(history, settings.assume_in_transaction, catalog, recorder);
  return recorder.take_statements();
}

}  // namespace migguard::lint
