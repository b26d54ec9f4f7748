// A CHECK that is verified at once: nobody can use the table meanwhile.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& constraint = op.constraint;
  if (constraint.kind != ConstraintKind::check || constraint.not_valid || constraint.not_enforced)
    return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string name = constraint_name(op.table, constraint);
  std::string first = source_of(ctx, op);
  if (constraint.name.empty())
    first = cat("ADD CONSTRAINT ", name, first.size() > 4 ? first.substr(3) : " CHECK (...)");
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table, " while every row is checked"))
          .because(
              "ADD CHECK holds ACCESS EXCLUSIVE while it reads the table, in a transaction until "
              "the commit")
          .try_(in_two_transactions(
              ctx,
              "add it unchecked, then check it under a lock that lets reads and writes through",
              cat("ALTER TABLE ", table, " ", first, " NOT VALID;"),
              cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")))
          .with("table", plain(op.table));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}
void check_column(Context& ctx, const AddColumn& op) {
  if (op.column.constraints.empty()) return;
  if (already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  for (const ConstraintDefinition& each : op.column.constraints) {
    if (each.kind != ConstraintKind::check || each.not_valid || each.not_enforced) continue;
    const std::string table = to_string(op.table);
    const std::string name =
        each.name.empty() ? quote_identifier(cat(op.table.name, "_", op.column.name, "_check"))
                          : quote_identifier(each.name);
    ctx.report(op, cat("nobody can read or write ", table,
                       " while the CHECK is verified for every row"))
        .because("a CHECK written at a new column reads the whole table under ACCESS EXCLUSIVE")
        .try_(in_two_transactions(
            ctx, "add the column alone, then the CHECK unchecked, then check it",
            cat("ALTER TABLE ", table, " ADD CONSTRAINT ", name, " CHECK (",
                each.check->text.empty() ? std::string("...") : std::string(each.check->text),
                ") NOT VALID;"),
            cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")))
        .with("table", plain(op.table));
    return;
  }
}

constexpr Example bad[] = {{"ALTER TABLE orders ADD CONSTRAINT total_pos CHECK (total >= 0);"},
                           {"ALTER TABLE orders ADD CHECK (total >= 0);"},
                           {"ALTER TABLE orders ADD COLUMN total int CHECK (total >= 0);"}};
constexpr Example good[] = {
    {"ALTER TABLE orders ADD CONSTRAINT total_pos CHECK (total >= 0) NOT VALID;"},
    {"CREATE TABLE a (n int); ALTER TABLE a ADD CHECK (n > 0);"},
    {"ALTER TABLE orders ADD UNIQUE (number);"},
    {.sql = "ALTER TABLE orders ADD CHECK (total >= 0) NOT ENFORCED;", .pg_version = 18}};

}  // namespace

extern constexpr Rule add_check_without_not_valid{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "A CHECK added without NOT VALID blocks the table while every row is verified",
    .why =
        "ADD CONSTRAINT ... CHECK reads every row under ACCESS EXCLUSIVE; so does a CHECK written "
        "at a new column (measured). A table made by the same migration, or a temporary one, is no "
        "finding.",
    .instead =
        "ALTER TABLE orders ADD CONSTRAINT total_pos CHECK (total >= 0) NOT VALID;\n-- in another "
        "transaction\nALTER TABLE orders VALIDATE CONSTRAINT total_pos;",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_column>,
};

}  // namespace migguard::rules
