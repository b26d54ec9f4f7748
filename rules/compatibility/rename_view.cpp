// ALTER VIEW and ALTER MATERIALIZED VIEW ... RENAME TO.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool name_is_taken_again(const Context& ctx, const RenameView& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.view.name)) {
    for (const Op& other : statement.ops) {
      const auto* made = std::get_if<CreateView>(&other);
      const auto* kept = std::get_if<CreateMaterializedView>(&other);
      const auto* moved = std::get_if<RenameView>(&other);
      if (behind &&
          ((made && made->view.name == op.view.name) || (kept && kept->view.name == op.view.name) ||
           (moved && moved->new_name == op.view.name)))
        return true;
      behind |= moved == &op;
    }
  }
  return false;
}

void check(Context& ctx, const RenameView& op) {
  if (ctx.is_new_or_temporary(op.view)) return;
  if (ctx.in_transaction() && name_is_taken_again(ctx, op)) return;
  ctx.report(op, cat("queries that read ", to_string(op.view), " fail: it is called ",
                     quote_identifier(op.new_name), " from now on"))
      .because("the release before asks for the old name until the last of it has stopped")
      .try_(cat("keep the old name alive, and drop it in a later release:\nCREATE VIEW ",
                to_string(op.view), " AS SELECT * FROM ", to_string({op.view.schema, op.new_name}),
                ";"))
      .with("view", plain(op.view));
}

constexpr Example bad[] = {{"ALTER VIEW active_users RENAME TO live_users;"},
                           {"ALTER MATERIALIZED VIEW sales RENAME TO sales_old;"}};
constexpr Example good[] = {
    {"CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v RENAME TO w;"},
    {"BEGIN; ALTER VIEW active_users RENAME TO live_users; CREATE VIEW active_users AS SELECT * "
     "FROM live_users; COMMIT;"}};

}  // namespace

extern constexpr Rule rename_view{
    .severity = Severity::error,
    .summary = "renaming a view makes running code that reads it fail",
    .why = "A view is an interface: reports and older releases ask for the old name.",
    .instead = "Keep a view of the old name until nothing reads it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
