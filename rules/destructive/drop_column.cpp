// DROP COLUMN: the values are gone, and code that still names the column fails.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// The same migration adds a column of that name afterwards: it is emptied rather than gone.
const AddColumn* added_again(const Context& ctx, const DropColumn& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* add = std::get_if<AddColumn>(&other);
      if (behind && add && add->table.name == op.table.name && add->column.name == op.column) {
        return add;
      }
      behind |= std::get_if<DropColumn>(&other) == &op;
    }
  }
  return nullptr;
}

// Whether an earlier statement of the migration gave the column its name or its NOT NULL: advice
// for the release before must not speak of them.
bool changed_here(const Context& ctx, const DropColumn& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* table = std::get_if<RenameTable>(&other);
      if (table && table->new_name == op.table.name) return true;
      const auto* column = std::get_if<RenameColumn>(&other);
      if (column && column->new_name == op.column) return true;
      const auto* not_null = std::get_if<SetNotNull>(&other);
      if (not_null && not_null->table.name == op.table.name && not_null->column == op.column) {
        return true;
      }
    }
  }
  return false;
}

// What the column was called before this migration, as far as one renaming tells.
std::string old_name(const Context& ctx, const DropColumn& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* rename = std::get_if<RenameColumn>(&other);
      if (rename && rename->table.name == op.table.name && rename->new_name == op.column)
        return quote_identifier(rename->column);
    }
  }
  return {};
}

// The column as the new one is to be, with its values kept. A default is not converted along.
std::string in_place(const Context& ctx, const DropColumn& op, const AddColumn& again) {
  const ColumnDefinition& wanted = again.column;
  const std::string column = quote_identifier(op.column);
  const Relation* table = ctx.schema().relation(op.table).known();
  const Column* old = table ? table->column(op.column) : nullptr;
  const std::string to = wanted.type.text == "text" ? "" : cat("::", wanted.type.text);
  const std::string fallback(wanted.default_value ? wanted.default_value->text : Text());
  const bool fill = wanted.not_null && !fallback.empty() && !(old && old->not_null == Known::yes);
  std::string sql = cat("ALTER TABLE ", to_string(op.table));
  if (old && old->has_default) sql += cat(" ALTER COLUMN ", column, " DROP DEFAULT,");
  sql +=
      cat(" ALTER COLUMN ", column, " TYPE ", wanted.type.text, " USING ", fill ? "coalesce(" : "",
          column, "::text", to, fill ? cat(", ", fallback, ")") : std::string());
  if (!fallback.empty()) sql += cat(", ALTER COLUMN ", column, " SET DEFAULT ", fallback);
  if (wanted.not_null && !(old && old->not_null == Known::yes))
    sql += cat(", ALTER COLUMN ", column, " SET NOT NULL");
  return sql + ";";
}

// What PostgreSQL drops along without a word: indexes and constraints over this column and others.
std::string dropped_along(const Relation& table, Text column) {
  const auto names = [&](List<Text> columns) {
    return columns.size() > 1 && std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  std::string found;
  const auto add = [&](std::string_view kind, Text name) {
    found += cat(found.empty() ? "" : ", ", kind, quote_identifier(name));
  };
  for (const Constraint& each : table.constraints) {
    if (each.kind != ConstraintKind::not_null && names(each.columns))
      add("the constraint ", each.name);
  }
  for (const Index& each : table.indexes) {
    std::vector<Text> columns(each.columns.begin(), each.columns.end());
    columns.insert(columns.end(), each.mentioned.begin(), each.mentioned.end());
    columns.insert(columns.end(), each.include.begin(), each.include.end());
    if (each.constraint.empty() && names(columns)) add("the index ", each.name);
  }
  return found;
}

// A column of the primary key cannot be made nullable.
bool in_primary_key(const Relation& table, Text column) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const auto& each) {
    return each.kind == ConstraintKind::primary_key &&
           std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end();
  });
}

