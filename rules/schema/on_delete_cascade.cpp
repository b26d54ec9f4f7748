// Foreign keys that delete rows by themselves.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.kind != ConstraintKind::foreign_key || !(key.on_delete == ReferentialAction::cascade))
    return;
  const bool placed = op.within == Within::statement && key.span.begin < key.span.end;
  std::string message = cat("deleting a row of ", to_string(key.references),
                            " deletes the rows of ", to_string(table), " that point to it");
  Finding& finding = placed ? ctx.report(*ctx.migration().source, key.span, std::move(message))
                            : ctx.report(op, std::move(message));
  finding.because("one DELETE can empty several tables, and locks every row it takes along")
      .try_("refuse the delete, and let the code delete what it means to: ON DELETE RESTRICT")
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
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE CASCADE);"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE SET NULL);"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON UPDATE CASCADE);"}};

}  // namespace

extern constexpr Rule on_delete_cascade{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "ON DELETE CASCADE lets one DELETE empty several tables",
    .why = "Nothing in the DELETE shows what goes with it.",
    .instead = "Use ON DELETE RESTRICT or NO ACTION.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_column, &check_constraint>,
};

}  // namespace migguard::rules
