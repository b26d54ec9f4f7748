// Foreign keys over columns that may hold NULL.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& name, std::int32_t statement) {
  const Relation* table = ctx.schema().relation(name).known();
  if (!table || ctx.schema().is_temporary(*table)) return;
  for (const Constraint& each : table->constraints) {
    if (each.kind != ConstraintKind::foreign_key || each.inherited ||
        each.created.migration != ctx.schema().current_migration() ||
        each.created.statement != statement)
      continue;
    for (const Text column_name : each.columns) {
      const Column* column = table->column(column_name);
      if (!column || column->not_null != Known::no) continue;
      ctx.report(op,
                 cat("rows of ", to_string(name), " need not point to any row of ",
                     to_string(each.references_schema == "public" ? Name{{}, each.references_table}
                                                                  : each.references())))
          .because(cat(quote_identifier(column_name),
                       " may hold NULL, for which a foreign key is not checked"))
          .try_(cat("where every row belongs to one, say so:\nALTER TABLE ", to_string(name),
                    " ALTER COLUMN ", quote_identifier(column_name), " SET NOT NULL;"))
          .with("table", plain(name))
          .with("column", column_name);
      break;
    }
  }
}

constexpr Example bad[] = {
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));"},
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint); ALTER TABLE lines ADD FOREIGN "
     "KEY (order_id) REFERENCES orders (id);"}};
constexpr Example good[] = {
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders "
     "(id));"},
    {"CREATE TABLE lines (order_id bigint PRIMARY KEY REFERENCES orders (id));"},
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id)); ALTER "
     "TABLE lines ALTER COLUMN order_id SET NOT NULL;"}};

}  // namespace

extern constexpr Rule forbid_nullable_fk{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a foreign key over a column that may hold NULL does not tie every row",
    .why = "A foreign key lets NULL through; of several columns, one NULL is enough.",
    .instead = "Make the columns of foreign keys NOT NULL where every row belongs to one.",
    .bad = bad,
    .good = good,
    .listeners = on<&AfterForeignKeys<&look>::check>,
};

}  // namespace migguard::rules
