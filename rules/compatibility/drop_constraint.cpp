// DROP CONSTRAINT: rows that break it can be written from now on.
#include <algorithm>
#include <migguard/rule.hpp>
#include <optional>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// Of one kind, and over the same columns.
bool takes_place_of(const ConstraintDefinition& added, const Constraint& known) {
  if (known.kind != added.kind || known.columns.empty()) return false;
  if (known.kind != ConstraintKind::check) return same(added.columns, known.columns);
  if (!added.check) return false;
  const List<Text> columns = added.check->columns;
  const auto is_in = [](const List<Text>& list) {
    return [&list](Text each) { return std::find(list.begin(), list.end(), each) != list.end(); };
  };
  return std::all_of(columns.begin(), columns.end(), is_in(known.columns)) &&
         std::all_of(known.columns.begin(), known.columns.end(), is_in(columns));
}

// The migration adds the constraint anew, or drops what it speaks of: nothing is left unguarded.
bool replaced_or_pointless(const Context& ctx, const DropConstraint& op, const Constraint* known) {
  bool behind = false;
  for (const Statement& statement :
       ctx.statements_naming(op.table.name, known ? known->references().name : Text())) {
    for (const Op& other : statement.ops) {
      if (std::get_if<DropConstraint>(&other) == &op) behind = true;
      if (const auto* add = std::get_if<AddConstraint>(&other);
          add && add->table.name == op.table.name) {
        if (behind && add->constraint.name == op.constraint) return true;
        if (known && takes_place_of(add->constraint, *known)) return true;
      }
      if (!behind) continue;
      const auto* table = std::get_if<DropTable>(&other);
      if (table && (table->table.name == op.table.name ||
                    (known && table->table.name == known->references().name)))
        return true;
      const auto* column = std::get_if<DropColumn>(&other);
      if (column && column->table.name == op.table.name && known &&
          std::find(known->columns.begin(), known->columns.end(), column->column) !=
              known->columns.end())
        return true;
    }
  }
  return false;
}

// What a constraint that the history does not show is by its name, as PostgreSQL gives it; none
// where the name tells nothing.
std::optional<ConstraintKind> kind_by_name(Text name) {
  if (name.ends_with("_pkey")) return ConstraintKind::primary_key;
  if (name.ends_with("_fkey")) return ConstraintKind::foreign_key;
  if (name.ends_with("_key")) return ConstraintKind::unique;
  if (name.ends_with("_check")) return ConstraintKind::check;
  return std::nullopt;
}

// A table has one primary key: whatever the migration makes the key stands in for the old one.
bool other_key_added(const Context& ctx, const Name& table) {
  for (const Statement& statement : ctx.statements_naming(table.name))
    for (const Op& other : statement.ops)
      if (const auto* add = std::get_if<AddConstraint>(&other);
          add && add->table.name == table.name &&
          add->constraint.kind == ConstraintKind::primary_key)
        return true;
  return false;
}

// A CHECK (c IS NOT NULL) that made way for NOT NULL.
bool helper_check(const Relation& table, const Constraint& constraint) {
  return constraint.kind == ConstraintKind::check && !constraint.not_null_columns.empty() &&
         std::all_of(constraint.not_null_columns.begin(), constraint.not_null_columns.end(),
                     [&](Text name) {
                       const Column* column = table.column(name);
                       return column && column->not_null == Known::yes;
                     });
}

// Whether another index begins with the constraint's first column, made before or soon after.
bool led_by(const Context& ctx, const DropConstraint& op, const Relation& table,
            const Constraint& constraint) {
  if (constraint.columns.empty()) return false;
  const Text first = constraint.columns.front();
  for (const Index& each : table.indexes)
    if (each.name != constraint.index && !each.columns.empty() && each.columns.front() == first)
      return true;
  return any_soon_after(ctx, [&](const Op& each) {
    if (const auto* index = std::get_if<CreateIndex>(&each))
      return index->table.name == op.table.name && !index->columns.empty() &&
             index->columns.front().name == first;
    const auto* added = std::get_if<AddConstraint>(&each);
    return added && added->table.name == op.table.name && !added->constraint.columns.empty() &&
           added->constraint.columns.front() == first &&
           (added->constraint.kind == ConstraintKind::unique ||
            added->constraint.kind == ConstraintKind::primary_key);
  });
}

