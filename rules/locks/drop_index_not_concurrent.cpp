// DROP INDEX without CONCURRENTLY: readers and writers of the table queue behind it.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropIndex& op) {
  if (op.concurrently) return;
  const auto found = ctx.schema().index(op.index);
  if (found.exists == Known::no) return;  // IF EXISTS finds nothing, or the statement fails
  // It must not go before what takes its place is there.
  const bool keeps_unique = found.index && found.index->unique;
  std::string table;
  if (found.table) {
    const Name name = found.table->full_name();
    if (ctx.is_new_or_temporary(name) || found.table->kind == RelationKind::partitioned_table)
      return;
    if (found.index && (!found.index->constraint.empty() || !found.index->parent.empty())) return;
    if (readers_wait(ctx, name)) return;  // the table is locked as hard already
    table = to_string(name);
  }
  // The last statement of its transaction gives the lock back at once.
  const bool held =
      ctx.in_transaction() && &ctx.statement() != &ctx.migration().script.statements.back();
  Finding& finding =
      ctx.report(op,
                 cat("everything that reads or writes ",
                     table.empty() ? "the index's table" : table, " waits ",
                     held ? "from here until the transaction commits" : "until this has its lock"))
          .because(
              held
                  ? "DROP INDEX takes ACCESS EXCLUSIVE on the table, which a transaction holds to "
                    "its end: new queries queue behind it, also while it waits for running ones"
                  : "DROP INDEX takes ACCESS EXCLUSIVE on the table: it waits for running queries, "
                    "and new ones queue behind it")
          .try_(outside_transaction(ctx,
                                    cat("DROP INDEX CONCURRENTLY ",
                                        op.if_exists ? "IF EXISTS " : "", to_string(op.index), ";"),
                                    keeps_unique ? Turn::after : Turn::first))
          .under(table)
          .with("item", to_string(op.index))
          .with("index", plain(op.index));
  // The transaction takes that lock anyway, a little later.
  if (found.table && locked_later(ctx, found.table->full_name())) finding.as(Severity::note);
}

constexpr Example bad[] = {{"DROP INDEX orders_customer_idx;"},
                           {.sql = "DROP INDEX IF EXISTS orders_customer_idx;",
                            .before = "CREATE TABLE orders (customer int); CREATE INDEX "
                                      "orders_customer_idx ON orders (customer);"},
                           // The foreign key's lock is given back, or is on other tables.
                           {.sql = "ALTER TABLE rules DROP CONSTRAINT rules_user_fkey; DROP INDEX "
                                   "users_email;",
                            .before = "CREATE TABLE users (id int PRIMARY KEY, email text); CREATE "
                                      "INDEX users_email ON users (email); CREATE TABLE rules "
                                      "(owner int, CONSTRAINT rules_user_fkey FOREIGN KEY "
                                      "(owner) REFERENCES users);"},
                           {.sql = "BEGIN; ALTER TABLE rules DROP CONSTRAINT rules_team_fkey; DROP "
                                   "INDEX users_email; COMMIT;",
                            .before = "CREATE TABLE users (id int PRIMARY KEY, email text); CREATE "
                                      "INDEX users_email ON users (email); CREATE TABLE teams (id "
                                      "int PRIMARY KEY); CREATE TABLE rules (team int, CONSTRAINT "
                                      "rules_team_fkey FOREIGN KEY (team) REFERENCES teams);"}};
constexpr Example good[] = {
    {.sql = "BEGIN; ALTER TABLE rules DROP CONSTRAINT rules_user_fkey; DROP INDEX users_email; "
            "COMMIT;",
     .before = "CREATE TABLE users (id int PRIMARY KEY, email text); CREATE INDEX users_email ON "
               "users (email); CREATE TABLE rules (owner int, CONSTRAINT rules_user_fkey FOREIGN "
               "KEY (owner) REFERENCES users);"},
    {"DROP INDEX CONCURRENTLY IF EXISTS orders_customer_idx;"},
    {"CREATE TABLE a (id int); CREATE INDEX a_id ON a (id); DROP INDEX a_id;"},
    {.sql = "DROP INDEX events_at;",
     .before = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE INDEX events_at ON "
               "events (at);"}};

}  // namespace

extern constexpr Rule drop_index_not_concurrent{
    .severity = Severity::warning,
    .summary = "DROP INDEX without CONCURRENTLY makes readers and writers queue",
    .why =
        "DROP INDEX takes ACCESS EXCLUSIVE on the table of the index. It is short once it has the "
        "lock, but it waits for every running query, and whatever comes later waits behind it. An "
        "index of a partitioned table cannot be dropped concurrently, one behind a constraint not "
        "at all.",
    .instead =
        "DROP INDEX CONCURRENTLY, outside a transaction, one index at a time:\nDROP INDEX "
        "CONCURRENTLY IF EXISTS orders_customer_idx;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
