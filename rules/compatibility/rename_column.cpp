// ALTER TABLE ... RENAME COLUMN: running code names the old column.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// The same migration gives the old name to another column, generated from the new one.
bool name_is_kept(const Context& ctx, const RenameColumn& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* add = std::get_if<AddColumn>(&other);
      if (behind && add && add->table.name == op.table.name && add->column.name == op.column &&
          add->column.generated != Generated::none)
        return true;
      behind |= std::get_if<RenameColumn>(&other) == &op;
    }
  }
  return false;
}

// The same migration drops the column under its new name, of which drop-column speaks.
bool dropped_later(const Context& ctx, const RenameColumn& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      if (behind) {
        const auto* drop = std::get_if<DropColumn>(&other);
        const auto* table = std::get_if<RenameTable>(&other);
        if (drop && drop->table.name == op.table.name && drop->column == op.new_name) return true;
        if (table && table->table.name == op.table.name) return false;  // too far to follow
      }
      behind |= std::get_if<RenameColumn>(&other) == &op;
    }
  }
  return false;
}

void check(Context& ctx, const RenameColumn& op) {
  if (ctx.is_new_or_temporary(op.table) || name_is_kept(ctx, op)) return;
  std::string type = "TYPE";
  bool known_to_code = true;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && ctx.schema().is_new(*column)) return;
    // Its name is no older than this migration: whoever gave it has been told.
    if (column && ctx.schema().is_named_anew(*column)) return;
    known_to_code = !ctx.schema().is_named_anew(*table);
    if (column && column->type_known) type = column->type.text;
  }
  const std::string table = to_string(op.table);
  const std::string old_name = quote_identifier(op.column);
  const std::string new_name = quote_identifier(op.new_name);
  Finding& finding = ctx.report(op, cat("code that is still running fails: the column ", old_name,
                                        " of ", table, " is called ", new_name, " from now on"));
  finding.because("the release before names the old column until the last of it has stopped")
      .try_(cat("add the new column, write both, fill it in batches, and drop the old one in a "
                "later release:\nALTER TABLE ",
                table, " ADD COLUMN ", new_name, " ", type, ";"))
      .with("table", plain(op.table))
      .with("column", std::string(op.column))
      .with("new_name", std::string(op.new_name));
  // Code that asks for the table by its old name fails already, as rename-table says.
  if (!known_to_code || dropped_later(ctx, op)) finding.as(Severity::note);
}

constexpr Example bad[] = {
    {"ALTER TABLE users RENAME COLUMN login TO username;"},
    {"ALTER TABLE users RENAME login TO username;"},
    {"ALTER TABLE users RENAME COLUMN login TO username; ALTER TABLE people DROP COLUMN "
     "username;"},
    {"ALTER TABLE users RENAME COLUMN login TO username; ALTER TABLE users DROP COLUMN "
     "username;"}};
constexpr Example good[] = {
    {"CREATE TABLE t (a int); ALTER TABLE t RENAME COLUMN a TO b;"},
    {"ALTER TABLE users ADD COLUMN a int; ALTER TABLE users RENAME COLUMN a TO b;"},
    {"ALTER TABLE users RENAME CONSTRAINT users_pkey TO accounts_pkey;"},
    {"ALTER TABLE users RENAME COLUMN login TO username; ALTER TABLE users ADD COLUMN login text "
     "GENERATED ALWAYS AS (username) STORED;"}};

}  // namespace

extern constexpr Rule rename_column{
    .severity = Severity::error,
    .summary = "renaming a column makes running code that names it fail",
    .why =
        "A rename is instant, and so is the failure: the release before still names the old column "
        "while the migration is applied, and an ORM names every column of every query. Views keep "
        "working, because they hold the column by number; the bodies of functions do not. A column "
        "that the same migration added is no finding.",
    .instead =
        "Add the new column, write both, fill it in batches, read the new one, drop the old one in "
        "a later release. Or map the new name to the old column in the code.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
