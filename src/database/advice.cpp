#include <database/advice.hpp>
#include <migguard/history.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::database {
namespace {

// The first name in double quotes: what most messages speak of.
std::string in_quotes(std::string_view text) {
  const std::size_t open = text.find('"');
  const std::size_t close = text.find('"', open + 1);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, close - open - 1));
}

bool mentions(const Refusal& refusal, std::string_view word) {
  return contains_ignoring_case(refusal.message.text, word) ||
         contains_ignoring_case(refusal.message.detail, word);
}

// Schemas and roles that Supabase's database has before the first migration.
bool is_platforms(std::string_view name) {
  constexpr std::array names{"auth",          "storage",      "extensions",    "realtime", "vault",
                             "graphql",       "cron",         "net",           "pgsodium", "anon",
                             "authenticated", "service_role", "supabase_admin"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string own_transaction(Tool tool) {
  switch (tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return "Drizzle runs all pending migrations in one transaction: run this statement by hand "
             "(psql) and let the migration only say IF NOT EXISTS";
    case Tool::prisma:
    case Tool::golang_migrate:
      return "put the statement into a migration of its own, with nothing else in it";
    case Tool::flyway:
      return "put the statement into a migration of its own, with a file beside it, named like it "
             "and .conf, that says: executeInTransaction=false";
    case Tool::goose:
      return "put it into a migration of its own with -- +goose NO TRANSACTION at its top";
    case Tool::dbmate:
      return "put it into a migration of its own that begins with -- migrate:up transaction:false";
    case Tool::sqlx:
      return "put it into a migration of its own whose first line is -- no-transaction";
    case Tool::atlas:
      return "put it into a migration of its own with -- atlas:txmode none at its top";
    case Tool::sql_migrate:
      return "put it into a migration of its own that begins with -- +migrate Up notransaction";
    case Tool::diesel:
      return "put it into a migration of its own with a metadata.toml that says: "
             "run_in_transaction "
             "= false";
    case Tool::node_pg_migrate:
      return "put it into a migration in JavaScript that calls pgm.noTransaction()";
    default:
      return "run it outside of a transaction block";
  }
}

std::string about_missing(const History& history, const Refusal& refusal, bool temporary) {
  const std::string name = in_quotes(refusal.message.text);
  const std::string first = name.substr(0, name.find('.'));
  if (refusal.message.sqlstate == "42704" && refusal.message.text.starts_with("role ")) {
    return cat(
        "a role belongs to the server and not to the history: make it in the file of "
        "`--data`:\nCREATE ROLE ",
        quote_identifier(name), ";");
  }
  if (!history.code.empty()) {
    return cat(
        "where a migration in code makes it (", base_name(history.code.front()->path),
        history.code.size() > 1 ? " ..." : "",
        "), which verify does not run: make it in the file of `--data`, behind the migration "
        "before it");
  }
  if (history.tool == Tool::supabase || is_platforms(first)) {
    return "the platform makes this before the first migration: make what the history needs of it "
           "in the file of `--data`, which runs first";
  }
  if (!history.complete) {
    return "the history does not make this: it began with a database that was there. Make it in "
           "the file of `--data`, which runs first";
  }
  if (refusal.message.sqlstate == "42704" && refusal.message.text.starts_with("type ") && temporary)
    return "make the type before it is used; where an extension has it: CREATE EXTENSION";
  return "make it in an earlier migration, or correct the name";
}

}  // namespace

std::string state_after(const History& history, const Migration& migration) {
  const std::string id = shell_word(migration.id);
  switch (history.tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return "Drizzle takes back every migration of this run, and says little about why";
    case Tool::prisma:
      return cat(
          "Prisma marks the migration as failed and applies nothing more until `prisma "
          "migrate resolve --rolled-back ",
          id, "`");
    case Tool::golang_migrate:
      return "golang-migrate marks the version as dirty and applies nothing more until `migrate "
             "force`";
    default:
      break;
  }
  switch (migration.transaction) {
    case TransactionMode::autocommit:
      return "the statements before it in the file stay, so the file cannot simply be run again";
    case TransactionMode::per_file:
    case TransactionMode::simple_query:
      return "what the file did before it is taken back, and the migrations behind it wait";
    default:
      return {};
  }
}

std::string advice(const History& history, const Refusal& refusal, bool temporary) {
  const std::string& state = refusal.message.sqlstate;
  if (refusal.by_record)
    return cat("give the migration a version of its own: ", display_name(history.tool),
               " notes each only once");
  if (mentions(refusal, "is not available") && mentions(refusal, "extension")) {
    return cat(
        "install the extension for this server, or verify on one that has it:\nmigguard "
        "verify ",
        shell_word(history.folder), " --database-url URL_OF_AN_EMPTY_DATABASE");
  }
  if (state == "25001") return own_transaction(history.tool);
  if (state == "55P04") {
    return "a new label can be used once its transaction is committed: put what uses it into a "
           "migration that is deployed later, and verify that with `--from`, as a database that "
           "has the label will run it";
  }
  if (state == "42501" && temporary) {
    return "the role that runs migrations here is no superuser, on purpose; where the history "
           "needs "
           "one, verify on a server of your own with `--database-url`";
  }
  if (state == "42501") {
    return "let a role run the history that may do this, or leave `--database-url` out: in a "
           "server of its own verify has a role that may make roles and databases";
  }
  if (state == "42P01" || state == "42704" || state == "3F000" || state == "42883" ||
      state == "42703") {
    return about_missing(history, refusal, temporary);
  }
  if (state == "42P07" || state == "42710" || state == "42701" || state == "42P06" ||
      state == "42723") {
    return "take the statement out, or write IF NOT EXISTS where the object may be there: an "
           "earlier statement has made it";
  }
  if (state.starts_with("23")) {
    return "mend the rows in a statement before, for example with UPDATE";
  }
  if (state == "2BP01") return "drop or change first what depends on it; the details name it";
  if (state == "42601" && refusal.parsed) {
    return "a newer PostgreSQL knows this syntax: verify on the version that runs it (`pgVersion` "
           "and `--server-bin` choose an installed one)";
  }
  if (state == "42601") return "correct the statement; psql shows the same message";
  if (refusal.lost) return "look into the server's log: it ended the connection";
  if (refusal.sql.empty() && !refusal.at_commit) return "correct the file";
  return "correct the statement, and verify again";
}

}  // namespace migguard::database
