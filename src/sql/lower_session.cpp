// Settings, transactions, locks, and statements that run others: EXPLAIN ANALYZE, EXECUTE, CALL.
#include <sql/lower_parts.hpp>

namespace migguard::sql {
namespace {

TransactionStep step(TransactionStmtKind kind) {
  switch (kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
      return TransactionStep::begin;
    case TRANS_STMT_COMMIT:
      return TransactionStep::commit;
    case TRANS_STMT_ROLLBACK:
      return TransactionStep::rollback;
    case TRANS_STMT_SAVEPOINT:
      return TransactionStep::savepoint;
    case TRANS_STMT_RELEASE:
      return TransactionStep::release;
    case TRANS_STMT_ROLLBACK_TO:
      return TransactionStep::rollback_to;
    case TRANS_STMT_PREPARE:
      return TransactionStep::prepare;
    case TRANS_STMT_COMMIT_PREPARED:
      return TransactionStep::commit_prepared;
    case TRANS_STMT_ROLLBACK_PREPARED:
      return TransactionStep::rollback_prepared;
  }
  return TransactionStep::begin;
}

// Lock modes in the order of src/include/storage/lockdefs.h, from 1.
Text lock_mode(int mode) {
  constexpr std::array<std::string_view, 9> names = {
      "",
      "AccessShareLock",
      "RowShareLock",
      "RowExclusiveLock",
      "ShareUpdateExclusiveLock",
      "ShareLock",
      "ShareRowExclusiveLock",
      "ExclusiveLock",
      "AccessExclusiveLock",
  };
  return mode > 0 && static_cast<std::size_t>(mode) < names.size()
             ? names[static_cast<std::size_t>(mode)]
             : "";
}

}  // namespace

List<Text> variable_values(Site& site, const VariableSetStmt& set) {
  return each<Text, ::Node>(site, set.args,
                            [&](const ::Node& value) { return option_value(site, &value); });
}

void lower(const VariableSetStmt& statement, Site& site) {
  if (statement.kind == VAR_SET_MULTI) {
    // SET TRANSACTION, SET SESSION CHARACTERISTICS: about isolation, not about settings.
    other_statement(site, "SET TRANSACTION");
    return;
  }
  auto& op = emit<SetVariable>(site);
  op.variable = statement.kind == VAR_RESET_ALL ? Text("all") : keep(site, statement.name);
  op.local = statement.is_local;
  op.reset = statement.kind != VAR_SET_VALUE && statement.kind != VAR_SET_CURRENT;
  op.values = variable_values(site, statement);
}

// DISCARD ALL resets every setting, and refuses a transaction block.
void lower(const DiscardStmt& statement, Site& site) {
  if (statement.target != DISCARD_ALL) {
    other_statement(site, "DISCARD");
    return;
  }
  auto& op = emit<SetVariable>(site);
  op.variable = "all";
  op.reset = true;
  non_transactional(site, "DISCARD ALL");
}

void lower(const TransactionStmt& statement, Site& site) {
  auto& op = emit<TransactionControl>(site);
  op.step = step(statement.kind);
  op.savepoint = keep(site, statement.savepoint_name ? statement.savepoint_name : statement.gid);
  op.chain = statement.chain;
}

void lower(const LockStmt& statement, Site& site) {
  for (const auto* relation : items<RangeVar>(statement.relations)) {
    auto& op = emit<LockTable>(site);
    op.table = name(site, relation);
    op.only = !relation->inh;
    op.mode = lock_mode(statement.mode);
    op.nowait = statement.nowait;
  }
}

// EXPLAIN ANALYZE does what it explains.
void lower(const ExplainStmt& statement, Site& site) {
  if (option_on(statement.options, "analyze")) {
    lower_inner(statement.query, site);
  } else {
    other_statement(site, "EXPLAIN");
  }
}

// Only queries and row changes can be prepared.
void lower(const ExecuteStmt&, Site& site) {
  opaque(site, "EXECUTE of a prepared statement", false);
}

void lower(const CallStmt& statement, Site& site) {
  const Text procedure =
      statement.funccall ? last_part(site, statement.funccall->funcname) : Text{};
  opaque(site, keep(site, std::string_view(cat("CALL ", procedure))), true);
}

}  // namespace migguard::sql
