// SET NOT NULL that must read every row under ACCESS EXCLUSIVE.
#include <migguard/rule.hpp>

#include <algorithm>
#include "wording.hpp"

namespace migguard::rules {
namespace {

// Constraints that the same ALTER TABLE drops are gone before NOT NULL is set, and those that it
// adds or validates are not valid yet (ATController in src/backend/commands/tablecmds.c).
bool touched_by_statement(const Context& ctx, std::string_view constraint) {
  for (const Op& op : ctx.statement().ops) {
    const auto* drop = std::get_if<DropConstraint>(&op);
    const auto* validate = std::get_if<ValidateConstraint>(&op);
    if ((drop && drop->constraint == constraint) ||
        (validate && validate->constraint == constraint))
      return true;
  }
  return false;
}
const Constraint* proof(const Relation& table, std::string_view column) {
  for (const Constraint& each : table.constraints) {
    const auto& proven = each.not_null_columns;
    if (each.kind == ConstraintKind::check && each.valid && each.enforced &&
        std::find(proven.begin(), proven.end(), column) != proven.end())
      return &each;
  }
  return nullptr;
}
// A primary key of the column, soon after: it searches for NULL all the same, and says so.
bool becomes_key(const Context& ctx, const SetNotNull& op) {
  return any_soon_after(ctx, [&](const Op& each) {
    const auto* add = std::get_if<AddConstraint>(&each);
    return add && add->constraint.kind == ConstraintKind::primary_key &&
           add->constraint.using_index.empty() && add->table.name == op.table.name &&
           std::ranges::find(add->constraint.columns, op.column) != add->constraint.columns.end();
  });
}
// The ADD COLUMN of this migration that gave every row a value, or null: the column could have been
// NOT NULL from the start.
const AddColumn* added_with_value(const Context& ctx, const Column* column) {
  if (!column || !ctx.schema().is_new(*column) || column->created.statement < 0) return nullptr;
  const auto& statements = ctx.migration().script.statements;
  if (static_cast<std::size_t>(column->created.statement) >= statements.size()) return nullptr;
  for (const Op& op : statements[static_cast<std::size_t>(column->created.statement)].ops) {
    const auto* add = std::get_if<AddColumn>(&op);
    if (!add || add->column.name != column->created_as) continue;
    if (add->column.generated != Generated::none && !add->column.generation->text.empty())
      return add;
    if (add->column.default_value && add->column.default_value->kind != ExpressionKind::null)
      return add;
  }
  return nullptr;
}
void check(Context& ctx, const SetNotNull& op) {
  if (ctx.is_new_or_temporary(op.table) || becomes_key(ctx, op)) return;
  const std::string table = to_string(op.table);
  const std::string column = quote_identifier(op.column);
  const std::string helper = quote_identifier(cat(op.table.name, "_", op.column, "_not_null"));
  if (const Relation* relation = ctx.schema().relation(op.table).known()) {
    const Column* known = relation->column(op.column);
    if (known && known->not_null == Known::yes && known->not_null_valid) return;
    if (const Constraint* by = proof(*relation, op.column)) {
      if (!touched_by_statement(ctx, by->name)) return;
      ctx.report(op, cat("nobody can read or write ", table,
                         " while every row is searched for NULL in ", column))
          .because(cat("in one ALTER TABLE the proof ", quote_identifier(by->name),
                       " is dropped, or not yet validated, when NOT NULL is set"))
          .try_(cat("give each clause a statement of its own:\nALTER TABLE ", table,
                    " VALIDATE CONSTRAINT ", quote_identifier(by->name), ";\nALTER TABLE ", table,
                    " ALTER COLUMN ", column, " SET NOT NULL;\nALTER TABLE ", table,
                    " DROP CONSTRAINT ", quote_identifier(by->name), ";"))
          .under(table)
          .with("item", column)
          .with("table", plain(op.table))
          .with("column", std::string(op.column));
      return;
    }
  }
  const Relation* known_table = ctx.schema().relation(op.table).known();
  const AddColumn* added =
      added_with_value(ctx, known_table ? known_table->column(op.column) : nullptr);
  if (added) {
    const bool generated = added->column.generated != Generated::none;
    ctx.report(op, cat("nobody can read or write ", table,
                       " while every row is searched for NULL in ", column))
        .because(generated ? "the column was added as a generated one, which writes every row, and "
                             "SET NOT NULL reads them all once more"
                           : "the column was added with a default, so that no row has NULL, but "
                             "SET NOT NULL reads them all to be sure")
        .try_(cat("say NOT NULL where the column is added, which reads no row",
                  generated ? " again" : "", ":\nALTER TABLE ", table, " ADD COLUMN ", column, " ",
                  added->column.type.text, " NOT NULL ",
                  generated
                      ? cat("GENERATED ALWAYS AS (", added->column.generation->text, ") ",
                            added->column.generated == Generated::stored ? "STORED" : "VIRTUAL")
                      : cat("DEFAULT ", added->column.default_value->text),
                  ";"))
        .under(cat(table, " with a default"))
        .with("item", column)
        .with("table", plain(op.table))
        .with("column", std::string(op.column));
    return;
  }
  const std::string add = ctx.pg_version() >= 18
                              ? cat("ALTER TABLE ", table, " ADD CONSTRAINT ", helper, " NOT NULL ",
                                    column, " NOT VALID;")
                              : cat("ALTER TABLE ", table, " ADD CONSTRAINT ", helper, " CHECK (",
                                    column, " IS NOT NULL) NOT VALID;");
  const std::string validate = cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", helper, ";");
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table,
                         " while every row is searched for NULL in ", column))
          .because(
              "SET NOT NULL holds ACCESS EXCLUSIVE while it reads the table, unless a valid CHECK "
              "proves that there is none")
          .try_(in_two_transactions(
              ctx, "prove it first, under locks that let reads and writes through", add,
              ctx.pg_version() >= 18
                  ? validate
                  : cat(validate, "\nALTER TABLE ", table, " ALTER COLUMN ", column,
                        " SET NOT NULL;\nALTER TABLE ", table, " DROP CONSTRAINT ", helper, ";")))
          .under(table)
          .with("item", column)
          .with("table", plain(op.table))
          .with("column", std::string(op.column));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}
