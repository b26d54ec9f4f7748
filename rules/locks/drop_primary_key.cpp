// The primary key is dropped: rows have no identity for replication.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool added_again(const Context& ctx, const DropConstraint& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name))
    for (const Op& other : statement.ops)
      if (const auto* add = std::get_if<AddConstraint>(&other);
          add && add->constraint.kind == ConstraintKind::primary_key &&
          add->table.name == op.table.name)
        return true;
  return false;
}
// A unique index that can tell rows apart: of all rows, at once, and of columns that are NOT NULL
// (ATExecReplicaIdentity in src/backend/commands/tablecmds.c).
std::string identity(const Context& ctx, const DropConstraint& op) {
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const auto never_null = [&](Text name) {
      const Column* column = table->column(name);
      return column && column->not_null == Known::yes;
    };
    for (const Index& each : table->indexes)
      if (each.unique && each.valid && !each.partial && each.mentioned.empty() &&
          each.constraint != op.constraint && !each.columns.empty() &&
          std::all_of(each.columns.begin(), each.columns.end(), never_null))
        return quote_identifier(each.name);
  }
  return "...";
}

void check(Context& ctx, const DropConstraint& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* relation = ctx.schema().relation(op.table).known();
  const Constraint* constraint = relation ? relation->constraint(op.constraint) : nullptr;
  if (constraint
          ? constraint->kind != ConstraintKind::primary_key
          : (relation && relation->create_seen) || op.constraint != cat(op.table.name, "_pkey"))
    return;
  const std::string table = to_string(op.table);
  Finding& finding = ctx.report(op, cat("UPDATE and DELETE on ", table,
                                        " fail where it is published for logical replication"))
                         .because(
                             "the primary key is what tells a subscriber which row is meant, and "
                             "foreign keys of other tables may need it")
                         .try_(cat("give the table another identity first:\nALTER TABLE ", table,
                                   " REPLICA IDENTITY USING INDEX ", identity(ctx, op), ";"))
                         .with("table", plain(op.table));
  if (added_again(ctx, op)) finding.as(Severity::note);
}

constexpr Example bad[] = {{.sql = "ALTER TABLE shipments DROP CONSTRAINT shipments_pkey;",
                            .before = "CREATE TABLE shipments (id bigint PRIMARY KEY);"},
                           {"ALTER TABLE shipments DROP CONSTRAINT shipments_pkey;"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE shipments DROP CONSTRAINT positive;",
     .before =
         "CREATE TABLE shipments (id bigint PRIMARY KEY, CONSTRAINT positive CHECK (id > 0));"},
    {"CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a DROP CONSTRAINT a_pkey;"},
    {"ALTER TABLE pets DROP CONSTRAINT pets_owner_id_fkey;"}};

}  // namespace

extern constexpr Rule drop_primary_key{
    .severity = Severity::warning,
    .summary = "Dropping the primary key breaks logical replication",
    .why =
        "Without a primary key, and without another replica identity, PostgreSQL refuses UPDATE "
        "and DELETE on a published table.",
    .instead =
        "CREATE UNIQUE INDEX CONCURRENTLY shipments_id ON shipments (id);\nALTER TABLE shipments "
        "REPLICA IDENTITY USING INDEX shipments_id;\nALTER TABLE shipments DROP CONSTRAINT "
        "shipments_pkey;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
