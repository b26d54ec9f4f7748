// Many rows written while the transaction holds the locks of schema changes.
#include <migguard/rule.hpp>

#include <algorithm>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// One row, told by a constant: `id = 4`.
bool few(const Expression& where) {
  if (!where || where.always_true || where.columns.size() != 1) return false;
  const std::string_view text = where.text;
  return text.find('=') != text.npos && text.find_first_of("<>!(") == text.npos &&
         where.functions.empty();
}

// The same change in batches, in the reader's words as far as they are known.
std::string in_batches(const Context& ctx, const Name& table, List<Text> columns) {
  const std::string name = to_string(table), key = row_key(ctx, table);
  std::string set;
  for (const Text column : columns)
    set += cat(set.empty() ? "" : ", ", quote_identifier(column), " = ...");
  return cat(columns.empty() ? cat("DELETE FROM ", name) : cat("UPDATE ", name, " SET ", set),
             " WHERE ", key, " IN (SELECT ",
             key.starts_with('(') ? key.substr(1, key.size() - 2) : key, " FROM ", name,
             " WHERE ... LIMIT 10000);");
}

// What a window function gives depends on all rows, and batches have but some.
std::string before_batches(const Context& ctx, const Node& op) {
  std::string text = with_word(ctx, op, "", "");
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text.find(" over (") == text.npos && text.find(" over(") == text.npos
             ? std::string()
             : "-- its window function sees all rows: work out the values in a table first\n";
}

