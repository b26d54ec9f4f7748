// ALTER TABLE ... RENAME TO: running code asks for the old name.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// The same transaction gives the old name to a view, or to another table: nobody sees it missing.
bool name_is_taken_again(const Context& ctx, const RenameTable& op) {
  if (!ctx.in_transaction()) return false;
  bool behind = false;
  for (const Statement& statement : ctx.migration().script.statements) {
    for (const Op& other : statement.ops) {
      const auto* control = std::get_if<TransactionControl>(&other);
      if (behind && control && control->step == TransactionStep::commit) return false;
      const auto* view = std::get_if<CreateView>(&other);
      if (behind && view && view->view.name == op.table.name) return true;
      const auto* table = std::get_if<RenameTable>(&other);
      if (behind && table && table->new_name == op.table.name) return true;
      behind |= table == &op;
    }
  }
  return false;
}

void check(Context& ctx, const RenameTable& op) {
  if (ctx.is_new_or_temporary(op.table) || name_is_taken_again(ctx, op)) return;
  const auto found = ctx.schema().relation(op.table);
  if (op.if_exists && found.exists() == Known::no) return;
  const Relation* relation = found.known();
  if (relation && relation->kind == RelationKind::sequence) return;
  if (!relation && ctx.schema().index(op.table).exists == Known::yes) return;  // no client names it
  const std::string old_name = to_string(op.table);
  const std::string new_name = to_string({op.table.schema, op.new_name});
  ctx.report(op, cat("code that is still running fails: ", old_name, " is called ", new_name,
                     " from now on"))
      .because("the release before asks for the old name until the last of it has stopped")
      .try_(
          cat("keep the old name alive as a view, in the same transaction, and drop the view in a "
              "later release:\n",
              ctx.in_transaction() ? "" : "BEGIN;\n", "ALTER TABLE ", old_name, " RENAME TO ",
              quote_identifier(op.new_name), ";\nCREATE VIEW ", old_name, " AS SELECT * FROM ",
              new_name, ";", ctx.in_transaction() ? "" : "\nCOMMIT;"))
      .with("table", plain(op.table))
      .with("new_name", std::string(op.new_name));
}

constexpr Example bad[] = {
    {"ALTER TABLE users RENAME TO accounts;"},
    {"ALTER TABLE IF EXISTS app.users RENAME TO accounts;"},
    {"ALTER TABLE products_view RENAME TO products_v2;"},
    {"ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT * FROM accounts;"}};
constexpr Example good[] = {
    {"CREATE TABLE people (id int); ALTER TABLE people RENAME TO users;"},
    {"BEGIN; ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT * FROM accounts; "
     "COMMIT;"},
    {"ALTER INDEX users_email_idx RENAME TO accounts_email_idx;"},
    {"ALTER TABLE users RENAME CONSTRAINT users_pkey TO accounts_pkey;"}};

}  // namespace

extern constexpr Rule rename_table{
    .severity = Severity::error,
    .summary = "renaming a table makes running code that reads or writes it fail",
    .why =
        "A rename is instant, and so is the failure: the release before still asks for the old "
        "name while the migration is applied. A view of the old name, made in the same "
        "transaction, keeps it working: a simple view can be written to as well. A table that the "
        "same migration made is no finding.",
    .instead =
        "Leave the name, or rename and keep the old name as a view until nothing uses it:\n"
        "BEGIN;\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM "
        "accounts;\nCOMMIT;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
