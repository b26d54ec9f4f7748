// ALTER COLUMN ... SET DEFAULT and DROP DEFAULT of a column that is in use.
#include <migguard/client_default.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool same_place(const SetDefault& a, const SetDefault& b) {
  return a.table.name == b.table.name && a.column == b.column;
}

// Whether the migration drops the default only to set one again, as to change the type between.
const SetDefault* set_again(const Context& ctx, const SetDefault& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& each : statement.ops) {
      const auto* other = std::get_if<SetDefault>(&each);
      if (!other) continue;
      if (behind && other->value && same_place(*other, op)) return other;
      behind |= other == &op;
    }
  }
  return nullptr;
}

bool dropped_before(const Context& ctx, const SetDefault& op) {
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& each : statement.ops) {
      const auto* other = std::get_if<SetDefault>(&each);
      if (other == &op) return false;
      if (other && !other->value && same_place(*other, op)) return true;
    }
  }
  return false;
}

// The default of the column as earlier migrations left it; empty where they do not tell.
Text default_before(const Context& ctx, const SetDefault& op) {
  Text found;
  for (const Migration& migration : ctx.history().migrations) {
    if (&migration == &ctx.migration()) break;
    for (const Statement& statement : migration.script.statements) {
      for (const Op& each : statement.ops) {
        if (const auto* set = std::get_if<SetDefault>(&each); set && same_place(*set, op))
          found = set->value.text;
        if (const auto* add = std::get_if<AddColumn>(&each);
            add && add->table.name == op.table.name && add->column.name == op.column)
          found = add->column.default_value->text;
        if (const auto* made = std::get_if<CreateTable>(&each);
            made && made->table.name == op.table.name)
          for (const ColumnDefinition& column : made->columns)
            if (column.name == op.column) found = column.default_value->text;
      }
    }
  }
  return found;
}

// Prisma Client puts constants and the current time into the INSERT by itself; only what the
// database makes (sequences, dbgenerated) it leaves out (github.com/prisma/prisma issue 25808).
bool in_every_insert(Text value) {
  return !value.empty() && (value.find('(') == Text::npos || value == "now()");
}

void check(Context& ctx, const SetDefault& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const bool drop = !op.value || op.value.kind == ExpressionKind::null;
  Known not_null = Known::unknown;
  bool given_by_client = false;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && ctx.schema().is_new(*column)) return;
    if (column && column->type_known) {
      if (drop && !column->has_default) return;
      if (!drop && column->has_default && column->default_text == op.value.text) return;
      not_null = column->not_null;
      given_by_client = ctx.history().tool == Tool::prisma && !column->serial &&
                        in_every_insert(column->default_text);
    }
  }
  if (drop && set_again(ctx, op)) return;
  if (!drop && dropped_before(ctx, op) && default_before(ctx, op) == op.value.text) return;
  if (drop && client_gives_value(ctx.project(), ctx.history(), op.table, op.column)) return;
  const std::string place = cat(quote_identifier(op.column), " of ", to_string(op.table));
  if (drop && not_null == Known::yes) {
    ctx.report(op, cat("inserts that leave out ", place, " fail from now on"))
        .because(
            given_by_client
                ? "the column is NOT NULL; Prisma Client gives the default's value itself, but "
                  "raw SQL and other programs may not"
                : "the column is NOT NULL, and whether code that is still running counts on its "
                  "default these files do not tell")
        .try_("make sure that every insert gives the value, or release code that does first")
        .as(given_by_client ? Severity::note : Severity::warning)
        .with("table", plain(op.table))
        .with("column", std::string(op.column));
    return;
  }
  ctx.report(op, drop
                     ? cat("inserts that leave out ", place, " store NULL from now on")
                     : cat("inserts that leave out ", place, " store ",
                           op.value.text.empty() ? "another value" : op.value.text, " from now on"))
      .because("code that is still running counts on the default it was written for")
      .try_("release code that gives the value itself before the default changes")
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr ExampleFile given_by_prisma[] = {
    {"prisma/schema.prisma",
     "model Token {\n  id   String @id @default(cuid()) // the client's\n  plan String "
     "@default(\"free\")"
     "\n  @@map(\"tokens\")\n}\n"},
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_init/migration.sql",
     "CREATE TABLE tokens (id text NOT NULL DEFAULT gen_random_uuid(), plan text NOT NULL DEFAULT "
     "dbgen());"},
    {"prisma/migrations/20240102000000_drift/migration.sql",
     "ALTER TABLE tokens ALTER COLUMN id DROP DEFAULT;"}};
