// TRUNCATE: every row at once.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Truncate& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("this deletes every row of ", table))
      .because(
          "TRUNCATE keeps nothing back and, while it waits for its lock and until the transaction "
          "ends, blocks every reader")
      .try_(cat("keep the rows aside where they might be wanted, and delete in batches outside the "
                "migration:\n"
                "CREATE TABLE ",
                quote_identifier(cat(op.table.name, "_before")), " AS TABLE ", table, ";"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"TRUNCATE sessions;"}, {"TRUNCATE TABLE orders, order_items CASCADE;"}};
constexpr Example good[] = {{"CREATE TABLE buffer (id int); TRUNCATE buffer;"},
                            {"INSERT INTO audit_notes (body) VALUES ('TRUNCATE sessions');"}};

}  // namespace

extern constexpr Rule truncate_table{
    .severity = Severity::error,
    .summary = "TRUNCATE deletes every row and blocks all readers while it runs",
    .why =
        "TRUNCATE takes ACCESS EXCLUSIVE, gives the table an empty file and forgets the old one. "
        "It is not limited by any WHERE. Tables made by the same migration, and temporary ones, "
        "are no finding.",
    .instead =
        "Delete in batches with a WHERE, outside of the migration's transaction; or rename the "
        "table and make a new one, so that the rows can be had back.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
