// A foreign key that is checked at once: both tables take no writes meanwhile.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What stands behind REFERENCES, as the reader wrote it.
std::string references_clause(std::string_view clause) {
  constexpr std::string_view word = " references ";
  const auto at = std::find_end(clause.begin(), clause.end(), word.begin(), word.end(),
                                [](char a, char b) { return (a | ' ') == b; });
  return std::string(at == clause.end() ? at : at + 1, clause.end());
}

// The one column of the key, where this migration added it and it is still NULL everywhere.
const Column* empty_column(const Context& ctx, const Name& table, const ConstraintDefinition& key) {
  const Relation* relation = ctx.schema().relation(table).known();
  if (!relation || key.columns.size() != 1) return nullptr;
  const Column* column = relation->column(key.columns.front());
  const bool empty = column && ctx.schema().is_new(*column) && !column->has_default &&
                     !column->filled && column->not_null == Known::no && column->type_known &&
                     column->generated == Generated::none &&
                     relation->inserted.migration != ctx.schema().current_migration();
  return empty ? column : nullptr;
}

// Whether a later statement of the migration drops the constraint.
bool dropped_again(const Context& ctx, const AddConstraint& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    if (behind && !op.constraint.name.empty()) {
      for (const Op& other : statement.ops) {
        const auto* drop = std::get_if<DropConstraint>(&other);
        if (drop && drop->constraint == op.constraint.name && drop->table.name == op.table.name)
          return true;
      }
    }
    behind |= &statement == &ctx.statement();
  }
  return false;
}

// Whether one foreign key says of the same columns what another does; the referenced table may have
// been renamed since.
bool same_key(const Context& ctx, const ConstraintDefinition& one,
              const ConstraintDefinition& other) {
  const Relation* parent = ctx.schema().relation(one.references).known();
  const bool same_parent = one.references.name == other.references.name ||
                           (parent && parent->created_as == other.references.name);
  return same_parent && same(one.columns, other.columns) &&
         same(one.referenced_columns, other.referenced_columns) &&
         one.on_delete == other.on_delete && one.on_update == other.on_update &&
         one.deferrable == other.deferrable && !other.not_valid;
}

// Whether a statement names the table, by its name of today or its first.
bool is_table(const Name& written, const Name& table, const Relation* known) {
  return written.name == table.name || (known && written.name == known->created_as);
}

// How the history defined a foreign key of that name on the table, looked for from the migration at
// hand backwards; null where it is not near. Another table may have one of the same name.
const ConstraintDefinition* defined(const Context& ctx, std::string_view name, const Name& table,
                                    const Relation* known) {
  constexpr std::size_t near = 20'000;  // operations: long histories stay linear
  std::size_t seen = 0;
  const auto& migrations = ctx.history().migrations;
  auto place = static_cast<std::size_t>(ctx.migration().position - migrations.front().position);
  for (++place; place-- > 0 && seen < near;)
    for (const Statement& statement : migrations[place].script.statements)
      for (const Op& op : statement.ops) {
        ++seen;
        const auto* add = std::get_if<AddConstraint>(&op);
        if (add && add->constraint.name == name && is_table(add->table, table, known) &&
            add->constraint.kind == ConstraintKind::foreign_key)
          return &add->constraint;
      }
  return nullptr;
}

// The name of the same foreign key, which the migration drops above; empty where it drops none.
Text dropped_twin_of(const Context& ctx, const AddConstraint& op) {
  constexpr std::size_t nearby = 256;  // statements
  const auto& all = ctx.migration().script.statements;
  const auto here = static_cast<std::size_t>(&ctx.statement() - all.data());
  const Relation* table = ctx.schema().relation(op.table).known();
  for (std::size_t at = here + 1; at-- > 0 && here - at < nearby;)
    for (const Op& other : all[at].ops) {
      const auto* drop = std::get_if<DropConstraint>(&other);
      if (!drop || drop->cascade) continue;
      const ConstraintDefinition* old = is_table(drop->table, op.table, table)
                                            ? defined(ctx, drop->constraint, op.table, table)
                                            : nullptr;
      if (old && old != &op.constraint && same_key(ctx, op.constraint, *old))
        return drop->constraint;
    }
  return {};
}

// Who waits while the rows are read: an earlier statement of the transaction may hold more than the
// foreign key takes, and nobody waits for a table that this migration made.
std::string message(const std::string& table, bool table_locked, const std::string& parent,
                    bool parent_locked) {
  const bool alone = parent.empty() || parent == table;
  std::string said;
  if (table_locked) {
    append(said, "nobody can read or write ", table);
    if (parent_locked && !alone)
      append(said, " or ", parent);
    else if (!alone)
      append(said, ", and no row of ", parent, " can be written,");
  } else if (parent_locked && !alone) {
    append(said, "nobody can read or write ", parent, ", and no row of ", table,
           " can be written,");
  } else {
    append(said, "no row of ", table);
    if (!alone) append(said, " or ", parent);
    append(said, " can be written");
  }
  append(said, " while every row of ", table, " is checked");
  return said;
}

