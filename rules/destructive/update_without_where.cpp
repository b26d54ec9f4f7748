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

void check(Context& ctx, const Update& op) {
  const bool filtered = op.where && !op.where.always_true;
  if (op.from.empty() ? filtered : op.joined) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const bool fills = fills_new_columns(ctx, op);
  ctx.report(op,
             cat(fills ? "this rewrites every row of " : "this overwrites a value in every row of ",
                 table,
                 op.where.always_true ? ": its WHERE is always true"
                 : !op.from.empty()   ? ": nothing ties it to FROM"
                                      : ""))
      .because(fills ? "every row stays locked until the migration commits, and the table grows by "
                       "its own size"
                     : "the old values are gone with the commit; every row stays locked until "
                       "then, and the table grows by its own size")
      .try_(cat(fills ? "give the column a constant DEFAULT when adding it, which writes no row; "
                        "or fill it in batches outside the migration:\n"
                      : "say which rows are meant; for many rows, update in batches outside the "
                        "migration:\n",
                "UPDATE ", table, " SET ... WHERE id BETWEEN 1 AND 10000;"))
      .with("table", plain(op.table));
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
