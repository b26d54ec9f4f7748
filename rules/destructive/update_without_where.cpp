// UPDATE that touches every row.
#include <migguard/rule.hpp>

#include <algorithm>

namespace migguard::rules {
namespace {

// Whether every column it sets was added by this migration, so that no value is overwritten.
bool fills_new_columns(const Context& ctx, const Update& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  return table && std::all_of(op.columns.begin(), op.columns.end(), [&](const Text name) {
           const Column* column = table->column(name);
           return column && ctx.schema().is_new(*column);
         });
}

// The column to walk a table by: its primary key where the history shows one.
std::string key_of(const Context& ctx, const Name& name) {
  if (const Relation* table = ctx.schema().relation(name).known()) {
    for (const Constraint& each : table->constraints) {
      if (each.kind == ConstraintKind::primary_key && each.columns.size() == 1) {
        return quote_identifier(each.columns.front());
      }
    }
  }
  return "id";
}

void check(Context& ctx, const Update& op) {
  const bool filtered = op.where && !op.where.always_true;
  if (op.from.empty() ? filtered : op.joined) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string key = key_of(ctx, op.table);
  const bool fills = fills_new_columns(ctx, op);
  Finding& finding = ctx.report(
      op,
      cat(fills ? "this rewrites every row of " : "this overwrites a value in every row of ", table,
          op.where.always_true ? ": its WHERE is always true"
          : !op.from.empty()   ? ": nothing ties it to FROM"
                               : ""));
  const std::string batch = cat("UPDATE ", table, " SET ... WHERE ", key, " IN (SELECT ", key,
                                " FROM ", table, " WHERE ... LIMIT 10000);");
  if (fills) {
    // Nothing is lost, and how long it takes depends on the table's size, which the files do not
    // tell.
    finding.as(Severity::note)
        .because(ctx.in_transaction() ? "the lock that ALTER TABLE took on the table is held, "
                                        "against readers too, until every row is written and the "
                                        "migration commits"
                                      : "every row stays locked until the statement is through, "
                                        "and the table grows by its own size")
        .try_(
            cat("one constant for all rows needs no UPDATE: give it as DEFAULT when adding the "
                "column. Else fill the column in batches between two migrations, with SET NOT NULL "
                "in the second:\n",
                batch));
  } else {
    finding
        .because(
            "the old values are gone with the commit; every row stays locked until then, and the "
            "table grows by its own size")
        .try_(cat("name the rows that need the change in a WHERE; for many rows, update in batches "
                  "outside the migration:\n",
                  batch));
  }
  finding.with("table", plain(op.table));
}

constexpr Example bad[] = {{"UPDATE users SET active = true;"},
                           {"UPDATE users SET active = true WHERE 1 = 1;"},
                           {"UPDATE invoices i SET currency = c.currency FROM customers c;"}};
constexpr Example good[] = {
    {"UPDATE users SET active = true WHERE active IS NULL;"},
    {"INSERT INTO settings (k, v) VALUES ('a', '1') ON CONFLICT (k) DO UPDATE SET v = excluded.v;"},
    {"CREATE TABLE t (id int, n int); UPDATE t SET n = id;"}};

}  // namespace

extern constexpr Rule update_without_where{
    .severity = Severity::warning,
    .summary = "UPDATE without a filter rewrites every row in one transaction",
    .why =
        "PostgreSQL writes a new version of each row, keeps the old one until vacuum, and holds "
        "every row lock until the commit: writers of any of the rows wait. Old values are lost.",
    .instead =
        "Filter, or update in batches by key from a script that commits in between. A new column "
        "with a constant DEFAULT needs no UPDATE at all.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
