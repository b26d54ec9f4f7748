// Foreign keys, for teams that do without.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.kind != ConstraintKind::foreign_key || !(true)) return;
  const bool placed = op.within == Within::statement && key.span.begin < key.span.end;
  std::string message = cat(to_string(table), " gets a foreign key to ", to_string(key.references));
  Finding& finding = placed ? ctx.report(*ctx.migration().source, key.span, std::move(message))
                            : ctx.report(op, std::move(message));
  finding.because("this project has chosen to keep integrity in the code")
      .try_("leave the foreign key out")
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
    {"ALTER TABLE s ADD FOREIGN KEY (u) REFERENCES users (id);"}};
constexpr Example good[] = {{"CREATE TABLE s (id bigint PRIMARY KEY, u bigint);"},
                            {"ALTER TABLE s ADD CHECK (u > 0);"}};

}  // namespace

extern constexpr Rule table_no_fk{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "foreign keys, for teams that keep integrity in the code",
    .why =
        "Sharded databases and online schema changes are easier without foreign keys; the price is "
        "integrity.",
    .instead = "Leave the rule off unless the team has decided so.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_column, &check_constraint>,
};

}  // namespace migguard::rules
