// A PostgreSQL and an SQLite schema of one package that no longer say the same.
#include <algorithm>
#include <map>
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

bool is_sqlite(const DrizzleConfig& config) {
  return config.dialect == "sqlite" || config.dialect == "turso";
}
bool is_postgresql(const DrizzleConfig& config) {
  return config.dialect == "postgresql" || config.dialect == "pg";
}

// The tables of one dialect in a package, by name; several configurations may share them.
struct Side {
  std::string_view dialect;
  std::map<std::string_view, const DrizzleTable*> tables;
  bool complete = true;
  bool read = false;

  // Whether the sources name everything: otherwise the migrations are asked as well.
  bool tells_all() const {
    return read && complete && std::none_of(tables.begin(), tables.end(), [](const auto& each) {
             return each.second->computed || !each.second->complete;
           });
  }
  void add(const MigratedSchema& migrated) {
    read = true;
    complete &= migrated.complete;
    for (const DrizzleTable& table : migrated.tables) tables.emplace(table.name, &table);
  }
  void add(const DrizzleConfig& config) {
    read = true;
    complete &= config.tables_complete;
    for (const DrizzleTable& table : config.tables) tables.emplace(table.name, &table);
  }
  bool lacks(const DrizzleTable& table) const {
    // A name that is computed may be any.
    return complete && !table.computed && tables.count(table.name) == 0 &&
           std::none_of(tables.begin(), tables.end(),
                        [](const auto& each) { return each.second->computed; });
  }
};

class Comparison {
 public:
  Comparison(Context& ctx, const Side& here, const Side& there)
      : ctx_(ctx), here_(here), there_(there) {}

  // Reports what `here` has and `there` has not.
  void run() {
    for (const auto& [name, table] : here_.tables) {
      const auto other = there_.tables.find(name);
      if (other != there_.tables.end()) {
        compare(*table, *other->second);
      } else if (there_.lacks(*table)) {
        report(*table, table->span, table->name,
               cat("the table ", table->name, " is in ", here_.dialect, " alone"));
      }
    }
  }

  // The same of tables that both have, but for those that were compared before.
  void run_columns(const Side& compared_here, const Side& compared_there) {
    const auto compared = [&](std::string_view name) {
      const auto one = compared_here.tables.find(name);
      const auto other = compared_there.tables.find(name);
      return one != compared_here.tables.end() && other != compared_there.tables.end() &&
             one->second->complete && other->second->complete;
    };
    for (const auto& [name, table] : here_.tables) {
      const auto other = there_.tables.find(name);
      if (other != there_.tables.end() && !compared(name)) compare(*table, *other->second);
    }
  }

 private:
  bool is_allowed(const std::string& name) const {
    const OptionSetting* allowed = ctx_.option("allow");
    if (!allowed) return false;
    const std::string table = name.substr(0, name.find('.'));
    return std::any_of(allowed->texts.begin(), allowed->texts.end(),
                       [&](const std::string& each) { return each == name || each == table; });
  }

  void report(const DrizzleTable& table, Span place, const std::string& subject,
              std::string message) {
    if (is_allowed(subject)) return;
    ctx_.report(*table.source, place, std::move(message))
        .because(cat("code that relies on it works on one database and fails on ", there_.dialect))
        .try_(cat("say it on both sides, or allow the difference in migguard.json:\n",
                  "\"dual-dialect-drift\": [\"warning\", {\"allow\": [\"", subject, "\"]}]"))
        .about(subject)
        .with("table", table.name);
  }

