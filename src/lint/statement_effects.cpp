#include <lint/replay.hpp>
#include <lint/statement_effects.hpp>
#include <schema/effects.hpp>

#include <iterator>
#include <utility>

namespace migguard::lint {
namespace {

class Recorder final : public ReplayListener {
 public:
  Recorder(const schema::Catalog& catalog, const EffectsSettings& settings)
      : catalog_(catalog), settings_(settings) {}

  void migration(const Migration& migration) override {
    finish();
    migration_ = &migration;
    index_ = 0;
  }
  void statement(const Statement& statement, bool) override {
    finish();
    statement_ = &statement;
    ++index_;
    parts_.clear();
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
      if (settings_.leave_out_new) schema::leave_out_new(each, catalog_);
      parts_.push_back(std::move(each));
    }
  }
  void finish() {
    if (statement_ && migration_->selected)
      statements_.push_back({migration_, statement_->span, index_, schema::together(parts_)});
    statement_ = nullptr;
  }

  const schema::Catalog& catalog_;
  const EffectsSettings& settings_;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  std::size_t index_ = 0;
  bool together_ = false;
  std::vector<Effects> parts_;
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
