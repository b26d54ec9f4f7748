// A unique index or constraint on columns that hold values already: duplicates make it fail.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Nothing can be there twice: some column is new and holds NULL, or is unique by itself already.
bool cannot_repeat(const Context& ctx, const Relation& table, const std::vector<Text>& columns) {
  const auto named = [&](Text name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  for (const Text& name : columns) {
    const Column* column = table.column(name);
    if (column && ctx.schema().is_new(*column)) return true;
    // A backfill or clean-up shows that the author has thought of the values.
    if (column && column->filled) return true;
  }
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    return index.unique && index.valid && !index.partial && !index.columns.empty() &&
           std::all_of(index.columns.begin(), index.columns.end(), named);
  });
}

// Whether a predicate, in lower case, asks for rows where the column is NULL.
bool asks_for_null(std::string_view predicate, std::string_view column) {
  for (std::size_t at = predicate.find(column); at != std::string_view::npos;
       at = predicate.find(column, at + 1)) {
    std::string_view behind = predicate.substr(at + column.size());
    behind.remove_prefix(std::min(behind.find_first_not_of("\" )"), behind.size()));
    if (behind.starts_with("is ") && !behind.starts_with("is not null")) return true;
  }
  return false;
}

// The predicate asks for a value of a column that this migration added and left NULL: no row of
// today is in the index.
bool holds_no_row(const Context& ctx, const CreateIndex& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  std::string predicate(op.where.text);
  std::transform(predicate.begin(), predicate.end(), predicate.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  // OR, and a function such as coalesce, may let rows in all the same.
  if (!table || !op.where.functions.empty() || predicate.find(" or ") != std::string::npos)
    return false;
  return std::any_of(op.where.columns.begin(), op.where.columns.end(), [&](Text name) {
    const Column* column = table->column(name);
    return column && ctx.schema().is_new(*column) && !column->has_default && !column->filled &&
           column->generated == Generated::none && !asks_for_null(predicate, name);
  });
}

void look(Context& ctx, const Node& op, const Name& table_name, const std::vector<Text>& columns,
          std::string_view filter) {
  if (columns.empty() || ctx.is_new_or_temporary(table_name)) return;
  const Relation* table = ctx.schema().relation(table_name).known();
  if (table && cannot_repeat(ctx, *table, columns)) return;
  std::string list;
  for (const Text& name : columns) list += cat(list.empty() ? "" : ", ", quote_identifier(name));
  const std::string name = to_string(table_name);
  ctx.report(op, cat("this fails where two rows of ", name, " have the same ", list))
      .because(
          "the index is built over the rows that are there, on the first database that has "
          "duplicates")
      .try_(cat("look for duplicates before the release, and remove them:\nSELECT ", list,
                ", count(*) FROM ", name, filter, " GROUP BY ", list, " HAVING count(*) > 1;"))
      .with("table", plain(table_name))
      .with("columns", list);
}

void check_index(Context& ctx, const CreateIndex& op) {
  if (!op.unique || holds_no_row(ctx, op)) return;
  std::vector<Text> columns;
  for (const IndexColumn& each : op.columns) {
    if (each.name.empty()) return;
    columns.push_back(each.name);
  }
  const Relation* table = ctx.schema().relation(op.table).known();
  if (op.if_not_exists && table && table->index(op.index)) return;
  look(ctx, op, op.table, columns, op.where ? cat(" WHERE ", op.where.text) : std::string());
}

void check_constraint(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& each = op.constraint;
  if (each.kind != ConstraintKind::unique && each.kind != ConstraintKind::primary_key) return;
  if (!each.using_index.empty()) return;
  look(ctx, op, op.table, {each.columns.begin(), each.columns.end()}, "");
}

constexpr Example bad[] = {
    {"CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);"},
    {"ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);"},
    {"ALTER TABLE users ADD COLUMN gone_at timestamptz; CREATE UNIQUE INDEX ON users (email) WHERE "
     "gone_at IS NULL;"},
    {.sql = "CREATE UNIQUE INDEX a_b ON t (a, b);", .before = "CREATE TABLE t (a int, b int);"}};
constexpr Example good[] = {
    {"CREATE TABLE t (a int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {"ALTER TABLE users ADD COLUMN code text; CREATE UNIQUE INDEX users_code ON users (code);"},
    {.sql = "CREATE UNIQUE INDEX t_ab ON t (a, b);",
     .before = "CREATE TABLE t (a int PRIMARY KEY, b int);"},
    {"ALTER TABLE users ADD COLUMN state text; CREATE UNIQUE INDEX ON users (email) WHERE old IS "
     "NULL AND state = 'active';"},
    {"CREATE INDEX users_email ON users (email);"},
    {"ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email_idx;"}};

}  // namespace

extern constexpr Rule unique_index_on_existing_column{
    .severity = Severity::warning,
    .summary = "a unique index over values that are there fails on duplicates",
    .why =
        "An empty test database has no duplicates; production may. The migration stops there, and "
        "built CONCURRENTLY, the index stays behind INVALID.",
    .instead = "Look for duplicates on production, remove them, then create the index.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_index, &check_constraint>,
};

}  // namespace migguard::rules