// The first statement behind the one at hand that needs the rows as they are then: NOT NULL, a
// constraint or unique index on what is filled, other rows that are made of these, or the end of a
// table or column they are filled from.
const Op* needs_the_rows(const Context& ctx, const Name& table, List<Text> columns) {
  const auto filled = [&](Text name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  bool behind = false;
  for (const Statement& statement : ctx.migration().script.statements) {
    for (const Op& op : statement.ops) {
      if (!behind) continue;
      if (std::holds_alternative<DropTable>(op)) return &op;
      if (const auto* drop = std::get_if<DropColumn>(&op); drop && !filled(drop->column))
        return &op;
      const auto* not_null = std::get_if<SetNotNull>(&op);
      if (not_null && not_null->table.name == table.name && filled(not_null->column)) return &op;
      const auto* constraint = std::get_if<AddConstraint>(&op);
      if (constraint && constraint->table.name == table.name && !constraint->constraint.not_valid &&
          (columns.empty() || std::any_of(constraint->constraint.columns.begin(),
                                          constraint->constraint.columns.end(), filled)))
        return &op;
      const auto* index = std::get_if<CreateIndex>(&op);
      if (index && index->unique && index->table.name == table.name &&
          (columns.empty() ||
           std::any_of(index->columns.begin(), index->columns.end(),
                       [&](const IndexColumn& each) { return filled(each.name); }) ||
           std::any_of(index->where.columns.begin(), index->where.columns.end(), filled)))
        return &op;
      const auto* update = std::get_if<Update>(&op);
      const auto* insert = std::get_if<Insert>(&op);
      const auto is = [&](const Name& name) { return name.name == table.name; };
      if (!columns.empty() && update && !is(update->table) &&
          (std::any_of(update->from.begin(), update->from.end(), is) ||
           std::any_of(update->reads.begin(), update->reads.end(), is)))
        return &op;
      if (!columns.empty() && insert && insert->from_query && !is(insert->table) &&
          std::any_of(insert->reads.begin(), insert->reads.end(), is))
        return &op;
      const auto* type = std::get_if<ChangeType>(&op);
      if (type && type->table.name == table.name && filled(type->column)) return &op;
    }
    behind |= &statement == &ctx.statement();
  }
  return nullptr;
}

// Where the rows can be changed without the lock, in the runner at hand.
std::string_view elsewhere(const Context& ctx, const Op* next) {
  if (next)
    return "move what needs these rows, or drops what they are filled from, into a migration that "
           "is "
           "deployed later, and change them between the two, in batches:\n";
  if (ctx.migration().transaction == TransactionMode::all_pending)
    return "leave the rows to a script that runs behind this migration, and before code that "
           "relies "
           "on them: all that is pending is one transaction, and its locks are held until the end. "
           "In batches:\n";
  return ctx.migration().transaction == TransactionMode::autocommit
             ? "commit the schema change first, and change the rows behind it, in batches:\n"
             : "let this migration end with the schema change, and change the rows in the next one "
               "or in a script, in batches:\n";
}

// Where the values are read from, which batches of a later time have to find.
std::string_view sources_that_go(const Context& ctx, List<Name> from, List<Name> reads) {
  const auto temporary = [&](const Name& name) {
    const Relation* relation = ctx.schema().relation(name).known();
    return relation && ctx.schema().is_temporary(*relation);
  };
  return std::any_of(from.begin(), from.end(), temporary) ||
                 std::any_of(reads.begin(), reads.end(), temporary)
             ? "keep what the rows are filled from in a table that stays, and "
             : std::string_view();
}

// A column that this migration renames and then fills with other values: in between, a release
// would find both kinds in it.
bool rekeyed(const Context& ctx, const Name& table, List<Text> columns) {
  const Relation* relation = ctx.schema().relation(table).known();
  return relation && std::any_of(columns.begin(), columns.end(), [&](Text name) {
           const Column* column = relation->column(name);
           return column && !ctx.schema().is_new(*column) && ctx.schema().is_named_anew(*column);
         });
}

// LOCK TABLE on the table, where nothing else holds it: its author wants nobody to write meanwhile.
const LockTable* locked_on_purpose(Context& ctx, const Name& table) {
  const LockTable* found = nullptr;
  for (const Op* op : ctx.transaction().locking) {
    const auto* lock = std::get_if<LockTable>(op);
    if (ctx.is_new_or_temporary(held_by(*op).table)) continue;
    if (!lock) return nullptr;
    if (lock->table.name == table.name) found = lock;
  }
  return found;
}

void report_on_purpose(Context& ctx, const Node& op, const std::string& name, std::string_view what,
                       const LockTable& lock) {
  if (lock.mode != "AccessExclusiveLock") return;
  ctx.report(op, cat("nobody can read ", name, " while rows of it are ", what))
      .because(
          "LOCK TABLE above takes ACCESS EXCLUSIVE, which keeps out readers as well as writers")
      .try_(cat("take a lock that lets readers through, and keeps writers out all the same:\nLOCK "
                "TABLE ",
                name, " IN SHARE ROW EXCLUSIVE MODE;"))
      .label(*ctx.migration().source, ctx.locate(lock), cat("locks ", name))
      .as(Severity::warning)
      .with("item", name)
      .with("table", plain(lock.table));
}

void report(Context& ctx, const Node& op, const Name& table, const Expression& where,
            std::string_view what, List<Text> columns, std::string_view first = {}) {
  if (!ctx.in_transaction() || ctx.is_new_or_temporary(table) || few(where)) return;
  const std::string name = to_string(table);
  const bool all = !where || where.always_true;
  if (const Op* before = holder(ctx, Grip::writes)) {
    if (const LockTable* lock = locked_on_purpose(ctx, table)) {
      report_on_purpose(ctx, op, name, what, *lock);
      return;
    }
    const Op* strong = standing_holder(ctx);
    // Of several locks the one on the table itself is what the reader looks for.
    const Op* own = holder(ctx, strong ? Grip::all : Grip::writes, &table);
    if (own || strong) before = own ? own : strong;
    const std::string holding = to_string(held_by(*before).table);
    const std::string locked = strong && !own && holding != name && readers_wait(ctx, table)
                                   ? cat(name, " and ", holding)
                                   : holding;
    const Op* next = needs_the_rows(ctx, table, columns);
    Finding& finding = ctx.report(
        op, cat(strong ? "nobody can read or write " : "no row of ", locked,
                strong ? "" : " can be written", " while rows of ", name, " are ", what));
    finding
        .because(
            "the schema change before it holds its lock until the commit, and the rows come first")
        .try_(cat(first,
                  rekeyed(ctx, table, columns)
                      ? "add a column for the new values instead of renaming the old one, fill it "
                        "between this migration and the next, and drop the old one in a later "
                        "release; in batches:\n"
                      : elsewhere(ctx, next),
                  before_batches(ctx, op), in_batches(ctx, table, columns)))
        .label(*ctx.migration().source, ctx.locate(node(*before)), cat("locks ", holding))
        .as(all ? Severity::error : Severity::warning)
        .under(own ? std::string("behind its own") : cat("behind ", node(*before).span.begin))
        .with("item", name)
        .with("table", plain(table));
    if (next) finding.label(*ctx.migration().source, ctx.locate(node(*next)), "needs these rows");
    return;
  }
  // Before the schema change: the rows stay locked, and the ALTER TABLE comes on top.
  bool behind = false;
  for (const Statement& statement : ctx.migration().script.statements) {
    if (behind) {
      for (const Op& other : statement.ops) {
        if (const auto* control = std::get_if<TransactionControl>(&other);
            control && (control->step == TransactionStep::commit ||
                        control->step == TransactionStep::rollback))
          return;
        const Held held = held_by(other);
        if (held.grip == Grip::none || held.table.name.empty() ||
            ctx.is_new_or_temporary(held.table))
          continue;
        ctx.report(op,
                   cat("the rows of ", name,
                       " stay locked until the schema change behind them has its lock and commits"))
            .because(
                "a transaction that writes many rows and then asks for a table lock is long, and "
                "others wait for both")
            .try_("change the rows in a migration of their own, or in batches outside of it")
            .as(Severity::note)
            .under("before")
            .with("item", name)
            .with("table", plain(table));
        return;
      }
    }
    behind = behind || &statement == &ctx.statement();
  }
}
void check_update(Context& ctx, const Update& op) {
  report(ctx, op, op.table, op.where, "written", op.columns,
         sources_that_go(ctx, op.from, op.reads));
}
void check_delete(Context& ctx, const Delete& op) {
  report(ctx, op, op.table, op.where, "deleted", {});
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1; COMMIT;"},
    {.sql = "ALTER TABLE users ADD COLUMN a int; DELETE FROM sessions WHERE old;",
     .in_transaction = true},
    {"BEGIN; UPDATE users SET a = 1; ALTER TABLE users ALTER COLUMN a SET NOT NULL; COMMIT;"},
    {"BEGIN; LOCK TABLE users; UPDATE users SET a = 1; COMMIT;"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1;"},
    {"BEGIN; ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1 WHERE id = 4; COMMIT;"},
    {"BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE; UPDATE users SET a = 1; COMMIT;"},
    {"BEGIN; CREATE TABLE n (id int); UPDATE users SET a = 1; COMMIT;"}};

}  // namespace

extern constexpr Rule backfill_in_ddl_transaction{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "Rows are written in bulk while the transaction holds the lock of a schema change",
    .why =
        "ALTER TABLE is short by itself. In one transaction with an UPDATE or DELETE of many rows "
        "its lock is held until all of them are written.",
    .instead =
        "The schema change in one migration, the rows in batches behind it, NOT NULL and "
        "constraints in a third.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_update, &check_delete>,
};

}  // namespace migguard::rules
