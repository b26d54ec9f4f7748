// Foreign keys that are checked at the end of the transaction.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.kind != ConstraintKind::foreign_key || !(key.deferrable)) return;
  const bool placed = op.within == Within::statement && key.span.begin < key.span.end;
  std::string message = cat("the foreign key of ", to_string(table), " to ",
                            to_string(key.references), " can be checked as late as COMMIT");
  Finding& finding = placed ? ctx.report(*ctx.migration().source, key.span, std::move(message))
                            : ctx.report(op, std::move(message));
  finding
      .because(
          "errors surface far from the statement that caused them, and DDL on the table fails "
          "while checks are pending")
      .try_("leave DEFERRABLE out")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

void look_all(Context& ctx, const Node& op, const Name& table,
              List<ConstraintDefinition> constraints) {
  for (const ConstraintDefinition& each : constraints) look(ctx, op, table, each);
}

void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  for (const ColumnDefinition& each : op.columns) look_all(ctx, op, op.table, each.constraints);
  look_all(ctx, op, op.table, op.constraints);
}
void check_column(Context& ctx, const AddColumn& op) {
  look_all(ctx, op, op.table, op.column.constraints);
}
void check_constraint(Context& ctx, const AddConstraint& op) {
  look(ctx, op, op.table, op.constraint);
}

constexpr Example bad[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) DEFERRABLE);"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) DEFERRABLE INITIALLY "
     "DEFERRED;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id));"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, n int, UNIQUE (n) DEFERRABLE);"}};

}  // namespace

extern constexpr Rule deferrable_fk{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a DEFERRABLE foreign key moves its errors to COMMIT",
    .why =
        "ALTER TABLE in a transaction with pending checks is an error (55006), and planners can "
        "use less of the constraint.",
    .instead = "Order the inserts instead.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_column, &check_constraint>,
};

}  // namespace migguard::rules
