// What a live database holds beside the projects of examples.hpp, and what rules about it share.
#pragma once

#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "history/drizzle/examples_v1.hpp"

namespace migguard::rules {

// Drizzle's table beside a journal that can be read; null where either is not there.
inline const AppliedTable* drizzle_table(const Context& ctx, const History& history) {
  const AppliedTable* table =
      readable_journal(history) ? applied_table(ctx.project().database, history) : nullptr;
  return table && lineage(table->tool) == Tool::drizzle ? table : nullptr;
}

// The mark that Drizzle compares with: the greatest `created_at`; none in an empty table.
inline std::optional<std::int64_t> drizzle_mark(const AppliedTable& table) {
  std::optional<std::int64_t> mark;
  for (const AppliedRow& row : table.rows) {
    if (row.created_at && (!mark || *row.created_at > *mark)) mark = row.created_at;
  }
  return mark;
}

// The table of Drizzle 1.0 beside its folders; null where either is not there.
inline const AppliedTable* drizzle_v1_table(const Context& ctx, const History& history) {
  const AppliedTable* table =
      history.drizzle_v1 ? applied_table(ctx.project().database, history) : nullptr;
  return table && table->tool == Tool::drizzle_v1 ? table : nullptr;
}

// Reports the files whose text is not the one that Drizzle noted when it ran them.
inline void report_edited_files(Context& ctx, const AppliedTable& table, std::string_view why) {
  const std::string& shown = ctx.project().database->shown;
  for (const AppliedRow& row : table.rows) {
    if (!row.migration) continue;
    const bool ends = row.verdict == ChecksumVerdict::line_endings;
    if (!ends && row.verdict != ChecksumVerdict::different) continue;
    Finding& finding =
        ctx.report(*row.migration->source, {},
                   ends ? cat(shown, " ran this file with other line ends")
                        : cat(shown, " ran another text of this file, and never runs this one"))
            .because(std::string(why))
            .try_(ends ? std::string(
                             "fix the line ends for good, in .gitattributes:\n*.sql text eol=lf")
                       : cat("bring back the text that was run, and put what changed into a new "
                             "migration:\ngit log --follow -- ",
                             shell_word(row.migration->source->path)))
            .with("table", table.name)
            .with("hash", row.checksum)
            .about(row.migration->id);
    if (ends) finding.as(Severity::note);
  }
}

inline const Migration* migration_of(const History& history, const SourceFile* source) {
  for (const Migration& each : history.migrations) {
    if (source && each.source == source) return &each;
  }
  return nullptr;
}

// The table of a history, where it is that tool's.
inline const AppliedTable* table_of(const Context& ctx, const History& history, Tool tool) {
  const AppliedTable* table = applied_table(ctx.project().database, history);
  return table && table->tool == tool ? table : nullptr;
}

// A file of the history that findings about no file of it stand at.
inline const SourceFile* place_of(const History& history) {
  if (history.drizzle && history.drizzle->source) return history.drizzle->source;
  if (history.prisma && history.prisma->lock) return history.prisma->lock;
  if (history.marker) return history.marker;
  return history.migrations.empty() ? nullptr : history.migrations.back().source;
}

// A text as SQL writes it.
inline std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char each : text) {
    if (each == '\'') out += '\'';
    out += each;
  }
  return out + '\'';
}

namespace examples {

// ---- Drizzle, beside drizzle_of_two and drizzle_of_three ---------------------------------------

inline constexpr std::string_view drizzle_has_one = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000}
]})";
inline constexpr std::string_view drizzle_has_two = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000},
  {"id": 2, "hash": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "created_at": 1735776000000}
]})";
// The first and the third.
inline constexpr std::string_view drizzle_has_a_gap = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1735689600000},
  {"id": 2, "hash": "91bfea2f3da6ceb477d56e947cf4ac04feb8cd5e442a39a4969478d5eed300b7", "created_at": 1735862400000}
]})";
inline constexpr std::string_view drizzle_has_edited = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "0000000000000000000000000000000000000000000000000000000000000000", "created_at": 1735689600000}
]})";
inline constexpr std::string_view drizzle_has_none =
    R"({"drizzle.__drizzle_migrations": [], "drizzle.__drizzle_migrations columns": ["id", "hash", "created_at"]})";

// ---- Drizzle 1.0, beside v1_of_two -------------------------------------------------------------

