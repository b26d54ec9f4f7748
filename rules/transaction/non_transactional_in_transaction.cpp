// Statements that refuse a transaction, inside one.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void report(Context& ctx, const Node& op, std::string_view command) {
  if (!ctx.in_transaction() && op.within == Within::statement) return;
  ctx.report(op, cat("this migration fails: ", command, " cannot run in a transaction"))
      .because(
          "the server answers with error 25001, and everything else of the transaction is undone")
      .try_(outside_transaction(ctx, with_word(ctx, op, "", "")));
}
void check_vacuum(Context& ctx, const Vacuum& op) {
  if (op.vacuum || op.full) report(ctx, op, "VACUUM");
}
void check_other(Context& ctx, const NonTransactional& op) { report(ctx, op, op.command); }
void check_create(Context& ctx, const CreateDatabase& op) { report(ctx, op, "CREATE DATABASE"); }
void check_drop(Context& ctx, const DropDatabase& op) { report(ctx, op, "DROP DATABASE"); }
void check_reindex(Context& ctx, const Reindex& op) {
  if (op.concurrently) return;
  if (op.system || op.object == ObjectKind::schema || op.object == ObjectKind::database)
    report(ctx, op,
           op.system                         ? "REINDEX SYSTEM"
           : op.object == ObjectKind::schema ? "REINDEX SCHEMA"
                                             : "REINDEX DATABASE");
  else if (op.object == ObjectKind::table && partitioned(ctx, op.name))
    report(ctx, op, "REINDEX of a partitioned table");
}
void check_cluster(Context& ctx, const Cluster& op) {
  if (op.table.name.empty())
    report(ctx, op, "CLUSTER of all tables");
  else if (partitioned(ctx, op.table))
    report(ctx, op, "CLUSTER of a partitioned table");
}

constexpr Example bad[] = {{.sql = "ALTER SYSTEM SET work_mem = '64MB';", .in_transaction = true},
                           {"BEGIN; VACUUM orders; COMMIT;"},
                           {.sql = "CREATE DATABASE reports;", .in_transaction = true}};
constexpr Example good[] = {{"VACUUM orders;"},
                            {"ALTER SYSTEM SET work_mem = '64MB';"},
                            {"BEGIN; ANALYZE orders; COMMIT;"},
                            {"BEGIN; ALTER TYPE mood ADD VALUE 'sad'; COMMIT;"}};

}  // namespace

extern constexpr Rule non_transactional_in_transaction{
    .severity = Severity::error,
    .summary = "VACUUM, ALTER SYSTEM, CREATE DATABASE and the like fail inside a transaction",
    .why =
        "These statements refuse a transaction block (25001). ALTER TYPE ... ADD VALUE has been "
        "allowed in one since PostgreSQL 12.",
    .instead = "Move the statement to a migration that runs outside a transaction.",
    .bad = bad,
    .good = good,
    .listeners =
        on<&check_vacuum, &check_other, &check_create, &check_drop, &check_reindex, &check_cluster>,
};

}  // namespace migguard::rules