// PostgreSQL 18: NOT NULL as a constraint.
void check_constraint(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& constraint = op.constraint;
  if (constraint.kind != ConstraintKind::not_null || constraint.not_valid ||
      ctx.is_new_or_temporary(op.table))
    return;
  if (const Relation* relation = ctx.schema().relation(op.table).known();
      relation && !constraint.columns.empty()) {
    const Column* known = relation->column(constraint.columns.front());
    if (known && known->not_null == Known::yes && known->not_null_valid) return;
    if (const Constraint* by = proof(*relation, constraint.columns.front());
        by && !touched_by_statement(ctx, by->name))
      return;
  }
  const std::string table = to_string(op.table);
  ctx.report(op, cat("nobody can read or write ", table, " while every row is searched for NULL"))
      .because("a NOT NULL constraint that is not NOT VALID is verified under ACCESS EXCLUSIVE")
      .try_(in_two_transactions(
          ctx, "add it unchecked, then check it under a lock that lets reads and writes through",
          cat("ALTER TABLE ", table, " ", source_of(ctx, op), " NOT VALID;"),
          cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", constraint_name(op.table, constraint),
              ";")))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"ALTER TABLE users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ADD CONSTRAINT email_nn CHECK (email IS NOT NULL) NOT VALID; ALTER TABLE "
     "users ALTER COLUMN email SET NOT NULL;"},
    {"ALTER TABLE users ADD COLUMN at timestamptz DEFAULT now(); ALTER TABLE users ALTER COLUMN at "
     "SET NOT NULL;"},
    {.sql = "ALTER TABLE users ALTER COLUMN email SET NOT NULL, DROP CONSTRAINT email_nn;",
     .before = "CREATE TABLE users (email text, CONSTRAINT email_nn CHECK (email IS NOT NULL));"},
    {.sql = "ALTER TABLE users ADD CONSTRAINT email_nn NOT NULL email;", .pg_version = 18}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
     .before = "ALTER TABLE users ADD CONSTRAINT email_nn CHECK (email IS NOT NULL) NOT VALID; "
               "ALTER TABLE users VALIDATE CONSTRAINT email_nn;"},
    {"CREATE TABLE a (n int); ALTER TABLE a ALTER COLUMN n SET NOT NULL;"},
    {"ALTER TABLE users ALTER COLUMN id SET NOT NULL; ALTER TABLE users ADD PRIMARY KEY (id);"},
    {.sql = "ALTER TABLE users ALTER COLUMN id SET NOT NULL;",
     .before = "CREATE TABLE users (id int NOT NULL);"},
    {.sql = "ALTER TABLE users ADD CONSTRAINT email_nn NOT NULL email NOT VALID;",
     .pg_version = 18}};

}  // namespace

extern constexpr Rule set_not_null{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "SET NOT NULL reads every row under ACCESS EXCLUSIVE",
    .why =
        "SET NOT NULL searches the table for NULLs while nobody can use it. From PostgreSQL 12 on "
        "a valid CHECK (column IS NOT NULL), also as a part of an AND, saves that; CHECK (a > 0) "
        "and a NOT VALID one do not. Setting NOT NULL and dropping the helper in one ALTER TABLE "
        "reads the table again: the drop comes first (measured). A table made by the same "
        "migration, or a temporary one, is no finding.",
    .instead =
        "ALTER TABLE users ADD CONSTRAINT email_nn CHECK (email IS NOT NULL) NOT VALID;\n-- in "
        "another transaction\nALTER TABLE users VALIDATE CONSTRAINT email_nn;\nALTER TABLE users "
        "ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT email_nn;\n-- "
        "PostgreSQL 18: ADD CONSTRAINT email_nn NOT NULL email NOT VALID, then VALIDATE",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_constraint>,
};

}  // namespace migguard::rules
