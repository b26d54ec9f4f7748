// The columns that an operation defines or gives a type: what the rules about types have in common.
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

// Calls `Look(ctx, op, table, column)` for columns of new tables and for added ones.
template <auto Look>
struct NewColumn {
  static void table(Context& ctx, const CreateTable& op) {
    each_new_column(op, [&](const ColumnDefinition& each) { Look(ctx, op, op.table, each); });
  }
  static void column(Context& ctx, const AddColumn& op) {
    each_new_column(ctx, op, [&](const ColumnDefinition& each) { Look(ctx, op, op.table, each); });
  }
  // As the whole migration left them behind.
  static void after(Context& ctx, const AfterMigration& after) {
    for (const Statement& statement : after.migration.script.statements) {
      for (const Op& each : statement.ops) {
        if (const auto* made = std::get_if<CreateTable>(&each)) table(ctx, *made);
        if (const auto* added = std::get_if<AddColumn>(&each)) column(ctx, *added);
      }
    }
  }
};
template <auto Look>
inline constexpr auto on_new_columns = on<&NewColumn<Look>::table, &NewColumn<Look>::column>;

// Wherever a type is chosen: columns of new tables, added ones, ALTER COLUMN TYPE, attributes of
// composite types. Of the column that `Look(ctx, op, table, column)` sees, only name and type are
// always there.
template <auto Look>
struct ChosenType : NewColumn<Look> {
  static void change(Context& ctx, const ChangeType& op) {
    const Relation* table = ctx.schema().relation(op.table).known();
    if (table && ctx.schema().is_temporary(*table)) return;
    Look(ctx, op, op.table, typed(op.column, op.type));
  }
  static void composite(Context& ctx, const CreateType& op) {
    for (const ColumnDefinition& each : op.columns) Look(ctx, op, op.type, each);
  }
  static void attribute(Context& ctx, const AlterTableOther& op) {
    if (!op.type.name.name.empty()) Look(ctx, op, op.table, typed(op.column, op.type));
  }

 private:
  static ColumnDefinition typed(Text name, const TypeName& type) {
    ColumnDefinition column;
    column.name = name;
    column.type = type;
    return column;
  }
};
template <auto Look>
inline constexpr auto on_chosen_types =
    on<&ChosenType<Look>::table, &ChosenType<Look>::column, &ChosenType<Look>::change,
       &ChosenType<Look>::composite, &ChosenType<Look>::attribute>;

}  // namespace migguard::rules