void check(Context& ctx, const DropConstraint& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  const Constraint* known = table ? table->constraint(op.constraint) : nullptr;
  if (known && known->created.migration == ctx.schema().current_migration()) return;
  if (known && helper_check(*table, *known)) return;
  if (!known && op.if_exists && table && table->create_seen) return;
  if (replaced_or_pointless(ctx, op, known)) return;
  const std::optional<ConstraintKind> kind =
      known ? std::optional(known->kind) : kind_by_name(op.constraint);
  // The columns of the old key are not known, but those of the new one are unique.
  if (!known && kind == ConstraintKind::primary_key && other_key_added(ctx, op.table)) return;
  const bool key = kind == ConstraintKind::unique || kind == ConstraintKind::primary_key;
  const std::string constraint = quote_identifier(op.constraint);
  Finding& finding = ctx.report(op, cat("nothing keeps out rows of ", to_string(op.table),
                                        " that break ", constraint, " from now on"))
                         .with("table", plain(op.table))
                         .with("constraint", std::string(op.constraint));
  if (key) {
    finding.because(
        cat("its index goes along: INSERT ... ON CONFLICT on its columns fails at once",
            known && led_by(ctx, op, *table, *known) ? "" : ", and lookups read the whole table"));
  } else {
    finding.because("to have it back, every row written meanwhile must keep it");
  }
  const std::string new_name = quote_identifier(cat(op.constraint, "_new"));
  if (known && !known->index.empty() && led_by(ctx, op, *table, *known)) {
    finding.try_(cat("make sure that no code says ON CONFLICT ", column_list(known->columns)));
  } else if (known ? !known->index.empty() : key) {
    finding.try_(
        cat("make sure that no code relies on it; to replace it, build the new one first; ",
            outside_transaction(ctx, cat("CREATE UNIQUE INDEX CONCURRENTLY ", new_name, " ON ",
                                         to_string(op.table), " (...);"))));
  } else {
    finding.try_(
        cat("make sure that no code relies on it; to replace it, add the new one "
            "first:\nALTER TABLE ",
            to_string(op.table), " ADD CONSTRAINT ", new_name, " ... NOT VALID;"));
  }
  // A rule of its own speaks of these, or little hangs on them.
  if (kind && kind != ConstraintKind::unique) finding.as(Severity::note);
}

constexpr Example bad[] = {{"ALTER TABLE pets DROP CONSTRAINT pets_owner_id_fkey;"},
                           {.sql = "ALTER TABLE users DROP CONSTRAINT users_email_key;",
                            .before = "CREATE TABLE users (id int, email text UNIQUE);"},
                           {.sql = "ALTER TABLE lines DROP CONSTRAINT lines_n_check;",
                            .before = "CREATE TABLE lines (n int CHECK (n > 0));"}};
constexpr Example good[] = {
    {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t DROP CONSTRAINT c;"},
    {.sql = "ALTER TABLE users ALTER COLUMN email SET NOT NULL; ALTER TABLE users DROP CONSTRAINT "
            "email_nn;",
     .before = "CREATE TABLE users (id int, email text, CONSTRAINT email_nn CHECK (email IS NOT "
               "NULL));"},
    {.sql =
         "ALTER TABLE lines ADD CONSTRAINT lines_n_v2 CHECK (n > 1) NOT VALID; ALTER TABLE lines "
         "DROP CONSTRAINT lines_n_v1;",
     .before = "CREATE TABLE lines (n int CONSTRAINT lines_n_v1 CHECK (n > 0));"},
    {"ALTER TABLE pets DROP CONSTRAINT pets_owner_fk; ALTER TABLE pets ADD CONSTRAINT "
     "pets_owner_fk FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE;"},
    {.sql = "ALTER TABLE pets DROP CONSTRAINT pets_owner_fk; ALTER TABLE pets DROP COLUMN owner;",
     .before = "CREATE TABLE owners (id int PRIMARY KEY); CREATE TABLE pets (owner int CONSTRAINT "
               "pets_owner_fk REFERENCES owners (id));"}};

}  // namespace

extern constexpr Rule drop_constraint{
    .severity = Severity::warning,
    .summary = "DROP CONSTRAINT lets rows in that break it, and they stay",
    .why =
        "Code that counts on a constraint (ON CONFLICT, joins that expect one row, error handling) "
        "fails or goes wrong without it. A constraint that the same migration added or adds again, "
        "and the helper CHECK of a SET NOT NULL, are no findings.",
    .instead = "Add what replaces it first, and drop it when nothing relies on it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
