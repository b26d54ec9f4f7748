// Calls the rules, and collects what they find.
#pragma once

#include <array>
#include <deque>
#include <lint/lint.hpp>
#include <lint/order.hpp>
#include <lint/pattern_rules.hpp>
#include <lint/replay.hpp>
#include <lint/rule_set.hpp>
#include <lint/small_tables.hpp>
#include <lint/statement_index.hpp>
#include <map>
#include <memory>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <optional>
#include <span>
#include <vector>

namespace migguard::lint {

// One per run. Rules are called in the order of their names within each step, so that the same
// project gives the same findings.
class Judge final : public Context, private ReplayListener {
 public:
  Judge(const Settings& settings, const RuleSet& rules, Project& project, project::Parsing& parsing,
        int server_version);

  // Replays every history, then calls the rules that listen to histories and to the project. All
  // scripts are parsed then, and the project does not change any more.
  void run();
  // What was found, not sorted as a whole, and some of it perhaps twice.
  std::vector<Finding> take_findings() {
    move_sorted(findings_, kept_);
    return std::move(kept_);
  }
  // As each history left them behind.
  std::vector<std::unique_ptr<schema::Catalog>> take_schemas() { return std::move(schemas_); }

 private:
  struct Call {
    std::size_t rule;
    void (*function)(Context&, const void*);
  };
  using Calls = std::span<const Call>;

  // Which rules listen to what.
  void collect_calls();
  void call(Calls calls, const void* subject);
  // Lowers what the rule at hand has said since `first` of work that grows with a table.
  void lower_what_is_harmless(std::size_t first);
  // Where the table is small.
  void lower_on_small_tables(std::size_t first);
  // Where the migration only gets to the statement at hand when the table has no rows.
  void lower_on_emptied_tables(std::size_t first);
  void reach(const Migration& migration) override {
    const Stopwatch waiting(settings_.timings, &Timings::wait);
    parsing_.wait_for(migration);
  }
  void finish_parsing() const override { parsing_.finish(); }
  void migration(const Migration& migration) override;
  void statement(const Statement& statement, bool in_transaction) override;
  void operation(const Op& op, bool in_transaction) override;
  void migration_end(const Migration& migration) override;
  Finding& add(const SourceFile& source, Span span, std::string message) override;
  Span narrow(const Node& op) const override;
  Span narrow_anew(const Node& op) const;
  const Effects& effects_of(const Node* op) override;
  const std::vector<Effects::Lock>& locks_held() override;
  const TransactionSoFar& transaction_so_far() override;
  const std::vector<DeclaredVerdict>& declared_verdicts() override;
  std::vector<const Statement*> find_statements(Text name, Text other) const override {
    return statements_by_name_.naming(name, other);
  }
  const OptionSetting* find_option(std::string_view name) const override;

  // What is not compiled in: patterns of the configuration, and a plugin.
  void call_own(const Op& op, bool in_transaction);

  const Settings& settings_;
  Project& judged_;
  project::Parsing& parsing_;
  const RuleSet& rules_;
  const int server_version_;
  const SmallTables small_tables_;
  std::vector<Call> calls_;  // of all rules, by what they listen to
  // By the index of the operation in Op.
  std::array<Calls, std::variant_size_v<Op>> on_operation_;
  std::vector<std::unique_ptr<schema::Catalog>> schemas_;
  const schema::Catalog* catalog_ = nullptr;
  // Of the statement at hand: of its operations seen together, of one, of all. Empty until asked.
  std::vector<Effects> effects_together_;
  std::optional<Effects> effects_of_op_, effects_of_statement_;
  // Of the statements of the open transaction, as far as they were asked for: up to the statement
  // `held_to_`. None until a rule asks.
  std::optional<Effects> held_;
  std::size_t held_to_ = 0;
  // What statements that drop constraints, indexes and tables do cannot be told afterwards.
  std::map<std::size_t, Effects> effects_of_drops_;
  const Op* op_ = nullptr;
  struct Narrowed {
    const Migration* of = nullptr;
    const Node* node = nullptr;
    Span whole, span;
  };
  mutable Narrowed narrowed_;  // the last one
  std::vector<std::pair<std::size_t, PatternMatcher>> patterns_;
  std::array<bool, std::variant_size_v<Op>> has_pattern_{};  // by the index of the operation in Op
  // Of the migration at hand: the transaction before its statement number `looked_at_`.
  mutable StatementIndex statements_by_name_;
  TransactionSoFar transaction_;
  std::size_t transaction_begins_ = 0;
  std::size_t looked_at_ = 0;
  Calls on_statement_, on_migration_, after_migration_, on_history_, on_project_;
  std::size_t current_rule_ = 0;
  // Those of the migration at hand: a deque, because rules hold references while they add to them.
  std::deque<Finding> findings_;
  std::size_t found_ = 0;      // how many: a deque must work that out, and each call asks twice
  std::vector<Finding> kept_;  // those of the migrations before
  std::optional<std::vector<DeclaredVerdict>> declared_;
  Finding discarded_;  // what a rule that is off for a file reports
};

}  // namespace migguard::lint
