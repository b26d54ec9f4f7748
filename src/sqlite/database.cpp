// The limits of the database, and what it is allowed to do: https://sqlite.org/security.html
#include <sqlite/database.hpp>

#include <algorithm>
#include <array>

namespace migguard::sqlite {
namespace {

constexpr int steps_between_looks = 1000;
constexpr int most_looks = 10'000;
constexpr sqlite3_int64 most_memory = 64 << 20;
constexpr int longest_statement = 1 << 20;

// Functions that compute a value of their arguments and touch nothing else. SQLite's own ALTER
// TABLE is made of those that begin with sqlite_.
bool is_harmless(std::string_view function) {
  constexpr auto names = std::to_array<std::string_view>({"abs",
                                                          "avg",
                                                          "changes",
                                                          "char",
                                                          "coalesce",
                                                          "count",
                                                          "current_date",
                                                          "current_time",
                                                          "current_timestamp",
                                                          "date",
                                                          "datetime",
                                                          "format",
                                                          "glob",
                                                          "group_concat",
                                                          "hex",
                                                          "ifnull",
                                                          "iif",
                                                          "instr",
                                                          "json",
                                                          "json_array",
                                                          "json_array_length",
                                                          "json_extract",
                                                          "json_group_array",
                                                          "json_group_object",
                                                          "json_insert",
                                                          "json_object",
                                                          "json_patch",
                                                          "json_quote",
                                                          "json_remove",
                                                          "json_replace",
                                                          "json_set",
                                                          "json_type",
                                                          "json_valid",
                                                          "julianday",
                                                          "last_insert_rowid",
                                                          "length",
                                                          "like",
                                                          "likelihood",
                                                          "likely",
                                                          "lower",
                                                          "ltrim",
                                                          "max",
                                                          "min",
                                                          "nullif",
                                                          "printf",
                                                          "quote",
                                                          "random",
                                                          "replace",
                                                          "round",
                                                          "row_number",
                                                          "rtrim",
                                                          "sign",
                                                          "strftime",
                                                          "substr",
                                                          "substring",
                                                          "sum",
                                                          "time",
                                                          "total",
                                                          "total_changes",
                                                          "trim",
                                                          "typeof",
                                                          "unicode",
                                                          "unixepoch",
                                                          "unlikely",
                                                          "upper"});
  static_assert(std::is_sorted(names.begin(), names.end()));
  return std::binary_search(names.begin(), names.end(), function) ||
         function.starts_with("sqlite_rename") || function.starts_with("sqlite_drop_column") ||
         function.starts_with("randomblob");
}

std::string text(const char* value) { return value ? value : ""; }

std::string text_of(sqlite3_stmt* row, int column) {
  return text(reinterpret_cast<const char*>(sqlite3_column_text(row, column)));
}

bool is_own(std::string_view table) { return table.starts_with("sqlite_"); }

}  // namespace

Database::Database() {
  sqlite3_hard_heap_limit64(most_memory);
  sqlite3* database = nullptr;
  const int opened =
      sqlite3_open_v2(":memory:", &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, nullptr);
  database_.reset(database);
  if (opened != SQLITE_OK) database_.reset();
  if (!database_) return;
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest_statement);
  sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, longest_statement);
  sqlite3_limit(database, SQLITE_LIMIT_TRIGGER_DEPTH, 10);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_set_authorizer(database, &Database::authorize, this);
  sqlite3_progress_handler(database, steps_between_looks, &Database::look, this);
}

int Database::look(void* self) {
  Database& database = *static_cast<Database*>(self);
  if (++database.looks_ > most_looks) database.exhausted_ = true;
  return database.exhausted_ ? 1 : 0;
}

