// CREATE INDEX CONCURRENTLY IF NOT EXISTS keeps what a failed build left behind.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// Whether the migration drops the index before, whatever state it is in.
bool dropped_before(const Context& ctx, Text index) {
  for (const Statement& statement : ctx.statements_naming(index)) {
    if (&statement == &ctx.statement()) return false;
    for (const Op& op : statement.ops) {
      const auto* drop = std::get_if<DropIndex>(&op);
      if (drop && drop->index.name == index) return true;
    }
  }
  return false;
}

// An index that is good stays: only what a failed build left behind goes.
std::string drop_if_invalid(std::string_view index) {
  return cat("DO $$ BEGIN\n  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(",
             quote_literal(index), ") AND NOT indisvalid) THEN\n    DROP INDEX ", index,
             ";\n  END IF;\nEND $$;\n");
}

// Whether the statement runs outside a transaction only because it is alone in its file, so that
// nothing can be put before it.
bool alone(const Context& ctx) {
  return ctx.migration().transaction != TransactionMode::autocommit &&
         (ctx.in_transaction() || ctx.migration().script.statements.size() == 1);
}

void check(Context& ctx, const CreateIndex& op) {
  if (!op.concurrently || !op.if_not_exists || op.index.empty()) return;
  if (partitioned(ctx, op.table)) return;  // it fails: concurrent-index-on-partitioned-table
  if (ctx.is_new_or_temporary(op.table) || dropped_before(ctx, op.index)) return;
  const std::string index = to_string({op.table.schema, op.index});
  ctx.report(op, cat("after a build that failed, this keeps the invalid index ",
                     quote_identifier(op.index), ", and takes it for the new one"))
      .because(
          "a concurrent build that fails leaves an index behind that no query uses and every write "
          "maintains, and IF NOT EXISTS looks at names only")
      .try_(cat("drop it first where it is invalid:\n", drop_if_invalid(index),
                alone(ctx) ? "-- in a migration of its own\n" : "", with_word(ctx, op, "", "")))
      .under(plain(op.table))
      .with("item", quote_identifier(op.index))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_c ON orders (c);"},
    {"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_c ON orders (c);"}};
constexpr Example good[] = {
    {"CREATE INDEX CONCURRENTLY orders_c ON orders (c);"},
    {"DROP INDEX CONCURRENTLY IF EXISTS orders_c; CREATE INDEX "
     "CONCURRENTLY IF NOT EXISTS orders_c ON orders (c);"},
    {"DO $$ BEGIN IF EXISTS (SELECT FROM pg_index WHERE indexrelid = "
     "to_regclass('orders_c') AND NOT indisvalid) THEN DROP INDEX orders_c; "
     "END IF; END $$; CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_c ON "
     "orders (c);"},
    {"CREATE INDEX IF NOT EXISTS orders_c ON orders (c);"}};

}  // namespace

extern constexpr Rule concurrent_index_if_not_exists{
    .severity = Severity::warning,
    .summary = "CREATE INDEX CONCURRENTLY IF NOT EXISTS silently keeps an invalid index",
    .why =
        "When CREATE INDEX CONCURRENTLY fails (a duplicate, a deadlock, a time limit), an INVALID "
        "index of that name stays. The next run finds the name taken, skips the build and reports "
        "success.",
    .instead =
        "DROP INDEX CONCURRENTLY IF EXISTS orders_c;\nCREATE INDEX CONCURRENTLY orders_c ON orders "
        "(c);",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