void check(Context& ctx, const DropColumn& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  Known not_null = Known::unknown;
  bool has_default = false;  // or DROP NOT NULL is no way out
  std::string along, before;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && ctx.schema().is_new(*column)) return;
    if (column && column->generated == Generated::virtual_) return;  // holds no values
    if (!column && table->create_seen && op.if_exists) return;       // not there: nothing happens
    if (column) {
      not_null = column->not_null;
      has_default = column->has_default || in_primary_key(*table, op.column);
      along = dropped_along(*table, op.column);
      if (ctx.schema().is_named_anew(*column)) before = old_name(ctx, op);
    }
  }
  const std::string table = to_string(op.table);
  const std::string column = quote_identifier(op.column);
  if (!along.empty())
    along =
        cat("; ", along, " silently ", along.find(", ") == along.npos ? "goes" : "go", " with it");

  if (const AddColumn* again = added_again(ctx, op)) {
    ctx.report(op, cat("this empties the column ", column, " of ", table,
                       ": it is dropped and added anew"))
        .because(cat("every row gets the new column's default, and the old values come back only "
                     "from a backup",
                     along))
        .try_(cat("convert the values in place, at a time when the table may be locked while it is "
                  "written anew:\n",
                  in_place(ctx, op, *again)))
        .under(cat(table, " emptied"))
        .with("item", column)
        .with("table", plain(op.table))
        .with("column", std::string(op.column));
    return;
  }
  // Code that no longer writes the column can insert rows only while the column may be left out.
  const bool may_be_left_out = not_null == Known::no || has_default || changed_here(ctx, op);
  ctx.report(op, cat("this drops the column ", column, " of ", table,
                     before.empty() ? "" : cat(", which running code knows as ", before, ","),
                     " and every value in it"))
      .because(cat("code that is still running and names the column fails, and what was not copied "
                   "elsewhere comes back only from a backup",
                   along))
      .try_(may_be_left_out
                ? std::string("make sure that no running release reads or writes the column any "
                              "more; else release that first, and drop the column in a later "
                              "migration")
                : cat("make sure that no running release reads or writes the column any more; else "
                      "release that first, and drop the column in a later migration. ",
                      not_null == Known::yes ? "It is NOT NULL, so" : "If it is NOT NULL,",
                      " let new rows leave it out meanwhile:\nALTER TABLE ", table,
                      " ALTER COLUMN ", column, " DROP NOT NULL;"))
      .under(table)
      .with("item", column)
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr Example bad[] = {
    {"ALTER TABLE users DROP COLUMN email;"},
    {"ALTER TABLE users DROP COLUMN IF EXISTS email CASCADE;"},
    {"ALTER TABLE users RENAME COLUMN email TO mail; ALTER TABLE users DROP COLUMN mail;"},
    {.sql = "ALTER TABLE users DROP COLUMN email, ADD COLUMN email citext;",
     .before = "CREATE TABLE users (id int, email text);"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN scratch int; ALTER TABLE users DROP COLUMN scratch;"},
    {"CREATE TABLE t (a int, b int); ALTER TABLE t DROP COLUMN b;"},
    {.sql = "ALTER TABLE users DROP COLUMN IF EXISTS nickname;",
     .before = "CREATE TABLE users (id int, email text);"}};

}  // namespace

extern constexpr Rule drop_column{
    .severity = Severity::error,
    .summary = "DROP COLUMN deletes every value, and running code that names the column fails",
    .why =
        "DROP COLUMN is quick, but final: the values cannot be read any more once it commits. "
        "Statements of running code that name the column fail, as do prepared plans of SELECT *. "
        "Indexes, constraints and statistics that mention the column go with it, silently. A "
        "column added by the same migration is no finding.",
    .instead =
        "Release code that ignores the column; drop it one release later. In between, let inserts "
        "leave it out:\n"
        "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;\n-- a release later\n"
        "ALTER TABLE users DROP COLUMN email;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
