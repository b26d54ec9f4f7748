// CLUSTER writes the table anew while nobody can use it.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Cluster& op) {
  if (!op.table.name.empty() && ctx.is_new_or_temporary(op.table)) return;
  const std::string table = op.table.name.empty()
                                ? std::string("one clustered table after the other")
                                : to_string(op.table);
  ctx.report(op, cat("nobody can read or write ", table, " while it is written anew"))
      .because(
          "CLUSTER sorts the table into a new file and builds every index again under ACCESS "
          "EXCLUSIVE")
      .try_(cat("use pg_repack, which sorts while the table is in use, or do it while the table "
                "may be locked:\nSET lock_timeout = '2s';"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"CLUSTER orders USING orders_pkey;"}, {"CLUSTER;"}};
constexpr Example good[] = {{"CREATE TABLE a (id int PRIMARY KEY); CLUSTER a USING a_pkey;"},
                            {"ALTER TABLE orders CLUSTER ON orders_pkey;"}};

}  // namespace

extern constexpr Rule cluster{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "CLUSTER blocks reads and writes while it rewrites the table",
    .why =
        "CLUSTER writes the table and its indexes anew under ACCESS EXCLUSIVE; the order is not "
        "kept for rows that come later.",
    .instead = "pg_repack --order-by, or a maintenance window.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
