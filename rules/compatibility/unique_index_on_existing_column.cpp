// A unique index or constraint on columns that hold values already: duplicates make it fail.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What is to be unique from now on.
struct Key {
  std::vector<Text> columns;
  std::vector<Text> mentioned = {};  // by expressions among what it is of
  std::string list = {};             // as SQL names it: `email, lower(name)`
  std::string_view predicate = {};   // of a partial index, as written
  bool nulls_alike = false;          // NULLS NOT DISTINCT
};

// Whether this migration adds the column, for all that is known: IF NOT EXISTS says that it may be
// there on some databases.
bool is_added_here(const Context& ctx, const Column& column) {
  return column.created.migration == ctx.schema().current_migration();
}

// Every row has a value of its own, or NULL: the column is new and was filled row by row, or not at
// all.
bool is_new_and_distinct(const Context& ctx, const Column& column, bool nulls_alike) {
  if (!is_added_here(ctx, column)) return false;
  if (column.serial || column.identity != Identity::none) return true;
  // A constant default is the same in every row; what a function gives mostly is not.
  if (column.has_default) return column.default_text.find('(') != Text::npos;
  return column.generated == Generated::none && !nulls_alike;
}

// Whether a statement of a stretch is not known to leave the rows alone.
bool may_have_written(const Statement* first, const Statement* last) {
  return std::any_of(first, last, [](const Statement& statement) {
    return std::any_of(statement.ops.begin(), statement.ops.end(),
                       [](const Op& op) { return std::holds_alternative<Opaque>(op); });
  });
}

// Nothing can be there twice: a column is new and holds nothing twice, or an index has seen to it
// up to now, be it one that the same transaction dropped: its lock keeps writers out since.
bool cannot_repeat(Context& ctx, const Relation& table, const Key& key) {
  for (const Text& name : key.columns) {
    const Column* column = table.column(name);
    if (column && is_new_and_distinct(ctx, *column, key.nulls_alike)) return true;
    // A backfill or clean-up shows that the author has thought of the values.
    if (column && column->filled) return true;
  }
  for (const Text& name : key.mentioned) {
    const Column* column = table.column(name);
    if (column && (column->filled || is_new_and_distinct(ctx, *column, key.nulls_alike)))
      return true;
  }
  const auto proves = [&](const Index& index) {
    // One of expressions is taken for the same where it speaks of the same columns.
    if (!index.mentioned.empty() && !index.partial)
      return index.unique && index.valid && same(index.mentioned, key.mentioned);
    return index.unique && index.valid && !index.columns.empty() && !key.nulls_alike &&
           (!index.partial || (!index.predicate.empty() && index.predicate == key.predicate)) &&
           std::all_of(index.columns.begin(), index.columns.end(), [&](Text name) {
             return std::find(key.columns.begin(), key.columns.end(), name) != key.columns.end();
           });
  };
  if (std::any_of(table.indexes.begin(), table.indexes.end(), proves)) return true;
  const std::span<const Statement> before = earlier_in_transaction(ctx);
  const Statement* first = ctx.migration().script.statements.data();
  return std::any_of(table.lost_keys.begin(), table.lost_keys.end(), [&](const Index& index) {
    if (index.dropped.migration != ctx.schema().current_migration() || !proves(index)) return false;
    const Statement* dropped_by = first + index.dropped.statement;
    return dropped_by == &ctx.statement() || (!before.empty() && dropped_by >= before.data() &&
                                              !may_have_written(dropped_by, &ctx.statement()));
  });
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

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

// `col = value` or a boolean `col`, alone or as a part of AND, of a column that has another
// constant in every row.
bool asks_for_other(std::string_view predicate, const Column& column) {
  const auto plain = [](std::string_view text) {  // without casts, brackets and spaces around it
    text = text.substr(0, std::min(text.find("::"), text.size()));
    while (!text.empty() && (text.front() == ' ' || text.front() == '(')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == ')')) text.remove_suffix(1);
    return text;
  };
  std::string lower(column.name);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  std::string value(plain(column.default_text));
  std::transform(value.begin(), value.end(), value.begin(), to_lower);
  if (value.empty() || value.find('(') != std::string::npos) return false;
  while (!predicate.empty()) {
    const std::size_t next = predicate.find(" and ");
    const std::string_view part = plain(predicate.substr(0, next));
    predicate.remove_prefix(next == predicate.npos ? predicate.size() : next + 5);
    const std::size_t equals = part.find('=');
    std::string_view name = plain(part.substr(0, equals));
    const std::string_view wanted = equals == part.npos ? "true" : plain(part.substr(equals + 1));
    if (const std::size_t dot = name.rfind('.'); dot != name.npos) name.remove_prefix(dot + 1);
    if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
    const bool literal = wanted == "true" || wanted == "false" || wanted.starts_with('\'') ||
                         (!wanted.empty() && wanted.front() >= '0' && wanted.front() <= '9');
    if (name == lower && literal && wanted != value) return true;
  }
  return false;
}

