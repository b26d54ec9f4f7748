// ALTER COLUMN TYPE that writes the table anew, rebuilds indexes or verifies checks.
#include <migguard/rule.hpp>

#include <algorithm>
#include <iterator>
#include "wording.hpp"

namespace migguard::rules {
namespace {

// Without the old type: whether there is one from which the new type is free.
bool may_be_free(const TypeName& type) {
  constexpr std::string_view names[] = {"text",      "varchar", "numeric",  "timestamptz",
                                        "timestamp", "inet",    "interval", "time",
                                        "timetz",    "varbit",  "citext"};
  return std::find(std::begin(names), std::end(names), type.name.name) != std::end(names);
}

// What is done again although the rows stay as they are: an index, or a check of every row.
std::string dependent_work(const Effects& effects, const Relation& table) {
  const auto name = [](const RelationName& each) {
    return to_string(Name{each.schema == "public" ? Text() : Text(each.schema), each.name});
  };
  if (!effects.index_rebuilds.empty())
    return cat("the index ", name(effects.index_rebuilds.front().relation), " is built again");
  for (const Effects::Work& each : effects.scans)
    return each.relation.is(table.full_name())
               ? std::string("a CHECK on the column is verified for every row")
               : cat("every row of ", name(each.relation), " is checked again");
  return {};
}

// The value in the new type: as USING says, else cast as ALTER COLUMN TYPE would. No cast leads
// from one enum to another but through text.
std::string converted(const Context& ctx, const ChangeType& op, const Column* column) {
  if (op.using_ && !op.using_.text.empty()) return std::string(op.using_.text);
  std::string name = quote_identifier(op.column);
  const Type* to = ctx.schema().type(op.type.name).known();
  const bool is_enum = to && to->kind == TypeKind::enum_;
  if (is_enum && column && column->type_known)
    return cat(name, "::text", op.type.array_dimensions > 0 ? "[]" : "", "::", op.type.text);
  return name;
}

bool has(const std::vector<Text>& labels, Text label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

// An enum that the migration makes anew because its labels change: Prisma beside the old one, with
// the names swapped afterwards, drizzle-kit in its place, with the column as text meanwhile.
struct NewLabels {
  const Type* type = nullptr;  // as it was
  std::vector<Text> labels;
};
NewLabels new_labels(const Context& ctx, const ChangeType& op, const Column* column) {
  if (!column || !column->type_known || op.type.array_dimensions > 0) return {};
  const Type* from = ctx.schema().type(column->type.lookup_name()).known();
  if (!from || from->kind != TypeKind::enum_ || !from->create_seen) return {};
  const Type* to = ctx.schema().type(op.type.name).known();
  if (to && to->kind == TypeKind::enum_)
    return to->created.migration == ctx.schema().current_migration() ? NewLabels{from, to->labels}
                                                                     : NewLabels{};
  for (const Statement& statement : ctx.statements_naming(from->name))
    for (const Op& each : statement.ops)
      if (const auto* made = std::get_if<CreateEnum>(&each); made && made->type.name == from->name)
        return {from, {made->labels.begin(), made->labels.end()}};
  return {};
}

// What a type was called before this migration, which may have moved it aside for another one.
Text name_before(const Context& ctx, const Type& type) {
  for (const Statement& statement : ctx.statements_naming(type.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& each : statement.ops)
      if (const auto* rename = std::get_if<RenameType>(&each);
          rename && rename->new_name == type.name)
        return rename->type.name;
  }
  return type.name;
}

// Without the detour: labels can be added in place, and unwanted ones kept out by a CHECK.
std::string keep_enum(const Context& ctx, const ChangeType& op, const NewLabels& wanted) {
  const Type& type = *wanted.type;
  const std::string name =
      to_string(Name{type.schema == "public" ? Text() : type.schema, name_before(ctx, type)});
  std::string added, removed;
  for (std::size_t at = 0; at < wanted.labels.size(); ++at) {
    if (has(type.labels, wanted.labels[at])) continue;
    const bool last =
        std::none_of(wanted.labels.begin() + static_cast<std::ptrdiff_t>(at), wanted.labels.end(),
                     [&](Text label) { return has(type.labels, label); });
    added +=
        cat("\nALTER TYPE ", name, " ADD VALUE ", quote_literal(wanted.labels[at]),
            last || at == 0 ? std::string() : cat(" AFTER ", quote_literal(wanted.labels[at - 1])),
            ";");
  }
  for (const Text label : type.labels)
    if (!has(wanted.labels, label))
      removed += cat(removed.empty() ? "" : ", ", quote_literal(label));
  if (removed.empty())
    return added.empty() ? std::string()
                         : cat("add the labels to the type, which writes no row:", added);
  const std::string table = to_string(op.table);
  const std::string check = quote_identifier(cat(op.table.name, "_", op.column, "_check"));
  return cat("leave the labels in the type, and keep them out of the column:", added,
             "\nALTER TABLE ", table, " ADD CONSTRAINT ", check, " CHECK (",
             quote_identifier(op.column), " NOT IN (", removed,
             ")) NOT VALID;\n-- in the next migration\nALTER TABLE ", table,
             " VALIDATE CONSTRAINT ", check, ";");
}

// The way back of drizzle-kit's detour: said already, of the way there.
bool comes_back(const Context& ctx, const ChangeType& op) {
  const Type* to = ctx.schema().type(op.type.name).known();
  if (!to || to->kind != TypeKind::enum_ ||
      to->created.migration != ctx.schema().current_migration())
    return false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    if (&statement == &ctx.statement()) return false;
    for (const Op& each : statement.ops)
      if (const auto* there = std::get_if<ChangeType>(&each); there && there->column == op.column &&
                                                              there->table.name == op.table.name &&
                                                              there->type.name.name == "text")
        return true;
  }
  return false;
}

void check(Context& ctx, const ChangeType& op) {
  if (ctx.is_new_or_temporary(op.table) || comes_back(ctx, op)) return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column);
  const Relation* relation = ctx.schema().relation(op.table).known();
  const Column* column = relation ? relation->column(op.column) : nullptr;
  if (relation &&
      (relation->kind == RelationKind::view || relation->kind == RelationKind::foreign_table))
    return;
  if (relation && relation->create_seen && !column) return;  // it fails: dependent-objects
  const bool known = column && column->type_known;
  const std::string types =
      known ? cat(" (", column->type.text, " to ", std::string(op.type.text), ")") : std::string();
  const Effects& effects = ctx.effects(op);
  if (!known || !effects.rewrites.empty()) {
    const std::string twin = quote_identifier(cat(op.column, "_new"));
    const NewLabels wanted = new_labels(ctx, op, column);
    const std::string instead = wanted.type ? keep_enum(ctx, op, wanted) : std::string();
    Finding& finding =
        ctx.report(op, cat("nobody can read or write ", table,
                           " while every row and index of it is written anew", types))
            .because(known ? "values of the new type are stored differently, or must be checked "
                             "one by one, under ACCESS EXCLUSIVE"
                           : "the history does not show the old type, and most conversions write "
                             "the table anew under ACCESS EXCLUSIVE")
            .try_(column && ctx.schema().is_new(*column)
                      ? cat("give the column that type where this migration adds it:\nALTER TABLE ",
                            table, " ADD COLUMN ", quote_identifier(column->created_as), " ",
                            op.type.text, ";")
                  : !instead.empty()
                      ? instead
                      : cat("add a column of the new type, write both, fill the old rows in "
                            "batches, then "
                            "switch and drop the old one in later releases:\nALTER TABLE ",
                            table, " ADD COLUMN ", twin, " ", op.type.text,
                            ";\n-- in batches\nUPDATE ", table, " SET ", twin, " = ",
                            converted(ctx, op, column), " WHERE ", twin, " IS NULL AND ...;"))
            .under(cat(table, known ? "" : " unknown"))
            .with("item", name)
            .with("table", plain(op.table))
            .with("column", std::string(op.column));
    if (!known && !op.using_ && may_be_free(op.type)) finding.as(Severity::warning);
    if (may_be_new(ctx, op.table)) finding.as(Severity::note);
    return;
  }
  const std::string reason = dependent_work(effects, *relation);
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
    .grows_with_table = true,
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
