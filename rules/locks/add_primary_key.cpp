// A primary key on an existing table: nobody can use it while the index is built.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What this migration drops of the table by a name such as PostgreSQL gives to keys, be it one that
// the history does not show; empty where it drops none.
Text dropped_key(const Context& ctx, const Name& table, const std::string& constraint) {
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    for (const Op& op : statement.ops)
      if (const auto* drop = std::get_if<DropConstraint>(&op);
          drop && drop->table.name == table.name && !drop->if_exists &&
          (drop->constraint.ends_with("_pkey") || quote_identifier(drop->constraint) == constraint))
        return drop->constraint;
    if (&statement == &ctx.statement()) break;
  }
  return {};
}

// Whether the table had an index of that name before this migration.
bool named(const Relation* relation, const std::string& index, Text old) {
  const auto is = [&](const Index& each) { return quote_identifier(each.name) == index; };
  return (!old.empty() && quote_identifier(old) == index) ||
         (relation && (std::ranges::any_of(relation->indexes, is) ||
                       std::ranges::any_of(relation->lost_keys, is)));
}

// A unique index of its own over the columns, that the table has or that this migration dropped, or
// null: ADD PRIMARY KEY USING INDEX builds nothing.
const Index* finished(const Context& ctx, const Relation& relation, List<Text> columns) {
  const auto fits = [&](const Index& each) {
    return each.unique && each.valid && !each.partial && each.default_order &&
           each.mentioned.empty() && each.constraint.empty() && same(each.columns, columns);
  };
  for (const Index& each : relation.indexes)
    if (fits(each)) return &each;
  for (const Index& each : relation.lost_keys)
    if (each.dropped.migration == ctx.schema().current_migration() && fits(each)) return &each;
  return nullptr;
}

// The key that this migration takes off the table to put another in its place; empty where it takes
// none.
Text old_key(const Context& ctx, const Relation& relation, const std::string& constraint) {
  for (const Constraint& each : relation.constraints)
    if (each.kind == ConstraintKind::primary_key) return each.name;
  for (const Index& each : relation.lost_keys)
    if (each.dropped.migration == ctx.schema().current_migration() &&
        (each.constraint.ends_with("_pkey") || quote_identifier(each.constraint) == constraint))
      return each.constraint;
  return {};
}

// Whether a later statement drops the index, whose name will be the key's.
bool dropped_below(const Context& ctx, const Index& index) {
  return any_soon_after(ctx, [&](const Op& op) {
    const auto* drop = std::get_if<DropIndex>(&op);
    return drop && drop->index.name == index.name;
  });
}

// Whether a foreign key further down refers to the new key, and fails before it is there.
bool referred_to_below(const Context& ctx, const Name& table, List<Text> columns) {
  return any_soon_after(ctx, [&](const Op& op) {
    const auto* added = std::get_if<AddConstraint>(&op);
    return added && added->constraint.kind == ConstraintKind::foreign_key &&
           added->constraint.references.name == table.name &&
           (added->constraint.referenced_columns.empty() ||
            same(added->constraint.referenced_columns, columns));
  });
}

