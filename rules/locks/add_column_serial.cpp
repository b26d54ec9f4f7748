// ADD COLUMN of a serial type rewrites the table.
#include "rewriting_column.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddColumn& op) {
  if (!op.column.serial || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  report_rewriting_column(ctx, op)
      .because("each row gets a number of its own from the new sequence, under ACCESS EXCLUSIVE")
      .try_(number_in_batches(op));
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
