// DROP TRIGGER briefly blocks reads and writes of the table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropTableObject& op) {
  if (op.object != ObjectKind::trigger || ctx.is_new_or_temporary(op.table)) return;
  if (op.if_exists && ctx.schema().relation(op.table).exists() == Known::no) return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("readers and writers of ", table,
                     " wait until this has its lock, and what the trigger did is done no longer"))
      .because(
          "DROP TRIGGER takes ACCESS EXCLUSIVE, and in a transaction holds it until the commit")
      .try_(
          "set a lock timeout, so that a long transaction on the table fails the migration rather "
          "than stop everyone:\nSET lock_timeout = '2s';")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"DROP TRIGGER audit ON orders;"},
                           {"DROP TRIGGER IF EXISTS audit ON orders;"}};
constexpr Example good[] = {{"CREATE TABLE a (id int); DROP TRIGGER IF EXISTS t ON a;"},
                            {"DROP POLICY p ON orders;"}};

}  // namespace

extern constexpr Rule drop_trigger{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "DROP TRIGGER briefly blocks reads and writes of the table",
    .why =
        "DROP TRIGGER takes ACCESS EXCLUSIVE (measured): short, once no transaction that uses the "
        "table is open.",
    .instead = "SET lock_timeout = '2s';\n-- and try again when it is hit",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
