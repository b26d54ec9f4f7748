// A JSON column whose own name is money.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <optional>

namespace migguard::rules {
namespace {

constexpr const char* why =
    "nothing in the database can tell an amount from a text in it, or sum it without a cast";

std::string message(std::string_view column, std::string_view key) {
  return cat("this makes ", column, " JSON, so no row's ", key, " has a type or a constraint");
}

void check_column(Context& ctx, const Name& table, std::string_view column, const TypeName& type,
                  Span span) {
  if (!is_json_type(ctx, type)) return;
  const std::optional<jsonb::Classification> money =
      jsonb::money_column(plain(table), column, ctx.jsonb());
  if (!money) return;
  JsonVerdict verdict;
  verdict.column = cat(plain(table), ".", column);
  verdict.path = "*";
  verdict.key = column;
  verdict.confidence = money->level;
  verdict.kind = money->kind;
  verdict.evidence = money->evidence;
  verdict.suggestion = money->suggestion;
  verdict.table = table;
  report_json(ctx, verdict, span, JsonAccess::define, message(verdict.column, column), why);
}

void check_table(Context& ctx, const CreateTable& op) {
  for (const ColumnDefinition& column : op.columns)
    check_column(ctx, op.table, column.name, column.type, column.span);
}

void check_added(Context& ctx, const AddColumn& op) {
  check_column(ctx, op.table, op.column.name, op.column.type, op.column.span);
}

void check_type(Context& ctx, const ChangeType& op) {
  check_column(ctx, op.table, op.column, op.type, op.span);
}

// Whether a migration makes the column: it is reported there.
bool made_by_migration(const Project& project, std::string_view column) {
  const auto is_it = [column](const Name& table, std::string_view name) {
    return cat(plain(table), ".", name) == column;
  };
  for (const History& history : project.histories) {
    for (const Migration& migration : history.migrations) {
      for (const Statement& statement : migration.script.statements) {
        for (const Op& op : statement.ops) {
          if (const auto* add = std::get_if<AddColumn>(&op)) {
            if (is_it(add->table, add->column.name)) return true;
          } else if (const auto* made = std::get_if<CreateTable>(&op)) {
            for (const ColumnDefinition& each : made->columns) {
              if (is_it(made->table, each.name)) return true;
            }
          }
        }
      }
    }
  }
  return false;
}

void check_sources(Context& ctx, const Project& project) {
  for (const DeclaredVerdict& each : ctx.declared()) {
    if (each.verdict.path != "*" || made_by_migration(project, each.verdict.column)) continue;
    report_json(ctx, *each.source, each.verdict, each.span, JsonAccess::define,
                message(each.verdict.column, each.verdict.key), why);
  }
}

constexpr ExampleFile prisma_column[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma", "model Plan {\n  id Int @id\n  pricing Json\n}\n"}};
constexpr ExampleFile prisma_near_miss[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma",
     "model Plan {\n  id Int @id\n  paymentHistory Json\n  price Decimal\n}\n"}};
constexpr Example bad[] = {
    {.files = prisma_column},
    {.sql = "CREATE TABLE t (id int, amount jsonb);"},
    {.sql = "CREATE TABLE t (id int, cost_breakdown jsonb);"},
    {.sql = "CREATE TABLE t (id int, price_history jsonb);"},
    {.sql = "ALTER TABLE quotes ADD COLUMN pricing jsonb;",
     .before = "CREATE TABLE quotes (id int);"},
};
constexpr Example good[] = {
    {.files = prisma_near_miss},
    {.sql = "CREATE TABLE t (id int, amount numeric(12,2), price_metadata jsonb);"},
    {.sql =
         "CREATE TABLE t (id int, payment_history jsonb, price_id_list jsonb, raw_price jsonb);"},
};

}  // namespace

extern constexpr Rule json_column_is_money{
    .severity = Severity::warning,
    .summary = "A JSON column is named for money",
    .why =
        "`amount jsonb` and `pricing jsonb` make the whole fact JSON: no type, no CHECK that means "
        "anything, no plain index. Where the document is a copy of what someone else sent, name it "
        "so (raw_pricing) or exempt it.",
    .instead =
        "Typed columns: amount numeric(12,2) NOT NULL, currency char(3) NOT NULL; a table for "
        "repeated items.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_added, &check_type, &check_sources>,
};

}  // namespace migguard::rules