inline constexpr std::string_view v1_has_one = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1704067200000,
   "name": "20240101000000_users", "applied_at": "2024-01-01 00:00:00+00"}
]})";
inline constexpr std::string_view v1_has_two = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 1704067200000,
   "name": "20240101000000_users", "applied_at": "2024-01-01 00:00:00+00"},
  {"id": 2, "hash": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "created_at": 1704153600000,
   "name": "20240102000000_orders", "applied_at": "2024-01-02 00:00:00+00"}
]})";

// ---- Prisma, beside prisma_of_two --------------------------------------------------------------

inline constexpr std::string_view prisma_has_one = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1}
]})";
inline constexpr std::string_view prisma_has_two = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1},
  {"id": "b", "checksum": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "finished_at": "2024-01-02",
   "migration_name": "20240102000000_orders", "logs": null, "rolled_back_at": null, "started_at": "2024-01-02", "applied_steps_count": 1}
]})";
// The second failed.
inline constexpr std::string_view prisma_has_failed = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1},
  {"id": "b", "checksum": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "finished_at": null,
   "migration_name": "20240102000000_orders", "logs": "ERROR: relation \"orders\" already exists", "rolled_back_at": null, "started_at": "2024-01-02", "applied_steps_count": 0}
]})";
// The second failed and was rolled back.
inline constexpr std::string_view prisma_has_rolled_back = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1},
  {"id": "b", "checksum": "1111111111111111111111111111111111111111111111111111111111111111", "finished_at": null,
   "migration_name": "20240102000000_orders", "logs": "ERROR", "rolled_back_at": "2024-01-03", "started_at": "2024-01-02", "applied_steps_count": 0}
]})";
// Only the second.
inline constexpr std::string_view prisma_has_the_last = R"({"public._prisma_migrations": [
  {"id": "b", "checksum": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "finished_at": "2024-01-02",
   "migration_name": "20240102000000_orders", "logs": null, "rolled_back_at": null, "started_at": "2024-01-02", "applied_steps_count": 1}
]})";
inline constexpr std::string_view prisma_has_edited = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "0000000000000000000000000000000000000000000000000000000000000000", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1}
]})";
// The first, and one that no folder stands for.
inline constexpr std::string_view prisma_has_another = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1},
  {"id": "c", "checksum": "2222222222222222222222222222222222222222222222222222222222222222", "finished_at": "2024-01-03",
   "migration_name": "20240103000000_gone", "logs": null, "rolled_back_at": null, "started_at": "2024-01-03", "applied_steps_count": 1}
]})";
// All that the folders hold, and one more.
inline constexpr std::string_view prisma_has_more = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": "2024-01-01",
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 1},
  {"id": "b", "checksum": "fb3b85fc509f2a83daf8e8e481cd833e6ca8848b96fcaa714fa06eb08f167fd7", "finished_at": "2024-01-02",
   "migration_name": "20240102000000_orders", "logs": null, "rolled_back_at": null, "started_at": "2024-01-02", "applied_steps_count": 1},
  {"id": "c", "checksum": "2222222222222222222222222222222222222222222222222222222222222222", "finished_at": "2024-01-03",
   "migration_name": "20240103000000_gone", "logs": null, "rolled_back_at": null, "started_at": "2024-01-03", "applied_steps_count": 1}
]})";
// ---- goose, beside goose_of_two -----------------------------------------------------------------

inline constexpr ExampleFile goose_of_two[] = {
    {"migrations/00001_users.sql",
     "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY);\n-- +goose Down\nDROP TABLE "
     "users;\n"},
    {"migrations/00002_orders.sql",
     "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY);\n-- +goose Down\nDROP TABLE "
     "orders;\n"}};
inline constexpr std::string_view goose_has_one = R"({"public.goose_db_version": [
  {"id": 1, "version_id": 0, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 2, "version_id": 1, "is_applied": true, "tstamp": "2024-01-01"}]})";
inline constexpr std::string_view goose_has_two = R"({"public.goose_db_version": [
  {"id": 1, "version_id": 0, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 2, "version_id": 1, "is_applied": true, "tstamp": "2024-01-01"},
  {"id": 3, "version_id": 2, "is_applied": true, "tstamp": "2024-01-01"}]})";

// ---- sqlx --------------------------------------------------------------------------------------

inline constexpr ExampleFile sqlx_of_two[] = {{"Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n"},
                                              {"migrations/1_users.sql", users},
                                              {"migrations/2_orders.sql", orders}};

inline constexpr std::string_view tables_alone =
    "{}\n-- schema\nCREATE TABLE users (id bigint PRIMARY KEY);\n";

}  // namespace examples
}  // namespace migguard::rules
