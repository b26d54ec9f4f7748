// ALTER COLUMN ... DROP NOT NULL: readers meet NULL.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropNotNull& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && (ctx.schema().is_new(*column) || column->not_null == Known::no)) return;
  }
  ctx.report(op, cat("rows of ", to_string(op.table), " may hold NULL in ",
                     quote_identifier(op.column), " from now on"))
      .because("code that is still running and takes the value for granted fails on the first one")
      .try_("release code that can read NULL before anything writes it")
      .under(to_string(op.table))
      .with("item", quote_identifier(op.column))
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr Example bad[] = {{"ALTER TABLE users ALTER COLUMN email DROP NOT NULL;"},
                           {.sql = "ALTER TABLE users ALTER email DROP NOT NULL;",
                            .before = "CREATE TABLE users (id int, email text NOT NULL);"}};
constexpr Example good[] = {
    {"CREATE TABLE t (a int NOT NULL); ALTER TABLE t ALTER COLUMN a DROP NOT NULL;"},
    {.sql = "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
     .before = "CREATE TABLE users (id int, email text);"},
    {"ALTER TABLE users ALTER COLUMN email DROP DEFAULT;"}};

}  // namespace

extern constexpr Rule drop_not_null{
    .severity = Severity::note,
    .summary = "DROP NOT NULL lets readers meet NULL where they never did",
    .why =
        "Nothing fails at once. But a release that writes NULL runs beside one that cannot read "
        "it, and the way back, SET NOT NULL, reads the whole table under ACCESS EXCLUSIVE.",
    .instead = "Release readers that can handle NULL first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