// The predicate asks for a value of a column that this migration added and left NULL, or filled
// with another one: no row of today is in the index.
bool holds_no_row(const Context& ctx, const CreateIndex& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  std::string predicate(op.where.text);
  std::transform(predicate.begin(), predicate.end(), predicate.begin(), to_lower);
  // OR, and a function such as coalesce, may let rows in all the same.
  if (!table || table->inserted.migration == ctx.schema().current_migration() ||
      !op.where.functions.empty() || predicate.find(" or ") != std::string::npos)
    return false;
  return std::any_of(op.where.columns.begin(), op.where.columns.end(), [&](Text name) {
    const Column* column = table->column(name);
    if (!column || !is_added_here(ctx, *column) || column->filled ||
        column->generated != Generated::none)
      return false;
    return column->has_default ? asks_for_other(predicate, *column)
                               : !asks_for_null(predicate, name);
  });
}

// The migration looks for duplicates itself, and stops with words of its own where there are any.
bool looks_for_duplicates(const Context& ctx, const Name& table, const Key& key) {
  std::vector<std::string_view> words = {"count", "having"};
  words.insert(words.end(), key.columns.begin(), key.columns.end());
  words.insert(words.end(), key.mentioned.begin(), key.mentioned.end());
  if (stops_itself(ctx, table, words)) return true;
  words[1] = "partition by";
  return stops_itself(ctx, table, words);
}

void look(Context& ctx, const Node& op, const Name& table_name, const Key& key) {
  if (key.list.empty() || ctx.is_new_or_temporary(table_name)) return;
  const Relation* table = ctx.schema().relation(table_name).known();
  if (table && (ctx.schema().is_empty_by_now(*table) || cannot_repeat(ctx, *table, key))) return;
  if (looks_for_duplicates(ctx, table_name, key)) return;
  const std::string filter = key.predicate.empty() ? std::string() : cat(" WHERE ", key.predicate);
  const std::string& list = key.list;
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

// An earlier statement of the migration sets what a partial index asks for, as to leave but one of
// several rows in it.
bool taken_out(const Context& ctx, const CreateIndex& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& other : statement.ops) {
      const auto* update = std::get_if<Update>(&other);
      if (!update || update->table.name != op.table.name) continue;
      for (const Text column : op.where.columns)
        if (std::find(update->columns.begin(), update->columns.end(), column) !=
            update->columns.end())
          return true;
    }
  }
  return false;
}

