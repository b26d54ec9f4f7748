// A new enum label used in the transaction that adds it.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// Whether the statement's tables may have a column of the type.
bool may_use(const Context& ctx, const Op& op, const Type* type) {
  const Name* table = nullptr;
  if (const auto* each = std::get_if<Insert>(&op)) table = &each->table;
  if (const auto* each = std::get_if<Update>(&op)) table = &each->table;
  if (const auto* each = std::get_if<Delete>(&op)) table = &each->table;
  if (const auto* each = std::get_if<SetDefault>(&op)) table = &each->table;
  if (const auto* each = std::get_if<CreateTable>(&op)) {
    for (const ColumnDefinition& column : each->columns)
      if (type && column.type.name.name == type->name) return true;
    return !type;
  }
  if (const auto* each = std::get_if<AddColumn>(&op))
    return !type || each->column.type.name.name == type->name;
  const bool reads = std::holds_alternative<Select>(op) || std::holds_alternative<CreateView>(op) ||
                     std::holds_alternative<CreateMaterializedView>(op) ||
                     std::holds_alternative<CreateIndex>(op) ||
                     std::holds_alternative<AddConstraint>(op) ||
                     std::holds_alternative<CreateTableAs>(op) ||
                     std::holds_alternative<Merge>(op) || std::holds_alternative<CreatePolicy>(op);
  if (!table) return reads;
  const Relation* relation = ctx.schema().relation(*table).known();
  if (!relation || !relation->create_seen || !type) return true;
  for (const Column& column : relation->columns)
    if (column.type.lookup_name().name == type->name) return true;
  return false;
}
void check(Context& ctx, const AddEnumValue& op) {
  if (!ctx.in_transaction()) return;
  const Type* type = ctx.schema().type(op.type).known();
  if (type && ctx.pg_version() >= 17 && type->created.migration == ctx.schema().current_migration())
    return;
  std::string literal = "'";
  for (const char c : op.value) literal += c == '\'' ? std::string("''") : std::string(1, c);
  literal += "'";
  bool behind = false;
  for (const Statement& statement : ctx.migration().script.statements) {
    if (behind && !statement.ops.empty()) {
      if (const auto* control = std::get_if<TransactionControl>(&statement.ops.front());
          control &&
          (control->step == TransactionStep::commit || control->step == TransactionStep::rollback))
        return;
      const std::string_view text =
          std::string_view(ctx.migration().source->text)
              .substr(statement.span.begin, statement.span.end - statement.span.begin);
      if (text.find(literal) != text.npos) {
        for (const Op& other : statement.ops) {
          if (!may_use(ctx, other, type)) continue;
          ctx.report(node(other),
                     cat("this migration fails: ", literal,
                         " cannot be used before the transaction that adds it commits"))
              .because("PostgreSQL answers with error 55P04, unsafe use of a new enum value")
              .try_(in_two_transactions(
                  ctx, "add the label first, and use it in a transaction of its own",
                  cat("ALTER TYPE ", to_string(op.type), " ADD VALUE ", literal, ";"),
                  "-- what uses it"))
              .label(*ctx.migration().source, ctx.locate(op), "added here");
          return;
        }
      }
    }
    behind = behind || &statement == &ctx.statement();
  }
}

constexpr Example bad[] = {
    {"BEGIN; ALTER TYPE mood ADD VALUE 'sad'; INSERT INTO diary (m) VALUES ('sad'); COMMIT;"},
    {.sql = "ALTER TYPE mood ADD VALUE 'sad'; ALTER TABLE people ALTER COLUMN m SET DEFAULT 'sad';",
     .in_transaction = true},
    {"BEGIN; CREATE TYPE tier AS ENUM ('a'); ALTER TYPE tier ADD VALUE 'b'; CREATE TABLE plans (t "
     "tier DEFAULT 'b'); COMMIT;"}};
constexpr Example good[] = {
    {"ALTER TYPE mood ADD VALUE 'sad'; INSERT INTO diary (m) VALUES ('sad');"},
    {"BEGIN; ALTER TYPE mood ADD VALUE 'sad'; COMMIT; INSERT INTO diary (m) VALUES ('sad');"},
    {.sql = "BEGIN; CREATE TYPE tier AS ENUM ('a'); ALTER TYPE tier ADD VALUE 'b'; CREATE TABLE "
            "plans (t tier DEFAULT 'b'); COMMIT;",
     .pg_version = 17},
    {"BEGIN; ALTER TYPE mood ADD VALUE 'sad'; ALTER TYPE mood ADD VALUE 'glad' AFTER 'sad'; "
     "COMMIT;"}};

}  // namespace

extern constexpr Rule enum_value_used_in_transaction{
    .severity = Severity::error,
    .summary = "A new enum label is used in the transaction that adds it",
    .why =
        "ALTER TYPE ... ADD VALUE may run in a transaction, but the label cannot be used before "
        "the commit, not even as a default. A type made in the same transaction is free of that "
        "from PostgreSQL 17 on (measured).",
    .instead =
        "Add the label in one migration, use it in the next; with Drizzle, deploy them separately: "
        "all that is pending is one transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
