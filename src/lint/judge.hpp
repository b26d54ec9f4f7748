// Calls the rules, and collects what they find.
#pragma once

#include <deque>
#include <lint/lint.hpp>
#include <lint/pattern_rules.hpp>
#include <lint/replay.hpp>
#include <lint/rule_set.hpp>
#include <migguard/rule.hpp>
#include <optional>
#include <vector>

namespace migguard::lint {

// One per run. Rules are called in the order of their names within each step, so that the same
// project gives the same findings.
class Judge final : public Context, private ReplayListener {
 public:
  Judge(const Settings& settings, const RuleSet& rules, const Project& project);

  // Rules that listen to the project, then to each history, then to its replay.
  void run();
  std::deque<Finding> take_findings() { return std::move(findings_); }

 private:
  struct Call {
    std::size_t rule;
    void (*function)(Context&, const void*);
  };
  using Calls = std::vector<Call>;

  void call(const Calls& calls, const void* subject);
  void migration(const Migration& migration) override;
  void statement(const Statement& statement, bool in_transaction) override;
  void operation(const Op& op, bool in_transaction) override;
  void migration_end(const Migration& migration) override;
  Finding& add(const SourceFile& source, Span span, std::string message) override;
  Span narrow(const Node& op) const override;
  const Effects& effects_of(const Node* op) override;
  const OptionSetting* find_option(std::string_view name) const override;

  // What is not compiled in: patterns of the configuration, and a plugin.
  void call_own(const Op& op, bool in_transaction);

  const Settings& settings_;
  const RuleSet& rules_;
  std::vector<Calls> on_operation_;  // by the index of the operation in Op
  const schema::Catalog* catalog_ = nullptr;
  // Of the statement at hand: of its operations seen together, of one, of all. Empty until asked.
  std::vector<Effects> effects_together_;
  std::optional<Effects> effects_of_op_, effects_of_statement_;
  const Op* op_ = nullptr;
  std::vector<std::pair<std::size_t, PatternMatcher>> patterns_;
  std::vector<bool> has_pattern_;  // by the index of the operation in Op
  Calls on_statement_, on_migration_, after_migration_, on_history_, on_project_;
  std::size_t current_rule_ = 0;
  std::deque<Finding> findings_;  // a deque: rules hold references while they add to them
  Finding discarded_;             // what a rule that is off for a file reports
};

}  // namespace migguard::lint
