// SET TABLESPACE copies files while nobody can use them.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetTablespace& op) {
  if (op.name.name.empty()) {
    ctx.report(op, "nobody can read or write these relations while their files are copied")
        .because(
            "each is moved under ACCESS EXCLUSIVE, and in one transaction all stay locked to the "
            "end")
        .try_(
            "move one relation at a time, with a limit on the wait for the lock:\nSET lock_timeout "
            "= '2s';");
    return;
  }
  std::string table = to_string(op.name);
  bool index = op.object == ObjectKind::index;
  if (index) {
    const auto found = ctx.schema().index(op.name);
    if (found.table) {
      if (ctx.is_new_or_temporary(found.table->full_name()) ||
          found.table->kind == RelationKind::partitioned_table)
        return;
      table = to_string(found.table->full_name());
    } else {
      table = cat("the table of ", table);
    }
  } else if (ctx.is_new_or_temporary(op.name) || partitioned(ctx, op.name)) {
    return;
  }
  ctx.report(op, cat("nobody can read or write ", table, " while ",
                     index ? "the index's file is copied" : "its file is copied"))
      .because(
          index
              ? "the index is under ACCESS EXCLUSIVE, and the planner opens every index of a table"
              : "SET TABLESPACE copies the whole file under ACCESS EXCLUSIVE")
      .try_(index ? outside_transaction(ctx, cat("REINDEX (CONCURRENTLY, TABLESPACE ",
                                                 quote_identifier(op.tablespace), ") INDEX ",
                                                 to_string(op.name), ";"))
                  : cat("move it with pg_repack, which copies while the table is in use, or while "
                        "the table may be locked:\nSET lock_timeout = '2s';\nALTER TABLE ",
                        table, " SET TABLESPACE ", quote_identifier(op.tablespace), ";"))
      .with("table", plain(op.name));
}

constexpr Example bad[] = {{"ALTER TABLE orders SET TABLESPACE fast;"},
                           {"ALTER INDEX orders_pkey SET TABLESPACE fast;"},
                           {"ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast;"}};
constexpr Example good[] = {{"CREATE TABLE a (id int); ALTER TABLE a SET TABLESPACE fast;"},
                            {"ALTER TABLE orders SET (fillfactor = 80);"}};

}  // namespace

extern constexpr Rule set_tablespace{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "SET TABLESPACE copies the table under ACCESS EXCLUSIVE",
    .why =
        "The whole file is copied while nobody can use the table; of an index, while nobody can "
        "plan a query on its table (measured).",
    .instead =
        "pg_repack --tablespace, or REINDEX (CONCURRENTLY, TABLESPACE fast) INDEX orders_pkey for "
        "an index.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