  void compare(const DrizzleTable& table, const DrizzleTable& other) {
    std::map<std::string_view, const DrizzleColumn*> columns;
    for (const DrizzleColumn& each : other.columns) columns.emplace(each.name, &each);
    for (const DrizzleColumn& column : table.columns) {
      const std::string subject = cat(table.name, ".", column.name);
      const auto known = columns.find(column.name);
      if (known == columns.end()) {
        if (other.complete) {
          report(table, column.span, subject,
                 cat("the column ", subject, " is in ", here_.dialect, " alone"));
        }
        continue;
      }
      const DrizzleColumn& twin = *known->second;
      const bool both_known = column.not_null_known && twin.not_null_known;
      if (column.not_null && !twin.not_null && twin.not_null_known) {
        report(table, column.span, subject,
               cat("the column ", subject, " is NOT NULL in ", here_.dialect, " alone"));
      }
      if (column.references.empty() || !both_known) continue;
      if (twin.references.empty()) {
        report(table, column.span, subject,
               cat("the column ", subject, " refers to ", column.references, " in ", here_.dialect,
                   " alone"));
      }
    }
  }

  Context& ctx_;
  const Side& here_;
  const Side& there_;
};

void check(Context& ctx, const Project& project) {
  std::map<std::string_view, std::pair<Side, Side>> packages;
  for (const DrizzleConfig& config : project.drizzle_configs) {
    auto& [postgresql, sqlite] = packages[config.package];
    if (config.tables.empty()) continue;
    if (is_postgresql(config)) postgresql.add(config);
    if (is_sqlite(config)) sqlite.add(config);
  }
  for (auto& [package, sides] : packages) {
    auto& [postgresql, sqlite] = sides;
    postgresql.dialect = "PostgreSQL";
    sqlite.dialect = "SQLite";
    if (postgresql.read && sqlite.read) {
      Comparison(ctx, postgresql, sqlite).run();
      Comparison(ctx, sqlite, postgresql).run();
    }
    if (postgresql.tells_all() && sqlite.tells_all()) continue;
    // What the sources compute, the migrations spell. Tables that only one history has are
    // dual-dialect-unmigrated's.
    Side migrated_postgresql, migrated_sqlite;
    for (const History& history : project.histories) {
      if (history.package != package || history.tool != Tool::drizzle || !history.migrated)
        continue;
      if (history.dialect == Dialect::sqlite)
        migrated_sqlite.add(*history.migrated);
      else
        migrated_postgresql.add(*history.migrated);
    }
    migrated_postgresql.dialect = "PostgreSQL";
    migrated_sqlite.dialect = "SQLite";
    if (!migrated_postgresql.read || !migrated_sqlite.read) continue;
    Comparison(ctx, migrated_postgresql, migrated_sqlite).run_columns(postgresql, sqlite);
    Comparison(ctx, migrated_sqlite, migrated_postgresql).run_columns(sqlite, postgresql);
  }
}

constexpr std::string_view pg_config =
    "export default { dialect: 'postgresql', schema: './src/pg.ts', out: './pg' };\n";
constexpr std::string_view sqlite_config =
    "export default { dialect: 'sqlite', schema: './src/lite.ts', out: './lite' };\n";
constexpr std::string_view pg_schema =
    "import { pgTable, text, uuid } from 'drizzle-orm/pg-core';\n"
    "export const users = pgTable('users', {\n  id: uuid('id').primaryKey(),\n"
    "  name: text('name').notNull(),\n});\n";
constexpr std::string_view lite_schema =
    "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
    "export const users = sqliteTable('users', {\n  id: text('id').primaryKey(),\n"
    "  name: text('name').notNull(),\n});\n";
constexpr ExampleFile one_table_more[] = {
    {"drizzle.config.ts", pg_config},
    {"drizzle.sqlite.config.ts", sqlite_config},
    {"src/pg.ts", pg_schema},
    {"src/lite.ts",
     "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
     "export const users = sqliteTable('users', {\n  id: text('id').primaryKey(),\n"
     "  name: text('name').notNull(),\n});\n"
     "export const outbox = sqliteTable('outbox', { id: text('id') });\n"}};
constexpr ExampleFile nullable[] = {
    {"drizzle.config.ts", pg_config},
    {"drizzle.sqlite.config.ts", sqlite_config},
    {"src/pg.ts", pg_schema},
    {"src/lite.ts",
     "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
     "export const users = sqliteTable('users', {\n  id: text('id').primaryKey(),\n"
     "  name: text('name'),\n});\n"}};
