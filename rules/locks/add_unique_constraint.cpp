// UNIQUE on an existing table: nobody can use it while the index is built.
#include <migguard/rule.hpp>

#include "index_remedy.hpp"
#include "wording.hpp"

namespace migguard::rules {
namespace {

void report(Context& ctx, const Node& op, const Name& name, const std::string& constraint,
            List<Text> columns, Turn turn, const ConstraintDefinition* written = nullptr) {
  const std::string table = to_string(name);
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table, " while the unique index is built"))
          .because("ADD UNIQUE builds its index under ACCESS EXCLUSIVE, and cannot be NOT VALID")
          .with("table", plain(name));
  if (partitioned(ctx, name)) {
    finding.try_(
        "a partitioned table cannot take a finished index: plan a time when the table may be "
        "locked, with a lock timeout:\nSET lock_timeout = '2s';");
  } else if (const Index* twin = dropped_twin(ctx, name, columns);
             twin && !twin->constraint.ends_with("_pkey")) {
    finding.try_(keep_twin(*twin, table, constraint));
  } else {
    const std::string plain_name = conflict_target::folded(constraint);
    const std::string built =
        takes_name(ctx, name, plain_name) ? quote_identifier(new_name(plain_name)) : constraint;
    const std::string index =
        cat("CREATE UNIQUE INDEX CONCURRENTLY ", built, " ON ", table, " ", column_list(columns),
            written && !written->include.empty() ? cat(" INCLUDE ", column_list(written->include))
                                                 : std::string(),
            written && written->nulls_not_distinct ? " NULLS NOT DISTINCT;" : ";");
    finding.try_(cat(outside_transaction(ctx, index, turn), behind_by_hand(ctx), "ALTER TABLE ",
                     table, " ADD CONSTRAINT ", constraint, " UNIQUE USING INDEX ", built, ";",
                     behind_index(ctx, name, columns, plain_name, true)));
  }
  if (may_be_new(ctx, name)) finding.as(Severity::note);
}
void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& unique = op.constraint;
  if (unique.kind != ConstraintKind::unique || !unique.using_index.empty() ||
      ctx.is_new_or_temporary(op.table))
    return;
  report(ctx, op, op.table, constraint_name(op.table, unique), unique.columns,
         turn_of_index(ctx, op.table, unique.columns, true), &unique);
}
void check_column(Context& ctx, const AddColumn& op) {
  if (!op.column.unique || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  report(ctx, op, op.table, quote_identifier(cat(op.table.name, "_", op.column.name, "_key")),
         {&op.column.name, 1}, Turn::before_code);
}

constexpr Example bad[] = {{"ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);"},
                           {"ALTER TABLE users ADD COLUMN handle text UNIQUE;"}};
constexpr Example good[] = {
    {"ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;"},
    {"CREATE TABLE a (n int); ALTER TABLE a ADD UNIQUE (n);"},
    {"ALTER TABLE orders ADD CHECK (n > 0) NOT VALID;"}};

}  // namespace

extern constexpr Rule add_unique_constraint{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary =
        "A unique constraint on an existing table blocks reads and writes while its index is built",
    .why =
        "ADD UNIQUE, and UNIQUE written at a new column, build the index under ACCESS EXCLUSIVE: "
        "readers wait too (measured). A table made by the same migration, or a temporary one, is "
        "no finding.",
    .instead =
        "CREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON orders (number);\nALTER TABLE "
        "orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_column>,
};

}  // namespace migguard::rules
