// BEGIN and COMMIT in a file that the tool runs in a transaction of its own.
#include <algorithm>
#include <migguard/rule.hpp>
#include <type_traits>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// A statement that may run twice without harm.
bool repeatable(const Op& op) {
  return std::visit(
      [](const auto& each) {
        using Each = std::decay_t<decltype(each)>;
        if constexpr (requires { each.or_replace; }) {
          if (each.or_replace) return true;
        }
        if constexpr (requires { each.if_not_exists; }) {
          return each.if_not_exists;
        } else if constexpr (requires { each.if_exists; }) {
          return each.if_exists;
        }
        return std::is_same_v<Each, SetVariable> || std::is_same_v<Each, DoBlock> ||
               std::is_same_v<Each, TransactionControl> || std::is_same_v<Each, OtherStatement> ||
               std::is_same_v<Each, JsonKey> || std::is_same_v<Each, Select> ||
               std::is_same_v<Each, Comment> || std::is_same_v<Each, SetDefault> ||
               std::is_same_v<Each, Update> || std::is_same_v<Each, Delete> ||
               std::is_same_v<Each, SetNotNull> || std::is_same_v<Each, DropNotNull> ||
               std::is_same_v<Each, ValidateConstraint>;
      },
      op);
}

bool refuses_transactions(const Op& op) {
  const auto* create = std::get_if<CreateIndex>(&op);
  const auto* drop = std::get_if<DropIndex>(&op);
  const auto* reindex = std::get_if<Reindex>(&op);
  const auto* detach = std::get_if<DetachPartition>(&op);
  return (create && create->concurrently) || (drop && drop->concurrently) ||
         (reindex && reindex->concurrently) || (detach && detach->concurrently) ||
         std::holds_alternative<NonTransactional>(op) || std::holds_alternative<Vacuum>(op);
}

// A DO block or INSERT that asks before it acts, or takes what is there already for done.
bool guards_itself(const Context& ctx, const Statement& statement) {
  const std::string_view text = ctx.migration().source->text;
  if (statement.ops.empty() || statement.span.end > text.size()) return false;
  const auto* insert = std::get_if<Insert>(&statement.ops.front());
  if (!insert && !std::holds_alternative<DoBlock>(statement.ops.front())) return false;
  if (insert && (insert->on_conflict_nothing || insert->on_conflict_update)) return true;
  std::string block(text.substr(statement.span.begin, statement.span.end - statement.span.begin));
  std::transform(block.begin(), block.end(), block.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return block.find("when duplicate_") != block.npos || block.find("not exists") != block.npos;
}

// A trigger or policy that the statement before drops where it is there.
bool made_anew(const Statement& before, const Statement& statement) {
  if (before.ops.size() != 1 || statement.ops.size() != 1) return false;
  const auto* drop = std::get_if<DropTableObject>(&before.ops.front());
  const Op& op = statement.ops.front();
  return drop && drop->if_exists &&
         (std::holds_alternative<CreateTrigger>(op) || std::holds_alternative<CreatePolicy>(op));
}

// The statement next to this one, beyond settings, that refuses transactions, or null.
const Statement* next_outside(const Context& ctx) {
  const List<Statement> all = ctx.migration().script.statements;
  auto next = static_cast<std::size_t>(&ctx.statement() - all.data()) + 1;
  const auto only_settings = [](const Statement& each) {
    return std::all_of(each.ops.begin(), each.ops.end(),
                       [](const Op& op) { return std::holds_alternative<SetVariable>(op); });
  };
  while (next < all.size() && only_settings(all[next])) ++next;
  return next < all.size() &&
                 std::any_of(all[next].ops.begin(), all[next].ops.end(), refuses_transactions)
             ? &all[next]
             : nullptr;
}

// A COMMIT by which the author makes room for a statement that refuses transactions, in a file that
// can be run again from its beginning.
bool deliberate(const Context& ctx) {
  const List<Statement> all = ctx.migration().script.statements;
  const auto at = static_cast<std::size_t>(&ctx.statement() - all.data());
  if (!next_outside(ctx)) return false;
  return std::all_of(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), [&](const Statement& each) {
        return std::all_of(each.ops.begin(), each.ops.end(), repeatable) ||
               guards_itself(ctx, each) || (&each != all.data() && made_anew(*(&each - 1), each));
      });
}

std::string instead(const Context& ctx) {
  const Statement* next = next_outside(ctx);
  if (!next) return "leave BEGIN and COMMIT out: the tool begins and commits";
  const auto* index = std::get_if<CreateIndex>(&next->ops.front());
  return cat("leave BEGIN and COMMIT out; what stands behind it refuses transactions: ",
             outside_transaction(ctx, cat(source_of(ctx, *next), ";"),
                                 index ? turn_of_index(ctx, *index) : Turn::first));
}

void check(Context& ctx, const TransactionControl& op) {
  if (op.within != Within::statement ||
      (op.step != TransactionStep::begin && !ends_transaction(op)))
    return;
  if (ctx.migration().transaction == TransactionMode::simple_query || !ctx.in_transaction() ||
      begun(ctx))
    return;
  const bool begin = op.step == TransactionStep::begin;
  const std::string tool = ctx.history().tool == Tool::plain
                               ? std::string("the runner")
                               : std::string(display_name(ctx.history().tool));
  Finding& finding =
      ctx.report(op, begin ? cat("the COMMIT that belongs to this BEGIN ends the transaction of ",
                                 tool, ", and what follows is not undone when it fails")
                           : cat("this ends the transaction of ", tool,
                                 ": what came before stays even when the migration fails later"))
          .because(
              begin ? "the server is inside a transaction already and only warns of another BEGIN"
                    : "the tool's record of the migration is then written outside the transaction "
                      "that did the work")
          .try_(instead(ctx));
  if (ends_transaction(op) && deliberate(ctx)) finding.as(Severity::note);
}

constexpr Example bad[] = {
    {.sql = "BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;", .in_transaction = true},
    {.sql = "ALTER TABLE a ADD COLUMN x int; COMMIT;", .in_transaction = true}};
constexpr Example good[] = {
    {"BEGIN; ALTER TABLE a ADD COLUMN x int; COMMIT;"},
    {.sql = "SAVEPOINT s; ALTER TABLE a ADD COLUMN x int; RELEASE s;", .in_transaction = true},
    {.sql = "DO $$ BEGIN PERFORM 1; END $$;", .in_transaction = true}};

}  // namespace

extern constexpr Rule transaction_control_in_migration{
    .severity = Severity::warning,
    .summary = "BEGIN or COMMIT inside a file that the tool wraps in a transaction ends it early",
    .why =
        "PostgreSQL has no nested transactions: BEGIN only warns, and COMMIT ends the tool's "
        "transaction. A failure behind it leaves half of the migration applied and unrecorded.",
    .instead = "Leave transaction control to the tool.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
