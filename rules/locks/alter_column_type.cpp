// ALTER COLUMN TYPE that writes the table anew, rebuilds indexes or verifies checks.
#include <migguard/rule.hpp>

#include <algorithm>
#include <iterator>
#include "wording.hpp"

namespace migguard::rules {
namespace {

enum class Work { none, indexes, rewrite, unknown };

int modifier(const std::vector<std::int32_t>& modifiers, std::size_t at, int otherwise) {
  return at < modifiers.size() ? modifiers[at] : otherwise;
}
bool utc(std::string_view zone) {
  std::string lower(zone);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower == "utc" || lower == "etc/utc" || lower == "gmt" || lower == "etc/gmt" ||
         lower == "0" || lower == "+00:00" || lower == "+00" || lower == "zulu" || lower == "uct";
}

// What a conversion costs the heap and its plain indexes. Measured on PostgreSQL 15, 17 and 18.
Work cost(const Context& ctx, const ColumnType& from, const ColumnType& to) {
  if (from.array_dimensions != to.array_dimensions) return Work::rewrite;
  const std::string_view a = from.name, b = to.name;
  if (a == b && from.modifiers == to.modifiers) return Work::none;
  if (from.array_dimensions > 0) return Work::rewrite;
  constexpr int unlimited = 1 << 30;
  const int p = modifier(from.modifiers, 0, unlimited), q = modifier(to.modifiers, 0, unlimited);
  if (a == "varchar" && b == "varchar") return q >= p ? Work::none : Work::rewrite;
  if ((a == "varchar" && b == "text") || (a == "text" && b == "varchar" && q == unlimited))
    return Work::none;
  if ((a == "citext" && b == "text") || (a == "text" && b == "citext")) return Work::indexes;
  if (a == "xml" && b == "text") return Work::none;
  if (a == "cidr" && b == "inet") return Work::none;
  if ((a == "int4" && b == "oid") || (a == "oid" && b == "int4")) return Work::none;
  if (a == "numeric" && b == "numeric") {
    if (to.modifiers.empty()) return Work::none;
    if (from.modifiers.empty()) return Work::rewrite;
    return q >= p && modifier(from.modifiers, 1, 0) == modifier(to.modifiers, 1, 0) ? Work::none
                                                                                    : Work::rewrite;
  }
  if (a == "varbit" && b == "varbit") return q >= p ? Work::none : Work::rewrite;
  const auto time = [](std::string_view t) {
    return t == "timestamp" || t == "timestamptz" || t == "time" || t == "timetz";
  };
  if (a == b && time(a))
    return modifier(to.modifiers, 0, 6) >= modifier(from.modifiers, 0, 6) ? Work::none
                                                                          : Work::rewrite;
  if ((a == "timestamp" && b == "timestamptz") || (a == "timestamptz" && b == "timestamp"))
    return utc(ctx.schema().setting("timezone")) && modifier(to.modifiers, 0, 6) == 6
               ? Work::indexes
               : Work::rewrite;
  if (a == b && a == "interval")
    return to.modifiers.empty() || to.modifiers == from.modifiers ? Work::none : Work::rewrite;
  return Work::rewrite;
}

bool mentions(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Without the old type: whether there is one from which the new type is free.
bool may_be_free(const TypeName& type) {
  constexpr std::string_view names[] = {"text",      "varchar", "numeric",  "timestamptz",
                                        "timestamp", "inet",    "interval", "time",
                                        "timetz",    "varbit",  "citext"};
  return std::find(std::begin(names), std::end(names), type.name.name) != std::end(names);
}

void check(Context& ctx, const ChangeType& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column);
  const Relation* relation = ctx.schema().relation(op.table).known();
  const Column* column = relation ? relation->column(op.column) : nullptr;
  if (relation &&
      (relation->kind == RelationKind::view || relation->kind == RelationKind::foreign_table))
    return;
  ColumnType to;
  to.name = op.type.name.name;
  to.modifiers.assign(op.type.modifiers.begin(), op.type.modifiers.end());
  to.array_dimensions = op.type.array_dimensions;
  Work work = Work::unknown;
  std::string types;
  if (column && column->type_known) {
    types = cat(" (", column->type.text, " to ", std::string(op.type.text), ")");
    ColumnType from = column->type;
    Name wanted = op.type.name;
    const Type* old_domain = ctx.schema().type(from.lookup_name()).known();
    const Type* new_domain = ctx.schema().type(wanted).known();
    if (new_domain)
      to.name = new_domain->schema.empty() ? new_domain->name
                                           : cat(new_domain->schema, ".", new_domain->name);
    if (from.name == to.name && from.modifiers == to.modifiers &&
        from.array_dimensions == to.array_dimensions) {
      work = Work::none;
    } else {
      if (old_domain && old_domain->kind == TypeKind::domain) from = old_domain->base;
      if (new_domain && new_domain->kind == TypeKind::domain && !new_domain->constrained)
        to = new_domain->base;
      work = cost(ctx, from, to);
      if (new_domain && new_domain->kind == TypeKind::domain && new_domain->constrained)
        work = Work::rewrite;
    }
    if (work == Work::none && !op.collation.empty() && op.collation != column->collation)
      work = Work::indexes;
    // USING that is more than the column, or the column cast to the very type.
    if (op.using_ && op.using_.kind != ExpressionKind::column) {
      const bool relabels = op.using_.functions.empty() && op.using_.columns.size() == 1 &&
                            op.using_.columns.front() == op.column && op.using_.casts.size() == 1 &&
                            op.using_.casts.front().name == op.type.name;
      if (!relabels) work = Work::rewrite;
    }
    if (op.using_ && op.using_.kind == ExpressionKind::column && !op.using_.columns.empty() &&
        op.using_.columns.front() != op.column)
      work = Work::rewrite;
  }
  const std::string twin = quote_identifier(cat(op.column, "_new"));
  const std::string swap =
      cat("add a column of the new type, write both, fill the old rows in batches, then switch and "
          "drop the old one in later releases:\nALTER TABLE ",
          table, " ADD COLUMN ", twin, " ", op.type.text, ";\n-- in batches\nUPDATE ", table,
          " SET ", twin, " = ", name, " WHERE ", twin, " IS NULL AND ...;");
  if (work == Work::rewrite || work == Work::unknown) {
    Finding& finding =
        ctx.report(op, cat("nobody can read or write ", table,
                           " while every row and index of it is written anew", types))
            .because(work == Work::rewrite
                         ? "values of the new type are stored differently, or must be checked one "
                           "by one, under ACCESS EXCLUSIVE"
                         : "the history does not show the old type, and most conversions write the "
                           "table anew under ACCESS EXCLUSIVE")
            .try_(swap)
            .with("table", plain(op.table))
            .with("column", std::string(op.column));
    if (work == Work::unknown && !op.using_ && may_be_free(op.type)) finding.as(Severity::warning);
    if (may_be_new(ctx, op.table)) finding.as(Severity::note);
    return;
  }
  // The rows stay as they are. Indexes may not, and checks are verified again.
  std::string reason;
  for (const Index& index : relation->indexes) {
    const bool plain_column = mentions(index.columns, op.column);
    if (mentions(index.mentioned, op.column) || (plain_column && work == Work::indexes)) {
      reason = cat("the index ", quote_identifier(index.name), " is built again");
      break;
    }
  }
  if (reason.empty() && !(column->type.name == to.name && column->type.modifiers == to.modifiers)) {
    for (const Constraint& each : relation->constraints) {
      if (each.kind != ConstraintKind::check || !each.valid || !each.enforced) continue;
      if (!mentions(each.columns, op.column) && !mentions(each.not_null_columns, op.column))
        continue;
      reason = cat("the CHECK ", quote_identifier(each.name), " is verified for every row");
      break;
    }
  }
  if (reason.empty()) return;
  ctx.report(op, cat("nobody can read or write ", table, " while ", reason, types))
      .because(
          "the rows themselves are not written, but what depends on the column is worked out again "
          "under ACCESS EXCLUSIVE")
      .try_(cat("drop what depends on the column first, and build it again afterwards without "
                "keeping readers out (CREATE INDEX CONCURRENTLY, NOT VALID and VALIDATE); else set "
                "a short lock timeout and do it when little happens:\nSET lock_timeout = '2s';"))
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr Example bad[] = {
    {"ALTER TABLE users ALTER COLUMN age TYPE bigint;"},
    {.sql = "ALTER TABLE users ALTER COLUMN id TYPE bigint;",
     .before = "CREATE TABLE users (id int PRIMARY KEY);"},
    {.sql = "ALTER TABLE t ALTER COLUMN c TYPE varchar(100);",
     .before = "CREATE TABLE t (c varchar(50)); CREATE INDEX t_c ON t (lower(c));"},
    {.sql = "ALTER TABLE t ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC';",
     .before = "CREATE TABLE t (at timestamp);"},
    {.sql = "ALTER TABLE t ALTER COLUMN c TYPE text;",
     .before = "CREATE TABLE t (c varchar(50)[]);"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE users ALTER COLUMN nick TYPE text;",
     .before = "CREATE TABLE users (nick varchar(50));"},
    {.sql = "ALTER TABLE t ALTER COLUMN c TYPE varchar(100);",
     .before = "CREATE TABLE t (c varchar(50)); CREATE INDEX t_c ON t (c);"},
    {.sql = "ALTER TABLE inv ALTER COLUMN amount TYPE numeric(14,2);",
     .before = "CREATE TABLE inv (amount numeric(10,2));"},
    {"CREATE TABLE c (size int); ALTER TABLE c ALTER COLUMN size TYPE bigint;"},
    {.sql = "SET timezone = 'UTC'; ALTER TABLE t ALTER COLUMN at TYPE timestamptz;",
     .before = "CREATE TABLE t (at timestamp);"},
    {"ALTER TABLE users ALTER COLUMN a DROP DEFAULT, ALTER COLUMN b SET STATISTICS 500;"}};

}  // namespace

extern constexpr Rule alter_column_type{
    .severity = Severity::error,
    .summary = "ALTER COLUMN TYPE writes the table anew, or rebuilds what depends on the column",
    .why =
        "Most conversions write every row and index under ACCESS EXCLUSIVE. Free are longer "
        "varchar and text, more digits of numeric at the same scale, more precision of times, "
        "timestamp to timestamptz under TimeZone UTC, cidr to inet, relabelling casts; but even "
        "then an expression or partial index on the column is rebuilt and a valid CHECK is "
        "verified again (measured).",
    .instead =
        "ALTER TABLE users ADD COLUMN age_new bigint;\n-- write both columns, fill the old rows in "
        "batches, switch reads, drop the old column later",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
