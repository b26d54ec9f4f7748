// ADD COLUMN of a serial type rewrites the table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddColumn& op) {
  if (!(op.column.serial) || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column.name);
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table,
                         " while every row and index of it is written anew"))
          .because(
              "each row gets a number of its own from the new sequence, under ACCESS EXCLUSIVE")
          .try_(cat("add a plain column, number new rows from a sequence, and the old ones in "
                    "batches:\nCREATE SEQUENCE ",
                    quote_identifier(cat(op.table.name, "_", op.column.name, "_seq")),
                    ";\nALTER TABLE ", table, " ADD COLUMN ", name, " ", op.column.type.text,
                    ";\nALTER TABLE ", table, " ALTER COLUMN ", name, " SET DEFAULT nextval('",
                    quote_identifier(cat(op.table.name, "_", op.column.name, "_seq")),
                    "');\n-- then in batches\nUPDATE ", table, " SET ", name, " = DEFAULT WHERE ",
                    name, " IS NULL AND ...;"))
          .with("table", plain(op.table))
          .with("column", std::string(op.column.name));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

constexpr Example bad[] = {{"ALTER TABLE users ADD COLUMN n serial;"},
                           {"ALTER TABLE users ADD COLUMN n bigserial NOT NULL;"}};
constexpr Example good[] = {{"ALTER TABLE users ADD COLUMN n bigint;"},
                            {"CREATE TABLE a (t text); ALTER TABLE a ADD COLUMN n serial;"}};

}  // namespace

extern constexpr Rule add_column_serial{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "ADD COLUMN of a serial type rewrites the table",
    .why =
        "serial is an integer whose default is nextval(), which is evaluated for each row: table "
        "and indexes are written anew under ACCESS EXCLUSIVE (measured).",
    .instead =
        "CREATE SEQUENCE users_n_seq;\nALTER TABLE users ADD COLUMN n bigint;\nALTER TABLE users "
        "ALTER COLUMN n SET DEFAULT nextval('users_n_seq');\n-- fill the old rows in batches",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