void check_index(Context& ctx, const CreateIndex& op) {
  if (!op.unique || holds_no_row(ctx, op) || taken_out(ctx, op)) return;
  Key key{.predicate = op.where.text, .nulls_alike = op.nulls_not_distinct};
  for (const IndexColumn& each : op.columns) {
    const List<Text> inside = each.expression->columns;
    if (each.name.empty() && (each.expression->text.empty() || inside.empty())) return;
    key.list +=
        cat(key.list.empty() ? "" : ", ",
            each.name.empty() ? std::string(each.expression->text) : quote_identifier(each.name));
    if (each.name.empty())
      key.mentioned.insert(key.mentioned.end(), inside.begin(), inside.end());
    else
      key.columns.push_back(each.name);
  }
  const Relation* table = ctx.schema().relation(op.table).known();
  if (op.if_not_exists && table && table->index(op.index)) return;
  look(ctx, op, op.table, key);
}

void check_constraint(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& each = op.constraint;
  if (each.kind != ConstraintKind::unique && each.kind != ConstraintKind::primary_key) return;
  if (!each.using_index.empty()) return;
  Key key{.columns = {each.columns.begin(), each.columns.end()},
          .nulls_alike = each.nulls_not_distinct};
  for (const Text& name : key.columns)
    key.list += cat(key.list.empty() ? "" : ", ", quote_identifier(name));
  look(ctx, op, op.table, key);
}

constexpr Example bad[] = {
    {"CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);"},
    {"ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);"},
    {.sql = "CREATE UNIQUE INDEX users_email ON users (lower(email));",
     .before = "CREATE TABLE users (email text UNIQUE);"},
    {"ALTER TABLE users ADD COLUMN gone_at timestamptz; CREATE UNIQUE INDEX ON users (email) WHERE "
     "gone_at IS NULL;"},
    {.sql = "CREATE UNIQUE INDEX a_b ON t (a, b);", .before = "CREATE TABLE t (a int, b int);"},
    // What was unique was so of more columns, of some rows, or is free for writers to spoil.
    {.sql = "BEGIN; DROP INDEX t_ab; CREATE UNIQUE INDEX t_a ON t (a); COMMIT;",
     .before = "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX t_ab ON t (a, b);"},
    {.sql = "BEGIN; DROP INDEX t_a; CREATE UNIQUE INDEX t_a ON t (a); COMMIT;",
     .before = "CREATE TABLE t (a int, gone bool); CREATE UNIQUE INDEX t_a ON t (a) WHERE NOT "
               "gone;"},
    {.sql = "DROP INDEX t_a; CREATE UNIQUE INDEX t_a ON t (a) WHERE b > 0;",
     .before = "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {.sql = "BEGIN; DROP INDEX t_a; INSERT INTO t SELECT a, b FROM old; CREATE UNIQUE INDEX t_a ON "
            "t (a); COMMIT;",
     .before = "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {.sql = "DELETE FROM t WHERE b > 0; CREATE UNIQUE INDEX t_a ON t (a);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "DELETE FROM t; INSERT INTO t SELECT a, b FROM old; CREATE UNIQUE INDEX t_a ON t (a);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "BEGIN; DROP INDEX t_a; ALTER TABLE t ALTER COLUMN a TYPE int; CREATE UNIQUE INDEX t_a "
            "ON t (a); COMMIT;",
     .before = "CREATE TABLE t (a numeric, b int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {"ALTER TABLE users ADD COLUMN main boolean NOT NULL DEFAULT true; CREATE UNIQUE INDEX ON "
     "users (team) WHERE main = true;"},
    {"ALTER TABLE users ADD COLUMN main boolean NOT NULL DEFAULT false; CREATE UNIQUE INDEX ON "
     "users (team) WHERE NOT main;"},
    {.sql = "UPDATE t SET b = 0 WHERE b IS NULL; CREATE UNIQUE INDEX t_a ON t (a) WHERE live;",
     .before = "CREATE TABLE t (a int, b int, live bool);"},
    // A check of other columns, and one that stops nothing.
    {.sql = "DO $$ BEGIN IF EXISTS (SELECT a FROM t GROUP BY a HAVING count(*) > 1) THEN RAISE "
            "EXCEPTION 'duplicates'; END IF; END $$; CREATE UNIQUE INDEX t_b ON t (b);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "DO $$ BEGIN IF EXISTS (SELECT b FROM t GROUP BY b HAVING count(*) > 1) THEN RAISE "
            "NOTICE 'duplicates'; END IF; END $$; CREATE UNIQUE INDEX t_b ON t (b);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "ALTER TABLE t ADD COLUMN kind text DEFAULT 'a'; CREATE UNIQUE INDEX ON t (b, kind);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "ALTER TABLE t ADD COLUMN kind text; CREATE UNIQUE INDEX ON t (b, kind) NULLS NOT "
            "DISTINCT;",
     .before = "CREATE TABLE t (a int, b int);"}};
