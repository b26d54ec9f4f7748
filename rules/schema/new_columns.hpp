// The columns that an operation defines: what the rules about types have in common.
#pragma once

#include <migguard/rule.hpp>

namespace migguard::rules {

// Calls `look(column)` for each column of a table that stays.
template <class Look>
void each_new_column(const CreateTable& op, Look look) {
  if (op.persistence == Persistence::temporary) return;
  for (const ColumnDefinition& column : op.columns) look(column);
}
template <class Look>
void each_new_column(Context& ctx, const AddColumn& op, Look look) {
  const Relation* table = ctx.schema().relation(op.table).known();
  if (table && ctx.schema().is_temporary(*table)) return;
  look(op.column);
}

// Reports on a column of CREATE TABLE where its place is known, else on the operation.
inline Finding& report_column(Context& ctx, const Node& op, const ColumnDefinition& column,
                              std::string message) {
  const bool placed = op.within == Within::statement && column.span.begin < column.span.end;
  return placed ? ctx.report(*ctx.migration().source, column.span, std::move(message))
                : ctx.report(op, std::move(message));
}

}  // namespace migguard::rules
