// One file holds statements that need a transaction and statements that refuse one.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

enum class Needs { nothing, a_transaction, none };
Needs needs(const Op& op) {
  if (const auto* each = std::get_if<CreateIndex>(&op))
    return each->concurrently ? Needs::none : Needs::a_transaction;
  if (const auto* each = std::get_if<DropIndex>(&op))
    return each->concurrently ? Needs::none : Needs::a_transaction;
  if (const auto* each = std::get_if<Reindex>(&op))
    return each->concurrently ? Needs::none : Needs::a_transaction;
  if (const auto* each = std::get_if<DetachPartition>(&op))
    return each->concurrently ? Needs::none : Needs::a_transaction;
  if (const auto* each = std::get_if<Vacuum>(&op))
    return each->vacuum || each->full ? Needs::none : Needs::nothing;
  if (std::holds_alternative<NonTransactional>(op) || std::holds_alternative<CreateDatabase>(op) ||
      std::holds_alternative<DropDatabase>(op))
    return Needs::none;
  if (std::holds_alternative<SetVariable>(op) || std::holds_alternative<TransactionControl>(op) ||
      std::holds_alternative<Select>(op) || std::holds_alternative<OtherStatement>(op) ||
      std::holds_alternative<Comment>(op) || std::holds_alternative<JsonKey>(op))
    return Needs::nothing;
  return Needs::a_transaction;
}
void check(Context& ctx, const Migration& migration) {
  const Op* refuses = nullptr;
  bool wants = false;
  for (const Statement& statement : migration.script.statements)
    for (const Op& op : statement.ops) {
      const Needs need = needs(op);
      wants = wants || need == Needs::a_transaction;
      if (need == Needs::none && !refuses) refuses = &op;
    }
  if (!refuses || !wants) return;
  ctx.report(node(*refuses),
             "when a later statement of this file fails, what was done before it stays")
      .because("this statement cannot share a transaction with the others of the file")
      .try_("give it a file of its own, so that the others can run in one transaction");
}

constexpr Example bad[] = {
    {"ALTER TABLE orders ADD COLUMN c int; CREATE INDEX CONCURRENTLY orders_c ON orders (c);"},
    {"UPDATE orders SET c = 1 WHERE id = 2; VACUUM orders;"}};
constexpr Example good[] = {
    {"CREATE INDEX CONCURRENTLY a ON orders (c); DROP INDEX CONCURRENTLY b;"},
    {"SET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY a ON orders (c);"},
    {"ALTER TABLE orders ADD COLUMN c int; ANALYZE orders;"}};

}  // namespace

extern constexpr Rule mixed_transactional_file{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "A file mixes statements that refuse a transaction with others",
    .why =
        "A tool runs a file either in a transaction or without one: with both kinds in it, it "
        "fails (Flyway refuses it), or is applied in part when something goes wrong.",
    .instead = "Two files: one in a transaction, one without.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