constexpr ExampleFile left_to_the_database[] = {
    given_by_prisma[0],
    given_by_prisma[1],
    given_by_prisma[2],
    {"prisma/migrations/20240102000000_drift/migration.sql",
     "ALTER TABLE tokens ALTER COLUMN plan DROP DEFAULT;"}};
constexpr ExampleFile given_by_drizzle[] = {
    {"package.json", "{}"},
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' };"},
    {"schema.ts",
     "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const tokens = "
     "pgTable('tokens', "
     "{\n  // made here, not there: always\n  id: text('id').notNull().$defaultFn(() => "
     "crypto.randomUUID()),\n  plan: text().notNull(),\n});\n"},
    {"drizzle/meta/_journal.json",
     "{\"version\":\"7\",\"dialect\":\"postgresql\",\"entries\":[{\"idx\":0,\"version\":\"7\","
     "\"when\":"
     "1,\"tag\":\"0000_a\",\"breakpoints\":true},{\"idx\":1,\"version\":\"7\",\"when\":2,\"tag\":"
     "\"0001_b\",\"breakpoints\":true}]}"},
    {"drizzle/0000_a.sql",
     "CREATE TABLE tokens (id text NOT NULL DEFAULT gen_random_uuid(), plan text NOT NULL DEFAULT "
     "'free');"},
    {"drizzle/0001_b.sql", "ALTER TABLE tokens ALTER COLUMN id DROP DEFAULT;"}};
constexpr ExampleFile left_out_by_drizzle[] = {
    given_by_drizzle[0],
    given_by_drizzle[1],
    given_by_drizzle[2],
    given_by_drizzle[3],
    given_by_drizzle[4],
    {"drizzle/0001_b.sql", "ALTER TABLE tokens ALTER COLUMN plan DROP DEFAULT;"}};
constexpr Example bad[] = {
    {.files = left_to_the_database},
    {.files = left_out_by_drizzle},
    {"ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'pro';"},
    {.sql = "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT;",
     .before = "CREATE TABLE users (id int, plan text NOT NULL DEFAULT 'free');"}};
constexpr Example good[] = {
    {.files = given_by_prisma},
    {.files = given_by_drizzle},
    {.sql = "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT; ALTER TABLE users ALTER COLUMN plan "
            "TYPE text; ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';",
     .before = "CREATE TABLE users (id int, plan varchar(9) NOT NULL DEFAULT 'free');"},
    {"CREATE TABLE t (a int); ALTER TABLE t ALTER COLUMN a SET DEFAULT 1;"},
    {"ALTER TABLE users ADD COLUMN plan text DEFAULT 'free' NOT NULL; ALTER TABLE users ALTER "
     "COLUMN plan DROP DEFAULT;"},
    {.sql = "ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';",
     .before = "CREATE TABLE users (id int, plan text DEFAULT 'free');"}};

}  // namespace

extern constexpr Rule change_column_default{
    .severity = Severity::note,
    .summary = "changing a default changes what inserts of running code store",
    .why =
        "A default is a part of every insert that leaves the column out. While the migration is "
        "applied, two releases run that expect different ones. Rows that are there keep their "
        "values.",
    .instead = "Give the value in the code first; change the default afterwards.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
