#include <adopt/adoption.hpp>
#include <adopt/ddl.hpp>
#include <adopt/guard.hpp>
#include <migguard/history.hpp>
#include <repair/drizzle_snapshot.hpp>
#include <repair/journal_text.hpp>
#include <util/file_system.hpp>
#include <util/sha256.hpp>

#include <algorithm>

namespace migguard::adopt {
namespace {

constexpr std::string_view drizzle_tag = "0000_baseline";
constexpr std::string_view prisma_name = "0_init";

// The tables in which tools keep what they have applied: no migration makes them.
std::vector<std::string> tables_of_tools(const History& history, const RecordTable& record = {}) {
  std::vector<std::string> names{"__drizzle_migrations", "_prisma_migrations",
          "_sqlx_migrations",     "schema_migrations",
          "goose_db_version",     "flyway_schema_history",
          "pgmigrations",         "__diesel_schema_migrations",
          "gorp_migrations",      "atlas_schema_revisions",
          "knex_migrations",      "knex_migrations_lock"};
  for (const std::string& each : {history.record.name, record.name})
    if (!each.empty()) names.push_back(each);
  return names;
}

// Days of a civil date since 1970 (H. Hinnant, chrono-Compatible Low-Level Date Algorithms).
std::int64_t days_since_1970(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

// `20240131120000` in UTC; nothing where it is no date.
std::optional<std::int64_t> milliseconds(std::string_view digits) {
  if (digits.size() != 14 || digits.find_first_not_of("0123456789") != digits.npos) return {};
  const auto number = [&](std::size_t from, std::size_t length) {
    std::int64_t value = 0;
    for (const char each : digits.substr(from, length)) value = value * 10 + (each - '0');
    return value;
  };
  const std::int64_t month = number(4, 2), day = number(6, 2), hour = number(8, 2),
                     minute = number(10, 2), second = number(12, 2);
  if (number(0, 4) < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
      minute > 59 || second > 60)
    return {};
  return (((days_since_1970(number(0, 4), month, day) * 24 + hour) * 60 + minute) * 60 + second) *
         1000;
}

std::string hexadecimal(std::string_view text) {
  Sha256 sum;
  sum.add(text);
  return sum.hexadecimal();
}

// What stands between double quotes.
std::string doubled(std::string_view identifier) {
  std::string out;
  for (const char each : identifier) out.append(each == '"' ? 2 : 1, each);
  return out;
}

std::string script(const Baseline& baseline, std::string_view separator) {
  std::string out;
  for (const std::string& each : baseline.statements)
    out += cat(out.empty() ? "" : separator, each);
  return out + '\n';
}

}  // namespace

std::int64_t baseline_time(const History& history, std::int64_t now) {
  std::optional<std::int64_t> newest;
  for (const Migration& each : history.migrations) {
    if (!each.listed) continue;
    if (const auto time = milliseconds(each.number); time && (!newest || *time > *newest))
      newest = time;
  }
  return newest && *newest < now ? *newest : now;
}

Adoption to_drizzle(const Baseline& baseline, const History& history, const std::string& folder,
                    const std::string& marks, std::int64_t when, const RecordTable& record) {
  Adoption adoption;
  const std::string sql = script(baseline, "\n--> statement-breakpoint\n");
  adoption.files.push_back({join_path(folder, cat(drizzle_tag, ".sql")), std::nullopt, sql});
  adoption.files.push_back(
      {join_path(folder, "meta/_journal.json"), std::nullopt,
       repair::journal_text(nullptr, {{nullptr, std::string(drizzle_tag), when, 0}})});
  // The script has every definition under its name of today, which the history has not.
  repair::SnapshotText snapshot = repair::drizzle_snapshot(
      *baseline.schema_of_script, repair::Definitions(baseline.script->histories.front()),
      repair::snapshot_id(sql), repair::first_parent);
  adoption.files.push_back(
      {join_path(folder, "meta/0000_snapshot.json"), std::nullopt, std::move(snapshot.text)});
  adoption.left_out = std::move(snapshot.left_out);

  // As the migrator makes them and computes the hash (drizzle-orm's pg-core/dialect.ts and
  // migrator.ts).
  const std::string hash = hexadecimal(sql);
  const std::string schema = cat('"', doubled(record.schema), '"');
  const std::string table = cat(schema, ".\"", doubled(record.name), '"');
  adoption.files.push_back(
      {marks, std::nullopt,
       cat("-- Tells Drizzle that ", drizzle_tag,
           " is applied, on a database that the migrations in ", history.folder, " have made.\n",
           "-- Once for each such database, before the first `drizzle-kit migrate`:\n",
           "--   psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f ", shell_word(marks), "\n",
           "-- It stops, and changes nothing, where the schema is another one.\n\n", "BEGIN;\n\n",
           guard_block(*baseline.schema, tables_of_tools(history, record)),
           "\nCREATE SCHEMA IF NOT EXISTS ", schema, ";\nCREATE TABLE IF NOT EXISTS ", table,
           " (\n  id SERIAL PRIMARY KEY,\n  hash text NOT NULL,\n  created_at bigint\n);\n\n",
           "-- Drizzle skips what is not newer than the newest row: this one is for a table "
           "without "
           "any.\nDO $check$\nBEGIN\n  IF EXISTS (SELECT FROM ",
           table, " WHERE hash <> ", quote_literal(hash),
           ") THEN\n    RAISE EXCEPTION 'Drizzle has migrations of its own in this database: its "
           "history cannot begin with a baseline';\n  END IF;\nEND $check$;\nINSERT INTO ",
           table, " (hash, created_at)\nSELECT ", quote_literal(hash), ", ", when,
           "\nWHERE NOT EXISTS (SELECT FROM ", table, ");\n\nCOMMIT;\n")});
  adoption.existing = {cat("psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f ", shell_word(marks))};
  return adoption;
}

Adoption to_prisma(const Baseline& baseline, const History& history, const std::string& folder,
                   const std::string& marks) {
  Adoption adoption;
  adoption.files.push_back({join_path(folder, cat(prisma_name, "/migration.sql")), std::nullopt,
                            script(baseline, "\n\n")});
  adoption.files.push_back(
      {join_path(folder, "migration_lock.toml"), std::nullopt,
       "# Please do not edit this file manually\n# It should be added in your version-control "
       "system (e.g., Git)\nprovider = \"postgresql\"\n"});
  adoption.files.push_back(
      {marks, std::nullopt,
       cat("-- Looks whether a database has the schema that the migrations in ", history.folder,
           " make; changes nothing.\n",
           "-- Once for each database that is there, before `prisma migrate resolve --applied ",
           prisma_name, "`:\n--   psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f ", shell_word(marks),
           "\n\n", guard_block(*baseline.schema, tables_of_tools(history)))});
  adoption.existing = {cat("psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f ", shell_word(marks)),
                       cat("npx prisma migrate resolve --applied ", prisma_name)};
  return adoption;
}

}  // namespace migguard::adopt
