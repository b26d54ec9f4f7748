// The constraints that operations define: what the rules about them have in common.
#pragma once

#include <migguard/rule.hpp>

namespace migguard::rules {

// Calls `Look(ctx, op, table, constraint)` wherever a constraint of a table that stays is defined.
template <auto Look>
struct NewConstraint {
  static void table(Context& ctx, const CreateTable& op) {
    if (op.persistence == Persistence::temporary) return;
    for (const ColumnDefinition& column : op.columns) all(ctx, op, op.table, column.constraints);
    all(ctx, op, op.table, op.constraints);
  }
  static void column(Context& ctx, const AddColumn& op) {
    all(ctx, op, op.table, op.column.constraints);
  }
  static void constraint(Context& ctx, const AddConstraint& op) {
    Look(ctx, op, op.table, op.constraint);
  }

 private:
  static void all(Context& ctx, const Node& op, const Name& table,
                  List<ConstraintDefinition> constraints) {
    for (const ConstraintDefinition& each : constraints) Look(ctx, op, table, each);
  }
};
template <auto Look>
inline constexpr auto on_new_constraints =
    on<&NewConstraint<Look>::table, &NewConstraint<Look>::column, &NewConstraint<Look>::constraint>;

// The same for foreign keys alone.
template <auto Look>
void look_at_foreign_key(Context& ctx, const Node& op, const Name& table,
                         const ConstraintDefinition& key) {
  if (key.kind == ConstraintKind::foreign_key) Look(ctx, op, table, key);
}
template <auto Look>
inline constexpr auto on_new_foreign_keys = on_new_constraints<&look_at_foreign_key<Look>>;

// Calls `Look(ctx, op, table, statement)` for each operation that may bring a table a foreign key,
// once the whole migration has taken effect. `statement`: the number of its statement, as in
// Origin.
template <auto Look>
struct AfterForeignKeys {
  static void check(Context& ctx, const AfterMigration& after) {
    std::int32_t number = 0;
    for (const Statement& statement : after.migration.script.statements) {
      for (const Op& each : statement.ops) {
        if (const auto* made = std::get_if<CreateTable>(&each))
          Look(ctx, *made, made->table, number);
        if (const auto* add = std::get_if<AddColumn>(&each);
            add && !add->column.constraints.empty())
          Look(ctx, *add, add->table, number);
        if (const auto* add = std::get_if<AddConstraint>(&each);
            add && add->constraint.kind == ConstraintKind::foreign_key)
          Look(ctx, *add, add->table, number);
      }
      ++number;
    }
  }
};

// Reports on a constraint where its place is known, else on the operation.
inline Finding& report_constraint(Context& ctx, const Node& op,
                                  const ConstraintDefinition& constraint, std::string message) {
  const bool placed = op.within == Within::statement && constraint.span.begin < constraint.span.end;
  return placed ? ctx.report(*ctx.migration().source, constraint.span, std::move(message))
                : ctx.report(op, std::move(message));
}

}  // namespace migguard::rules
