// CREATE INDEX without CONCURRENTLY: writers wait until the index is built.
#include <migguard/rule.hpp>

#include "index_remedy.hpp"
#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (op.concurrently || op.only || ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && table->kind == RelationKind::partitioned_table) return;  // partitioned-index
  if (op.if_not_exists && !op.index.empty()) {
    const auto index = ctx.schema().index({op.table.schema, op.index});
    if (index.index && index.exists == Known::yes) return;  // it is there: nothing is built
  }
  const std::string name = to_string(op.table);
  const bool view = table && table->kind == RelationKind::materialized_view;
  Finding& finding =
      ctx.report(op, view ? cat("no REFRESH of ", name, " can run until this index is built")
                          : cat("no row of ", name,
                                " can be inserted, updated or deleted until this index is built"))
          .because(
              "CREATE INDEX holds SHARE on the table while it reads every row, and in a "
              "transaction "
              "until the commit")
          .try_(cat(outside_transaction(ctx, built_concurrently(ctx, op), turn_of_index(ctx, op)),
                    behind_index(ctx, op)))
          .under(name)
          .with("item", index_name(op))
          .with("table", plain(op.table));
  // Where the transaction keeps readers out as well, create-index-in-locking-tx says so.
  if (view || may_be_new(ctx, op.table) || standing_holder(ctx) || exclusive_lock(ctx, op.table))
    finding.as(Severity::note);
}

constexpr Example bad[] = {
    {"CREATE INDEX orders_customer_idx ON orders (customer);"},
    {"CREATE UNIQUE INDEX ON users (email);"},
    {.sql = "CREATE INDEX orders_customer_idx ON orders (customer);",
     .before = "CREATE TABLE orders (id bigint, customer bigint);"},
    {"CREATE TABLE staging.orders (id bigint); CREATE INDEX orders_x ON public.orders (x);"}};
constexpr Example good[] = {
    {"CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer);"},
    {"CREATE TABLE ledgers (id bigint); CREATE INDEX ON ledgers (id);"},
    {"CREATE TEMP TABLE scratch (a int); CREATE INDEX ON scratch (a);"},
    {"CREATE TABLE a (id int); ALTER TABLE a RENAME TO b; CREATE INDEX ON b (id);"},
    {.sql = "CREATE INDEX ON ONLY events (at);",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at);"}};

}  // namespace

extern constexpr Rule create_index_not_concurrent{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "CREATE INDEX without CONCURRENTLY blocks writes until the index is built",
    .why =
        "CREATE INDEX takes SHARE on the table: reads go on, every INSERT, UPDATE and DELETE waits "
        "until all rows are read and the index is written. A table made by the same migration, or "
        "a temporary one, is no finding.",
    .instead =
        "Build it CONCURRENTLY, outside a transaction. How a migration opts out of the transaction "
        "depends on the tool: the finding says it. A build that fails leaves an invalid index "
        "behind, to be dropped before the next try:\nDROP INDEX CONCURRENTLY IF EXISTS "
        "orders_customer_idx;\nCREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer);",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
