// PRIMARY KEY USING INDEX on a column that may hold NULL reads the whole table.
#include <migguard/rule.hpp>

#include <algorithm>
#include "wording.hpp"

namespace migguard::rules {
namespace {

bool proven(const Relation& table, std::string_view name) {
  const Column* column = table.column(name);
  if (column && column->not_null == Known::yes && column->not_null_valid) return true;
  for (const Constraint& each : table.constraints)
    if (each.kind == ConstraintKind::check && each.valid && each.enforced &&
        std::find(each.not_null_columns.begin(), each.not_null_columns.end(), name) !=
            each.not_null_columns.end())
      return true;
  return false;
}
void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::primary_key || key.using_index.empty() ||
      ctx.is_new_or_temporary(op.table))
    return;
  const Relation* table = ctx.schema().relation(op.table).known();
  const Index* index = table ? table->index(key.using_index) : nullptr;
  std::string nullable;
  if (index) {
    for (const Text column : index->columns)
      if (!proven(*table, column)) {
        nullable = column;
        break;
      }
    if (nullable.empty()) return;
  }
  const std::string name = to_string(op.table);
  const std::string column = index ? quote_identifier(nullable) : std::string("...");
  const std::string proof =
      quote_identifier(cat(op.table.name, "_", index ? nullable : "key", "_not_null"));
  Finding& finding =
      ctx.report(op, index ? cat("nobody can read or write ", name,
                                 " while every row is searched for NULL in ", column)
                           : cat("nobody can read or write ", name,
                                 " while every row is searched for NULL, unless the key's columns "
                                 "are NOT NULL"))
          .because(
              "a primary key makes its columns NOT NULL, and without a proof the server reads the "
              "table under ACCESS EXCLUSIVE")
          .try_(in_two_transactions(
              ctx, "prove it with a CHECK first",
              cat("ALTER TABLE ", name, " ADD CONSTRAINT ", proof, " CHECK (", column,
                  " IS NOT NULL) NOT VALID;"),
              cat("ALTER TABLE ", name, " VALIDATE CONSTRAINT ", proof, ";\nALTER TABLE ", name,
                  " ALTER COLUMN ", column, " SET NOT NULL;")))
          .with("table", plain(op.table));
  if (!index) finding.as(Severity::warning);
}

constexpr Example bad[] = {
    {.sql = "ALTER TABLE orders ADD CONSTRAINT orders_pk PRIMARY KEY USING INDEX orders_id_idx;",
     .before =
         "CREATE TABLE orders (id bigint); CREATE UNIQUE INDEX orders_id_idx ON orders (id);"},
    {"ALTER TABLE orders ADD CONSTRAINT orders_pk PRIMARY KEY USING INDEX orders_id_idx;"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE orders ADD CONSTRAINT orders_pk PRIMARY KEY USING INDEX orders_id_idx;",
     .before = "CREATE TABLE orders (id bigint NOT NULL); CREATE UNIQUE INDEX orders_id_idx ON "
               "orders (id);"},
    {"CREATE TABLE a (id int); CREATE UNIQUE INDEX i ON a (id); ALTER TABLE a ADD CONSTRAINT a_pk "
     "PRIMARY KEY USING INDEX i;"}};

}  // namespace

extern constexpr Rule primary_key_using_index_nullable{
    .severity = Severity::error,
    .summary =
        "PRIMARY KEY USING INDEX on a nullable column reads the whole table under ACCESS EXCLUSIVE",
    .why =
        "The index is there already, but the key's columns must become NOT NULL: unless they are, "
        "or a valid CHECK proves it, every row is read under ACCESS EXCLUSIVE (measured).",
    .instead =
        "ALTER TABLE orders ADD CONSTRAINT orders_id_not_null CHECK (id IS NOT NULL) NOT "
        "VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_id_not_null;\nALTER TABLE orders "
        "ALTER COLUMN id SET NOT NULL;\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY "
        "USING INDEX orders_id_idx;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