void report(Context& ctx, const Node& op, const Name& name, const std::string& constraint,
            List<Text> columns) {
  const std::string table = to_string(name);
  const Relation* relation = ctx.schema().relation(name).known();
  const Turn turn = turn_of_index(ctx, name, columns, true);
  Text old = relation ? old_key(ctx, *relation, constraint) : Text();
  if (old.empty()) old = dropped_key(ctx, name, constraint);
  const std::string without_old =
      old.empty() ? std::string() : cat("DROP CONSTRAINT ", quote_identifier(old), ", ");
  std::string nullable;
  for (const Text& each : columns) {
    const Column* column = relation ? relation->column(each) : nullptr;
    if (!column || column->not_null != Known::yes || !column->not_null_valid)
      nullable += cat(nullable.empty() ? "" : ", ", quote_identifier(each));
  }
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table, " while its primary key is built"))
          .because(nullable.empty()
                       ? "ADD PRIMARY KEY builds its index under ACCESS EXCLUSIVE"
                       : "ADD PRIMARY KEY reads every row for NULLs and builds its index, all "
                         "under ACCESS EXCLUSIVE")
          .with("table", plain(name));
  if (partitioned(ctx, name)) {
    finding.try_(
        "a partitioned table cannot take a finished index: plan a time when the table may be "
        "locked, with a lock timeout:\nSET lock_timeout = '2s';");
  } else if (const Index* twin = dropped_twin(ctx, name, columns);
             twin && twin->constraint.ends_with("_pkey")) {
    finding.try_(keep_twin(*twin, table, constraint));
  } else if (const Index* ready = relation ? finished(ctx, *relation, columns) : nullptr) {
    const bool dropped = ready->dropped.migration == ctx.schema().current_migration();
    finding.try_(cat(
        dropped ? "keep the unique index that this migration drops, and make it the key"
        : dropped_below(ctx, *ready)
            ? "make the unique index that is there the key, and leave out the DROP INDEX below"
            : "make the unique index that is there the key",
        nullable.empty()
            ? std::string()
            : cat("; every row is read for it unless NOT NULL is set on ", nullable, " by then"),
        ":\nALTER TABLE ", table, " ", without_old, "ADD CONSTRAINT ", constraint,
        " PRIMARY KEY USING INDEX ", quote_identifier(ready->name), ";"));
  } else {
    // The old key may still have the name; the constraint gives its own to the index.
    const std::string built = named(relation, constraint, old)
                                  ? quote_identifier(cat(name.name, "_new_pkey"))
                                  : constraint;
    const std::string index = cat("CREATE UNIQUE INDEX CONCURRENTLY ", built, " ON ", table, " ",
                                  column_list(columns), ";");
    finding.try_(cat(
        turn != Turn::first
            ? "build the index without keeping anybody out, and make it the key then; "
            : "build the index first, and make it the key then; ",
        outside_transaction(ctx, index, turn), behind_by_hand(ctx),
        nullable.empty()
            ? std::string()
            : cat("-- every row is read for it unless NOT NULL is set on ", nullable, " by then\n"),
        "ALTER TABLE ", table, " ", without_old, "ADD CONSTRAINT ", constraint,
        " PRIMARY KEY USING INDEX ", built, ";",
        turn != Turn::first && referred_to_below(ctx, name, columns)
            ? "\n-- and behind it, the foreign keys of this migration that refer to it"
            : ""));
  }
  if (may_be_new(ctx, name)) finding.as(Severity::note);
}
void check(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::primary_key || !key.using_index.empty() ||
      ctx.is_new_or_temporary(op.table))
    return;
  report(ctx, op, op.table, constraint_name(op.table, key), key.columns);
}
void check_column(Context& ctx, const AddColumn& op) {
  if (!op.column.primary_key || already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  report(ctx, op, op.table, quote_identifier(cat(op.table.name, "_pkey")), {&op.column.name, 1});
}

constexpr Example bad[] = {{"ALTER TABLE orders ADD PRIMARY KEY (id);"},
                           {"ALTER TABLE orders ADD COLUMN pk bigint PRIMARY KEY;"}};
constexpr Example good[] = {
    {"CREATE TABLE seats (id bigint); ALTER TABLE seats ADD PRIMARY KEY (id);"},
    {"ALTER TABLE orders ADD CONSTRAINT orders_pk PRIMARY KEY USING INDEX orders_id_idx;"}};

}  // namespace

extern constexpr Rule add_primary_key{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "A primary key on an existing table blocks reads and writes while it is built",
    .why =
        "ADD PRIMARY KEY takes ACCESS EXCLUSIVE, makes the columns NOT NULL (which reads every row "
        "unless they are) and builds a unique index. A table made by the same migration, or a "
        "temporary one, is no finding.",
    .instead =
        "CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (id);\n-- with id NOT NULL "
        "already\nALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX "
        "orders_pkey;",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_column>,
};

}  // namespace migguard::rules