void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::foreign_key || key.not_valid || key.not_enforced) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string parent = to_string(key.references);
  const bool new_parent = ctx.is_new_or_temporary(key.references);
  const std::string name = constraint_name(op.table, key);
  std::string first = source_of(ctx, op);
  const bool table_locked = readers_wait(ctx, op.table);
  const bool parent_locked = !new_parent && readers_wait(ctx, key.references);
  Finding& finding =
      ctx.report(op,
                 message(table, table_locked, new_parent ? std::string() : parent, parent_locked))
          .because(cat(table_locked || parent_locked
                           ? "an earlier statement of the transaction holds ACCESS EXCLUSIVE, and "
                           : "",
                       "adding a foreign key takes SHARE ROW EXCLUSIVE on ",
                       new_parent ? "the table" : "both tables",
                       table_locked || parent_locked
                           ? ", while the rows are read and until the commit"
                           : " and holds it while the rows are read, in a transaction until the "
                             "commit"))
          .with("item", name)
          .with("table", plain(op.table))
          .with("references", plain(key.references));
  // Drawn together is what has the same remedy.
  if (dropped_again(ctx, op)) {
    finding.under(cat(table, " dropped again")).try_("leave it out: this migration drops it again");
  } else if (const Text twin = dropped_twin_of(ctx, op); !twin.empty() && !key.name.empty()) {
    finding.under(cat(table, " renamed"))
        .try_(
            twin == key.name
                ? std::string("leave it in place: this migration drops it and adds the same again")
                : cat("rename the foreign key that this migration drops, which reads no row:\n"
                      "ALTER TABLE ",
                      table, " RENAME CONSTRAINT ", quote_identifier(twin), " TO ", name, ";"));
  } else if (partitioned(ctx, op.table) && ctx.pg_version() < 18) {
    finding.under(table).try_(
        cat("a partitioned table cannot take it NOT VALID before PostgreSQL 18: add it NOT VALID "
            "to each partition, VALIDATE each, then add it to ",
            table, ", which finds them valid"));
  } else if (const Column* column = empty_column(ctx, op.table, key)) {
    const Relation* made = new_parent ? ctx.schema().relation(key.references).known() : nullptr;
    const bool too_early = made && made->created.statement > column->created.statement;
    finding.under(cat(table, " with the column"))
        .try_(cat("add it in the same clause as the column, which is NULL everywhere then, so that "
                  "no row "
                  "is read",
                  too_early ? cat(", behind the CREATE TABLE of ", parent) : std::string(),
                  ":\nALTER TABLE ", table, " ADD COLUMN ", quote_identifier(column->name), " ",
                  column->type.text, " CONSTRAINT ", name, " ", references_clause(first), ";"));
  } else {
    if (key.name.empty())
      first =
          cat("ADD CONSTRAINT ", name, " FOREIGN KEY ", column_list(key.columns), " REFERENCES ",
              parent,
              key.referenced_columns.empty() ? "" : cat(" ", column_list(key.referenced_columns)));
    finding.under(table).try_(in_two_transactions(
        ctx, "add it unchecked, then check it under a lock that lets writes through",
        cat("ALTER TABLE ", table, " ", first, " NOT VALID;"),
        cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")));
  }
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

// Without a default the new column is NULL everywhere, and PostgreSQL checks nothing.
void check_column(Context& ctx, const AddColumn& op) {
  const ColumnDefinition& column = op.column;
  const bool filled =
      (column.default_value && column.default_value->kind != ExpressionKind::null) ||
      column.serial || column.identity != Identity::none || column.generated != Generated::none;
  if (!filled || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  for (const ConstraintDefinition& each : column.constraints) {
    if (each.kind != ConstraintKind::foreign_key) continue;
    const std::string table = to_string(op.table);
    const std::string parent = to_string(each.references);
    const std::string name = constraint_name(op.table, each);
    const bool alone = ctx.is_new_or_temporary(each.references);
    ctx.report(op, message(table, true, alone ? std::string() : parent, false))
        .because(
            "with a default every row refers to something, so all are read, under ACCESS EXCLUSIVE "
            "on this table and SHARE ROW EXCLUSIVE on the other")
        .try_(in_two_transactions(
            ctx, "add the column without REFERENCES, then the foreign key unchecked, then check it",
            cat("ALTER TABLE ", table, " ADD CONSTRAINT ", name, " FOREIGN KEY (",
                quote_identifier(column.name), ") REFERENCES ", parent, " NOT VALID;"),
            cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name, ";")))
        .under(table)
        .with("item", name)
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
    {"ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;"},
    {.sql =
         "ALTER TABLE orders DROP CONSTRAINT k; ALTER TABLE orders ADD CONSTRAINT k2 FOREIGN KEY "
         "(user_id) REFERENCES users (id);",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint); "
               "ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES users (id);"},
    {.sql = "DO $$ BEGIN ALTER TABLE orders DROP CONSTRAINT k; ALTER TABLE orders ADD CONSTRAINT k "
            "FOREIGN KEY (user_id) REFERENCES users (id); END $$;",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint "
               "CONSTRAINT k REFERENCES users);"},
    {.sql = "DO $$ BEGIN ALTER TABLE orders ADD CONSTRAINT k2 FOREIGN KEY (user_id) REFERENCES "
            "users (id); EXCEPTION WHEN duplicate_object THEN null; END $$;",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint "
               "CONSTRAINT k REFERENCES users);"}};
constexpr Example good[] = {
    {.sql = "DO $$ BEGIN ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES "
            "users (id); EXCEPTION WHEN duplicate_object THEN null; END $$;",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint "
               "CONSTRAINT k REFERENCES users);"},
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
