// CREATE TRIGGER briefly blocks writes to the table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateTrigger& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* relation = ctx.schema().relation(op.table).known();
  if (relation && relation->kind == RelationKind::view) return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat("writes to ", table,
                     " wait until this has its lock, and each one calls the trigger from then on"))
      .because(
          "CREATE TRIGGER takes SHARE ROW EXCLUSIVE, and in a transaction holds it until the "
          "commit")
      .try_(
          "set a lock timeout, so that a long transaction on the table fails the migration rather "
          "than stop everyone:\nSET lock_timeout = '2s';")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"CREATE TRIGGER audit AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit();"},
    {"CREATE OR REPLACE TRIGGER audit AFTER INSERT ON orders EXECUTE FUNCTION audit();"}};
constexpr Example good[] = {
    {"CREATE TABLE a (id int); CREATE TRIGGER t AFTER UPDATE ON a EXECUTE FUNCTION f();"},
    {.sql = "CREATE TRIGGER t INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f();",
     .before = "CREATE VIEW v AS SELECT 1 AS x;"}};

}  // namespace

extern constexpr Rule create_trigger{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "CREATE TRIGGER briefly blocks writes to the table",
    .why =
        "CREATE TRIGGER takes SHARE ROW EXCLUSIVE (measured): short, once no transaction that "
        "wrote to the table is open.",
    .instead = "SET lock_timeout = '2s';\n-- and try again when it is hit",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
