// ADD COLUMN of a stored generated column rewrites the table.
#include "rewriting_column.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddColumn& op) {
  if (op.column.generated != Generated::stored || already_there(ctx, op) ||
      ctx.is_new_or_temporary(op.table))
    return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column.name);
  report_rewriting_column(ctx, op)
      .because("a stored generated column is worked out for every row, under ACCESS EXCLUSIVE")
      .try_(ctx.pg_version() >= 18
                ? cat("make it VIRTUAL, which writes nothing:\nALTER TABLE ", table, " ADD COLUMN ",
                      name, " ", op.column.type.text, " GENERATED ALWAYS AS (",
                      op.column.generation->text, ") VIRTUAL;")
                : cat("add a plain column, keep it up to date with a trigger, and fill the old "
                      "rows in batches:\nALTER TABLE ",
                      table, " ADD COLUMN ", name, " ", op.column.type.text, ";"));
}

constexpr Example bad[] = {
    {"ALTER TABLE lines ADD COLUMN total int GENERATED ALWAYS AS (a + b) STORED;"},
    {.sql = "ALTER TABLE lines ADD COLUMN total int GENERATED ALWAYS AS (a + b) STORED;",
     .pg_version = 18}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE lines ADD COLUMN total int GENERATED ALWAYS AS (a + b) VIRTUAL;",
     .pg_version = 18},
    {"CREATE TABLE l (a int); ALTER TABLE l ADD COLUMN b int GENERATED ALWAYS AS (a) STORED;"}};

}  // namespace

extern constexpr Rule add_column_generated_stored{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "ADD COLUMN of a stored generated column rewrites the table",
    .why =
        "The values of a STORED generated column are computed for all rows at once: table and "
        "indexes are written anew under ACCESS EXCLUSIVE. A VIRTUAL one (PostgreSQL 18) writes "
        "nothing (measured).",
    .instead =
        "A plain column, a trigger that fills it, and a backfill in batches; on PostgreSQL 18 "
        "VIRTUAL.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