int Database::authorize(void* self, int action, const char* first, const char* second,
                        const char* third, const char* trigger) {
  Doings* doings = static_cast<Database*>(self)->doings_;
  if (!doings) return SQLITE_OK;  // the questions of this room
  const bool by_trigger = trigger != nullptr;
  switch (action) {
    case SQLITE_PRAGMA:
      return SQLITE_IGNORE;  // PRAGMA foreign_keys=OFF stands before every table made anew
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return SQLITE_IGNORE;  // the migration tools have a transaction open, which scripts count on
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_VTABLE:
      doings->denied = true;
      return SQLITE_DENY;
    case SQLITE_FUNCTION:
      if (second && is_harmless(second)) return SQLITE_OK;
      doings->denied = true;
      return SQLITE_DENY;
    case SQLITE_CREATE_TABLE:
      doings->creates.push_back(text(first));
      return SQLITE_OK;
    case SQLITE_DROP_TABLE:
      doings->drops.push_back(text(first));
      return SQLITE_OK;
    case SQLITE_ALTER_TABLE:
      // The third argument is the column of DROP COLUMN (sqlite3AlterDropColumn), else nothing.
      if (third)
        doings->drops_columns.emplace_back(text(second), third);
      else
        doings->renames = true;
      return SQLITE_OK;
    case SQLITE_DELETE:
      if (!by_trigger && !is_own(text(first))) doings->deletes_from.insert(text(first));
      return SQLITE_OK;
    case SQLITE_INSERT:
      if (!is_own(text(first))) doings->inserts_into.insert(text(first));
      return SQLITE_OK;
    case SQLITE_UPDATE:
      if (!by_trigger && !is_own(text(first))) doings->updates.insert(text(first));
      return SQLITE_OK;
    case SQLITE_READ:
      if (!by_trigger && !is_own(text(first))) doings->reads.emplace(text(first), text(second));
      return SQLITE_OK;
    default:
      return SQLITE_OK;
  }
}

Database::Prepared Database::prepare(const char* sql) {
  Prepared out;
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  doings_ = &out.doings;
  const int read = sqlite3_prepare_v2(database_.get(), sql, -1, &statement, &rest);
  doings_ = nullptr;
  out.statement.reset(statement);
  if (read == SQLITE_NOMEM) exhausted_ = true;
  if (read != SQLITE_OK) {
    out.error = sqlite3_errmsg(database_.get());
    return out;
  }
  out.size = static_cast<std::size_t>(rest - sql);
  return out;
}

std::string Database::run(Prepared& prepared) {
  if (!prepared.statement) return {};
  Doings ignored;  // ALTER TABLE prepares statements of its own
  doings_ = &ignored;
  int step = SQLITE_ROW;
  while (step == SQLITE_ROW) step = sqlite3_step(prepared.statement.get());
  doings_ = nullptr;
  if (step == SQLITE_DONE) return {};
  if (step == SQLITE_NOMEM || step == SQLITE_INTERRUPT) exhausted_ = true;
  prepared.doings.denied |= ignored.denied;
  return sqlite3_errmsg(database_.get());
}

template <class Take>
void Database::query(const char* sql, const std::string& argument, Take take) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) return;
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared,
                                                                        &sqlite3_finalize);
  if (!argument.empty()) {
    sqlite3_bind_text(prepared, 1, argument.c_str(), static_cast<int>(argument.size()),
                      SQLITE_TRANSIENT);
  }
  while (sqlite3_step(prepared) == SQLITE_ROW) take(prepared);
}

std::vector<std::string> Database::tables() {
  std::vector<std::string> names;
  query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' ORDER BY name",
      {}, [&](sqlite3_stmt* row) { names.push_back(text_of(row, 0)); });
  return names;
}

std::vector<Column> Database::columns(const std::string& table) {
  std::vector<Column> out;
  query("SELECT name, \"notnull\", pk FROM pragma_table_info(?)", table, [&](sqlite3_stmt* row) {
    const bool key = sqlite3_column_int(row, 2) != 0;
    out.push_back({text_of(row, 0), sqlite3_column_int(row, 1) != 0 || key, {}});
  });
  query("SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?)", table,
        [&](sqlite3_stmt* row) {
          for (Column& column : out) {
            if (column.name == text_of(row, 0)) column.references = text_of(row, 1);
          }
        });
  return out;
}

}  // namespace migguard::sqlite
