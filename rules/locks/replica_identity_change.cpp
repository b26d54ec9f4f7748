// REPLICA IDENTITY FULL or NOTHING burdens or breaks logical replication.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetReplicaIdentity& op) {
  if ((op.identity != "full" && op.identity != "nothing") || ctx.is_new_or_temporary(op.table))
    return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat(op.identity == "nothing" ? "UPDATE and DELETE on "
                                              : "replication of UPDATE and DELETE on ",
                     table,
                     op.identity == "nothing" ? " fail where it is published"
                                              : " sends and searches whole rows from now on"))
      .because(
          "logical replication tells the subscriber by the replica identity which row is meant")
      .try_(cat("let a unique index identify the rows:\nALTER TABLE ", table,
                " REPLICA IDENTITY USING INDEX ", quote_identifier(cat(op.table.name, "_pkey")),
                ";"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"ALTER TABLE orders REPLICA IDENTITY FULL;"},
                           {"ALTER TABLE orders REPLICA IDENTITY NOTHING;"}};
constexpr Example good[] = {{"ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey;"},
                            {"ALTER TABLE orders REPLICA IDENTITY DEFAULT;"},
                            {"CREATE TABLE a (id int); ALTER TABLE a REPLICA IDENTITY FULL;"}};

}  // namespace

extern constexpr Rule replica_identity_change{
    .severity = Severity::warning,
    .summary = "REPLICA IDENTITY FULL or NOTHING burdens or breaks logical replication",
    .why =
        "NOTHING: UPDATE and DELETE are refused on a published table. FULL: each change logs the "
        "whole old row, and the subscriber searches for it.",
    .instead = "ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