constexpr Example good[] = {
    {"ALTER TABLE customers ADD COLUMN IF NOT EXISTS portal text; CREATE UNIQUE INDEX customers_p "
     "ON customers (portal) WHERE portal IS NOT NULL;"},
    {"CREATE TABLE t (a int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {"ALTER TABLE users ADD COLUMN code text; CREATE UNIQUE INDEX users_code ON users (code);"},
    {.sql = "CREATE UNIQUE INDEX t_ab ON t (a, b);",
     .before = "CREATE TABLE t (a int PRIMARY KEY, b int);"},
    {"ALTER TABLE users ADD COLUMN state text; CREATE UNIQUE INDEX ON users (email) WHERE old IS "
     "NULL AND state = 'active';"},
    {.sql = "BEGIN; DROP INDEX t_a; CREATE UNIQUE INDEX t_ab ON t (b, a) WHERE b > 0; COMMIT;",
     .before = "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX t_a ON t (a);"},
    {.sql = "BEGIN; ALTER TABLE t DROP CONSTRAINT t_pkey; UPDATE t SET b = 1; ALTER TABLE t ADD "
            "PRIMARY KEY (a, c); COMMIT;",
     .before = "CREATE TABLE t (a int PRIMARY KEY, b int, c int NOT NULL);"},
    {.sql = "ALTER TABLE t DROP CONSTRAINT t_a_key, ADD UNIQUE (a, b);",
     .before = "CREATE TABLE t (a int UNIQUE, b int);"},
    {.sql = "CREATE UNIQUE INDEX CONCURRENTLY t_ab ON t (a, b) WHERE live;",
     .before = "CREATE TABLE t (a int, b int, live bool); CREATE UNIQUE INDEX t_a ON t (a) WHERE "
               "live;"},
    {.sql = "DELETE FROM t; CREATE UNIQUE INDEX t_a ON t (a);",
     .before = "CREATE TABLE t (a int, b int);"},
    {.sql = "ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER COLUMN a TYPE text, ADD PRIMARY KEY (a);",
     .before = "CREATE TABLE t (a int PRIMARY KEY, b int);"},
    {"ALTER TABLE users ADD COLUMN main boolean NOT NULL DEFAULT false; CREATE UNIQUE INDEX ON "
     "users (team) WHERE main = true;"},
    {.sql = "ALTER TABLE t ADD COLUMN c int NOT NULL; CREATE UNIQUE INDEX t_a ON t (a);",
     .before = "CREATE TABLE t (a int);"},
    {"ALTER TABLE users ADD COLUMN code uuid DEFAULT gen_random_uuid(); CREATE UNIQUE INDEX ON "
     "users (code);"},
    {.sql = "UPDATE t SET live = false WHERE b > 1; CREATE UNIQUE INDEX t_a ON t (a) WHERE live;",
     .before = "CREATE TABLE t (a int, b int, live bool);"},
    {.sql = "DO $$ DECLARE found int; BEGIN SELECT count(*) INTO found FROM (SELECT b FROM t GROUP "
            "BY b HAVING COUNT(*) > 1) AS twice; IF found > 0 THEN RAISE EXCEPTION '% twice', "
            "found; END IF; END $$; CREATE UNIQUE INDEX CONCURRENTLY t_b ON t (b);",
     .before = "CREATE TABLE t (a int, b int);"},
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
