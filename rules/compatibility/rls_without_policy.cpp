// ENABLE ROW LEVEL SECURITY on a table without a policy: every row vanishes.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool policy_follows(const Context& ctx, const SetRowSecurity& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* policy = std::get_if<CreatePolicy>(&other);
      if (policy && policy->table.name == op.table.name) return true;
    }
  }
  return false;
}

void check(Context& ctx, const SetRowSecurity& op) {
  if (op.state != "enable") return;
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && (!table->policies.empty() || table->row_security)) return;
  if (table && ctx.schema().is_temporary(*table)) return;
  if (policy_follows(ctx, op)) return;
  const std::string name = to_string(op.table);
  const bool made_here = table && ctx.schema().is_new(*table);
  ctx.report(op, cat("every query of ", name, " finds no rows, unless its owner asks"))
      .because("row level security without a policy refuses every row to every other role")
      .try_(cat("create the policy in the same transaction:\nCREATE POLICY ",
                quote_identifier(cat(op.table.name, "_access")), " ON ", name, " USING (...);"))
      .as(made_here ? Severity::note : Severity::warning)
      .under("row level security")
      .with("item", name)
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"},
                           {"ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON "
                            "lines USING (true);"}};
constexpr Example good[] = {
    {"ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON orders USING (true);"},
    {.sql = "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;",
     .before = "CREATE TABLE orders (id int); CREATE POLICY p ON orders USING (true);"},
    {"ALTER TABLE orders FORCE ROW LEVEL SECURITY;"}};

}  // namespace

extern constexpr Rule rls_without_policy{
    .severity = Severity::warning,
    .summary = "row level security without a policy hides every row",
    .why =
        "As soon as ENABLE ROW LEVEL SECURITY commits, roles other than the owner see and change "
        "only what a policy lets them. Without one, queries of running code succeed and find "
        "nothing.",
    .instead = "Create the policies in the same transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
