// A foreign key that is checked at once: both tables take no writes meanwhile.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::foreign_key || key.not_valid || key.not_enforced) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string parent = to_string(key.references);
  const bool same = table == parent;
  const std::string name = constraint_name(op.table, key);
  std::string first = source_of(ctx, op);
  Finding& finding =
      ctx.report(op, cat("no row of ", table, same ? "" : cat(" or ", parent),
                         " can be written while every row of ", table, " is checked"))
          .because(
              "adding a foreign key takes SHARE ROW EXCLUSIVE on both tables and holds it while "
              "the rows are read, in a transaction until the commit")
          .with("table", plain(op.table))
          .with("references", plain(key.references));
  if (partitioned(ctx, op.table) && ctx.pg_version() < 18) {
    finding.try_(
        cat("a partitioned table cannot take it NOT VALID before PostgreSQL 18: add it NOT VALID "
            "to each partition, VALIDATE each, then add it to ",
            table, ", which finds them valid"));
  } else {
    if (key.name.empty())
      first =
          cat("ADD CONSTRAINT ", name, " FOREIGN KEY ", column_list(key.columns), " REFERENCES ",
              parent,
              key.referenced_columns.empty() ? "" : cat(" ", column_list(key.referenced_columns)));
    finding.try_(in_two_transactions(
        ctx, "add it unchecked, then check it under a lock that lets writes through",
        cat("ALTER TABLE ", table, " ", first, " NOT VALID;"),
        cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")));
  }
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

// Without a default the new column is NULL everywhere, and PostgreSQL checks nothing.
void check_column(Context& ctx, const AddColumn& op) {
  const ColumnDefinition& column = op.column;
  const bool filled = (column.default_value && column.default_value.kind != ExpressionKind::null) ||
                      column.serial || column.identity != Identity::none ||
                      column.generated != Generated::none;
  if (!filled || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  for (const ConstraintDefinition& each : column.constraints) {
    if (each.kind != ConstraintKind::foreign_key) continue;
    const std::string table = to_string(op.table);
    const std::string parent = to_string(each.references);
    const std::string name = constraint_name(op.table, each);
    ctx.report(op, cat("nobody can use ", table, ", and no row of ", parent,
                       " can be written, while every row of ", table, " is checked"))
        .because(
            "with a default every row refers to something, so all are read, under ACCESS EXCLUSIVE "
            "on this table and SHARE ROW EXCLUSIVE on the other")
        .try_(in_two_transactions(
            ctx, "add the column without REFERENCES, then the foreign key unchecked, then check it",
            cat("ALTER TABLE ", table, " ADD CONSTRAINT ", name, " FOREIGN KEY (",
                quote_identifier(column.name), ") REFERENCES ", parent, " NOT VALID;"),
            cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")))
        .with("table", plain(op.table))
        .with("references", plain(each.references));
  }
}

constexpr Example bad[] = {
    {"ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users "
     "(id);"},
    {"DO $$ BEGIN ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) "
     "REFERENCES users (id); EXCEPTION WHEN duplicate_object THEN null; END $$;"},
    {"ALTER TABLE orders ADD COLUMN coupon_id bigint DEFAULT 1 REFERENCES coupons (id);"},
    {"ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;"}};
constexpr Example good[] = {
    {"ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) "
     "NOT VALID;"},
    {"CREATE TABLE child (user_id bigint); ALTER TABLE child ADD FOREIGN KEY (user_id) REFERENCES "
     "users (id);"},
    {"ALTER TABLE orders ADD COLUMN coupon_id bigint REFERENCES coupons (id);"},
    {"ALTER TABLE orders ADD COLUMN coupon_id bigint DEFAULT NULL REFERENCES coupons (id);"},
    {"ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;"}};

}  // namespace

extern constexpr Rule add_foreign_key_without_not_valid{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary =
        "A foreign key added without NOT VALID blocks writes to both tables while rows are checked",
    .why =
        "ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE on the referencing and the referenced table and "
        "reads the referencing one under it. ADD COLUMN ... REFERENCES without a default reads "
        "nothing (measured). A table made by the same migration, or a temporary one, is no "
        "finding.",
    .instead =
        "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users "
        "(id) NOT VALID;\n-- in another transaction\nALTER TABLE orders VALIDATE CONSTRAINT "
        "orders_user_fk;",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_column>,
};

}  // namespace migguard::rules
