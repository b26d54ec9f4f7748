// Foreign keys that leave the action on deletes to the default.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.kind != ConstraintKind::foreign_key || !(!key.on_delete_written)) return;
  const bool placed = op.within == Within::statement && key.span.begin < key.span.end;
  std::string message = cat("nothing says what happens to rows of ", to_string(table),
                            " when their row of ", to_string(key.references), " is deleted");
  Finding& finding = placed ? ctx.report(*ctx.migration().source, key.span, std::move(message))
                            : ctx.report(op, std::move(message));
  finding.because("the default refuses the delete, which may or may not be meant")
      .try_("say it: ON DELETE RESTRICT, CASCADE or SET NULL")
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
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id));"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) ON UPDATE CASCADE;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE NO ACTION);"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint);"}};

}  // namespace

extern constexpr Rule explicit_on_delete{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a foreign key without ON DELETE leaves its behaviour unsaid",
    .why = "NO ACTION is a choice too; written down, a reader knows that it was one.",
    .instead = "Write ON DELETE with the action that is meant.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_column, &check_constraint>,
};

}  // namespace migguard::rules
