// DROP VIEW and DROP MATERIALIZED VIEW: no rows of their own are lost, but readers fail.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Dropped to be made anew: how a view is changed where CREATE OR REPLACE does not do.
bool made_again(const Context& ctx, const DropView& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.view.name)) {
    behind |= &statement == &ctx.statement();
    if (!behind) continue;
    for (const Op& other : statement.ops) {
      if (const auto* view = std::get_if<CreateView>(&other);
          view && view->view.name == op.view.name)
        return true;
      if (const auto* view = std::get_if<CreateMaterializedView>(&other);
          view && view->view.name == op.view.name) {
        return true;
      }
      if (const auto* table = std::get_if<CreateTable>(&other);
          table && table->table.name == op.view.name)
        return true;
    }
  }
  return false;
}

void check(Context& ctx, const DropView& op) {
  if (ctx.is_new_or_temporary(op.view) || made_again(ctx, op)) return;
  if (op.if_exists && ctx.schema().relation(op.view).exists() == Known::no) return;
  ctx.report(op, cat("this drops the ", op.materialized ? "materialized view " : "view ",
                     to_string(op.view), ", and queries that read it fail"))
      .because("code of the release before still runs while the migration is applied")
      .try_("drop it one release after the last reader is gone")
      .with("view", plain(op.view));
}

constexpr Example bad[] = {{"DROP VIEW monthly_sales;"},
                           {"DROP MATERIALIZED VIEW IF EXISTS monthly_sales;"}};
constexpr Example good[] = {
    {"DROP VIEW monthly_sales; CREATE VIEW monthly_sales AS SELECT 1 AS total;"},
    {"CREATE OR REPLACE VIEW monthly_sales AS SELECT 1 AS total;"},
    {"CREATE VIEW v AS SELECT 1; DROP VIEW v;"}};

}  // namespace

extern constexpr Rule drop_view{
    .severity = Severity::warning,
    .summary = "DROP VIEW makes every query that reads the view fail",
    .why =
        "A view holds no rows, but it is an interface: reports and older releases that still "
        "select from it fail the moment it is gone. A view that the same migration makes again is "
        "no finding.",
    .instead =
        "Change a view with CREATE OR REPLACE VIEW, or drop and create it in one transaction. Drop "
        "it for good once nothing has read it for a release.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
