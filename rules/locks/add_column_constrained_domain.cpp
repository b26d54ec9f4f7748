// A column of a domain with constraints: adding it writes every row.
#include "rewriting_column.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddColumn& op) {
  if (op.column.serial || already_there(ctx, op)) return;
  const Type* type = ctx.schema().type(op.column.type.name).known();
  if (!type || type->kind != TypeKind::domain || !type->constrained ||
      op.column.type.array_dimensions > 0)
    return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column.name);
  const std::string base = std::string(type->base.text.empty() ? Text("text") : type->base.text);
  report_rewriting_column(ctx, op)
      .because(cat("the domain ", to_string(op.column.type.name),
                   " has constraints, and PostgreSQL then checks the new column row by row, even "
                   "where it stays NULL"))
      .try_(in_two_transactions(
          ctx, "take the base type, and add the check unchecked",
          cat("ALTER TABLE ", table, " ADD COLUMN ", name, " ", base, ";\nALTER TABLE ", table,
              " ADD CONSTRAINT ",
              quote_identifier(cat(op.table.name, "_", op.column.name, "_check")),
              " CHECK (...) NOT VALID;"),
          cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ",
              quote_identifier(cat(op.table.name, "_", op.column.name, "_check")), ";")));
}

constexpr Example bad[] = {
    {.sql = "ALTER TABLE users ADD COLUMN zip us_zip;",
     .before = "CREATE DOMAIN us_zip AS text CHECK (VALUE ~ '^[0-9]{5}$');"},
    {"CREATE DOMAIN mail AS text NOT NULL; ALTER TABLE users ADD COLUMN m mail DEFAULT 'x';"}};
constexpr Example good[] = {{"CREATE DOMAIN note AS text; ALTER TABLE users ADD COLUMN n note;"},
                            {"CREATE DOMAIN z AS text CHECK (VALUE <> ''); CREATE TABLE a (id "
                             "int); ALTER TABLE a ADD COLUMN z z;"}};

}  // namespace

extern constexpr Rule add_column_constrained_domain{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "ADD COLUMN of a domain with constraints rewrites the table",
    .why =
        "A column whose type is a domain with CHECK or NOT NULL is written into every row, even "
        "without a default (measured on 15, 17 and 18), under ACCESS EXCLUSIVE.",
    .instead =
        "ALTER TABLE users ADD COLUMN zip text;\nALTER TABLE users ADD CONSTRAINT users_zip_check "
        "CHECK (zip ~ '^[0-9]{5}$') NOT VALID;\n-- in another transaction\nALTER TABLE users "
        "VALIDATE CONSTRAINT users_zip_check;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
