// The foreign keys that operations define: what the conventions about them have in common.
#pragma once

#include <migguard/rule.hpp>

namespace migguard::rules {

// Calls `look(key)` for each foreign key of a table that stays.
template <class Look>
void each_new_foreign_key(const CreateTable& op, Look look) {
  if (op.persistence == Persistence::temporary) return;
  const auto look_all = [&](List<ConstraintDefinition> constraints) {
    for (const ConstraintDefinition& each : constraints) {
      if (each.kind == ConstraintKind::foreign_key) look(each);
    }
  };
  for (const ColumnDefinition& column : op.columns) look_all(column.constraints);
  look_all(op.constraints);
}
template <class Look>
void each_new_foreign_key(const AddColumn& op, Look look) {
  for (const ConstraintDefinition& each : op.column.constraints) {
    if (each.kind == ConstraintKind::foreign_key) look(each);
  }
}
template <class Look>
void each_new_foreign_key(const AddConstraint& op, Look look) {
  if (op.constraint.kind == ConstraintKind::foreign_key) look(op.constraint);
}

// Reports on a constraint where its place is known, else on the operation.
inline Finding& report_constraint(Context& ctx, const Node& op, const ConstraintDefinition& key,
                                  std::string message) {
  const bool placed = op.within == Within::statement && key.span.begin < key.span.end;
  return placed ? ctx.report(*ctx.migration().source, key.span, std::move(message))
                : ctx.report(op, std::move(message));
}

}  // namespace migguard::rules