constexpr ExampleFile equal[] = {{"drizzle.config.ts", pg_config},
                                 {"drizzle.sqlite.config.ts", sqlite_config},
                                 {"src/pg.ts", pg_schema},
                                 {"src/lite.ts", lite_schema}};
// A spread that cannot be followed may hold anything.
constexpr ExampleFile computed[] = {
    {"drizzle.config.ts", pg_config},
    {"drizzle.sqlite.config.ts", sqlite_config},
    {"src/pg.ts", pg_schema},
    {"src/lite.ts",
     "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
     "import { columns } from '@acme/columns';\n"
     "export const users = sqliteTable('users', { id: text('id').primaryKey(), ...columns() "
     "});\n"}};
// Names that come from elsewhere: the migrations spell them.
constexpr std::string_view pg_computed =
    "import { pgTable, text } from 'drizzle-orm/pg-core';\nimport { names } from '@acme/names';\n"
    "export const users = pgTable(names.users, { id: text('id').primaryKey() });\n";
constexpr std::string_view lite_computed =
    "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
    "import { names } from '@acme/names';\n"
    "export const users = sqliteTable(names.users, { id: text('id').primaryKey() });\n";
constexpr std::string_view pg_journal =
    R"({"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1704067200000,"tag":"0000_init","breakpoints":true}]})";
constexpr std::string_view lite_journal =
    R"({"version":"6","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1704067200000,"tag":"0000_init","breakpoints":true}]})";
constexpr std::string_view pg_sql =
    "CREATE TABLE \"users\" (\"id\" text PRIMARY KEY NOT NULL, \"name\" text NOT NULL);\n";
constexpr ExampleFile computed_names[] = {
    {"drizzle.config.ts", pg_config},
    {"drizzle.sqlite.config.ts", sqlite_config},
    {"src/pg.ts", pg_computed},
    {"src/lite.ts", lite_computed},
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", pg_sql},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql", "CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);\n"}};
constexpr ExampleFile computed_alike[] = {
    {"drizzle.config.ts", pg_config},
    {"drizzle.sqlite.config.ts", sqlite_config},
    {"src/pg.ts", pg_computed},
    {"src/lite.ts", lite_computed},
    {"pg/meta/_journal.json", pg_journal},
    {"pg/0000_init.sql", pg_sql},
    {"lite/meta/_journal.json", lite_journal},
    {"lite/0000_init.sql",
     "CREATE TABLE `users` (`id` text PRIMARY KEY NOT NULL);\n--> statement-breakpoint\n"
     "ALTER TABLE `users` ADD `name` text NOT NULL DEFAULT '';\n"}};
constexpr Example bad[] = {
    {.files = one_table_more}, {.files = nullable}, {.files = computed_names}};
constexpr Example good[] = {{.files = equal},
                            {.files = computed},
                            {.files = computed_alike},
                            {.files = one_table_more, .options = R"({"allow": ["outbox"]})"}};

constexpr Option options[] = {
    {"allow", OptionKind::texts,
     "tables and columns (\"outbox\", \"users.name\") that only one side is to have (default: "
     "none)"}};

}  // namespace

extern constexpr Rule dual_dialect_drift{
    .severity = Severity::warning,
    .summary = "A PostgreSQL and an SQLite schema kept side by side differ",
    .why =
        "A package with a Drizzle configuration for each dialect keeps two schemas that must say "
        "the same. Tables, columns, NOT NULL and foreign keys that only one of them has are "
        "reported where they stand; types are not compared, since the dialects have none in "
        "common, nor are indexes. Where the sources compute names, both histories are replayed, "
        "SQLite's by SQLite itself, and the tables that both have are compared.",
    .instead = "Change both schema files in the same commit, and generate both migrations.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
