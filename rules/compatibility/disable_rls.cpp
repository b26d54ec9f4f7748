// DISABLE ROW LEVEL SECURITY: rows that policies kept apart are visible to all.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetRowSecurity& op) {
  if (op.state != "disable" || ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && table->create_seen && !table->row_security) return;  // it was not on
  const std::string name = to_string(op.table);
  ctx.report(op, cat("every role that may read ", name, " sees all of its rows from now on"))
      .because("the policies stay, but nothing asks them any more")
      .try_(cat("change the policy instead:\nCREATE POLICY ",
                quote_identifier(cat(op.table.name, "_access")), " ON ", name, " USING (...);"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"ALTER TABLE orders DISABLE ROW LEVEL SECURITY;"},
    {.sql = "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;",
     .before = "CREATE TABLE orders (id int); ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"}};
constexpr Example good[] = {{.sql = "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;",
                             .before = "CREATE TABLE orders (id int);"},
                            {"CREATE TABLE t (id int); ALTER TABLE t DISABLE ROW LEVEL SECURITY;"}};

}  // namespace

extern constexpr Rule disable_rls{
    .severity = Severity::warning,
    .summary = "DISABLE ROW LEVEL SECURITY shows every row to every role with SELECT",
    .why = "Where several tenants share a table, its policies are all that keeps them apart.",
    .instead = "Change the policies; disable them only where no role but the owner has rights.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
