#include <database/scan.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <cstring>

namespace migguard::database {
namespace {

constexpr std::uint64_t sampled_rows = 100'000;
constexpr std::uint64_t sampled_pages = 20'000;  // 160 MB
constexpr int seconds_for_a_table = 4 * 3600;

// ---- COPY BINARY -------------------------------------------------------------------------------

// Takes rows apart ("Binary Format" in PostgreSQL's documentation of COPY). Nothing is escaped in
// it, neither there nor here.
class BinaryRows {
 public:
  // The values of a row, null where NULL, good until the next piece. Called for each row.
  using TakeRow = std::function<void(const std::vector<std::optional<std::string_view>>&)>;

  explicit BinaryRows(TakeRow take_row) : take_row_(std::move(take_row)) {}

  // A message of COPY's: whole rows, the first behind a header. False where it is no such thing.
  bool take(std::string_view piece) {
    if (!begun_) {
      constexpr std::size_t fixed = 19;  // signature, flags, length of what else there is
      if (piece.size() < fixed || piece.substr(0, 6) != "PGCOPY") return false;
      const std::size_t extension = number(piece.substr(15), 4);
      if (piece.size() < fixed + extension) return false;
      piece.remove_prefix(fixed + extension);
      begun_ = true;
    }
    while (!piece.empty()) {
      if (piece.size() < 2) return false;
      const std::size_t count = number(piece, 2);
      piece.remove_prefix(2);
      if (count == 0xFFFF) return true;  // the end
      values_.assign(count, std::nullopt);
      for (auto& value : values_) {
        if (piece.size() < 4) return false;
        const std::size_t length = number(piece, 4);
        piece.remove_prefix(4);
        if (length == 0xFFFFFFFF) continue;
        if (piece.size() < length) return false;
        value = piece.substr(0, length);
        piece.remove_prefix(length);
      }
      take_row_(values_);
    }
    return true;
  }

 private:
  static std::size_t number(std::string_view bytes, std::size_t size) {
    std::size_t value = 0;
    for (const char each : bytes.substr(0, size)) value = value << 8U | (each & 0xFFU);
    return value;
  }

  TakeRow take_row_;
  bool begun_ = false;
  std::vector<std::optional<std::string_view>> values_;
};

// ---- One table ---------------------------------------------------------------------------------

double percent_of(const JsonTable& table, bool full) {
  if (full) return 100;
  double percent = 100;
  if (table.rows > 2 * sampled_rows)
    percent = std::min(percent, 100.0 * sampled_rows / static_cast<double>(table.rows));
  if (table.pages > 2 * sampled_pages)
    percent = std::min(percent, 100.0 * sampled_pages / static_cast<double>(table.pages));
  return percent;
}

// What a query reads from: the table, or a sample of its pages. The same pages each time, so that
// two runs say the same.
std::string source_of(const JsonTable& table, double percent) {
  if (percent >= 100) return table.sql;
  const auto thousandths = static_cast<std::uint64_t>(percent * 1000);
  return cat(table.sql, " TABLESAMPLE SYSTEM (", std::max<std::uint64_t>(thousandths, 1),
             "::real / 1000) REPEATABLE (0)");
}

std::vector<jsonb::ScannedColumn> empty_columns(const JsonTable& table, double percent) {
  std::vector<jsonb::ScannedColumn> columns;
  for (const std::string& each : table.columns) {
    jsonb::ScannedColumn& column = columns.emplace_back();
    column.column = cat(table.name, '.', each);
    column.percent = percent;
  }
  return columns;
}

Result<std::vector<jsonb::ScannedColumn>> stream(Connection& connection, const JsonTable& table,
                                                 const jsonb::ScanSettings& settings,
                                                 const jsonb::ScanEvents& events) {
  const double percent = percent_of(table, settings.full);
  auto columns = empty_columns(table, percent);
  std::vector<std::unique_ptr<jsonb::KeyCounts>> counts;
  std::string list;
  for (std::size_t index = 0; index < columns.size(); ++index) {
    jsonb::WalkSettings walk;
    walk.column = columns[index].column;
    walk.jsonb = &settings.jsonb;
    walk.least = jsonb::Level::low;
    counts.push_back(std::make_unique<jsonb::KeyCounts>(std::move(walk)));
    list += cat(list.empty() ? "" : ", ", quote_identifier(table.columns[index]));
  }

  jsonb::ScanProgress progress{table.name, 0, 0, 0};
  progress.expected = static_cast<std::uint64_t>(static_cast<double>(table.rows) * percent / 100.0);
  std::uint64_t told = 0;
  BinaryRows rows([&](const auto& values) {
    ++progress.rows;
    for (std::size_t index = 0; index < values.size() && index < columns.size(); ++index) {
      if (!values[index]) continue;
      std::string_view document = *values[index];
      progress.bytes += document.size();
      // jsonb has the version of its format in front (jsonb_send in
      // src/backend/utils/adt/jsonb.c); json is text alone, which never begins with it.
      if (!document.empty() && document.front() == '\x01') document.remove_prefix(1);
      counts[index]->add(document);
    }
  });
  bool sound = true;
  auto error = connection.copy(cat("COPY (SELECT ", list, " FROM ", source_of(table, percent),
                                   ") TO STDOUT (FORMAT binary)"),
                               [&](std::string_view piece) {
                                 sound = rows.take(piece);
                                 constexpr std::uint64_t step = std::uint64_t{1} << 20;
                                 if (progress.bytes - told >= step && events.progress) {
                                   told = progress.bytes;
                                   events.progress(progress);
                                 }
                                 return sound;
                               });
  if (error) return *std::move(error);
  if (!sound)
    return Error{
        cat("what ", connection.shown(), " sends of ", table.name, " is not COPY's binary format")};

  for (std::size_t index = 0; index < columns.size(); ++index) {
    jsonb::ScannedColumn& column = columns[index];
    column.rows = progress.rows;
    column.documents = counts[index]->documents();
    column.documents_with_money = counts[index]->documents_with_money();
    counts[index]->each([&](const std::string& path, const jsonb::KeyCount& count) {
      column.keys.push_back({path, count});
    });
  }
  return columns;
}

JsonValueKind kind_of(std::string_view name) {
  constexpr std::pair<std::string_view, JsonValueKind> kinds[] = {
      {"string", JsonValueKind::text},     {"number", JsonValueKind::number},
      {"boolean", JsonValueKind::boolean}, {"null", JsonValueKind::null},
      {"object", JsonValueKind::object},   {"array", JsonValueKind::array}};
  for (const auto& [each, kind] : kinds) {
    if (each == name) return kind;
  }
  return JsonValueKind::unknown;
}

// One aggregate per column: every object at any depth is taken apart into keys and values, which
// are grouped by key, kind, and whether a text reads as a number or an amount. All of it may run in
// parallel workers, and in a Citus shard: the functions are immutable and the aggregates can be
// combined. Digits are masked before they leave the server, and letters unless they may be the
// currency of an amount.
std::string aggregate_of(const JsonTable& table, const std::string& column, double percent) {
  const std::string name = quote_identifier(column);
  constexpr std::string_view amount =
      "'^[^[:alnum:]]{0,3}([A-Z]{3} ?)?[0-9][0-9.,]*( ?[A-Z]{3})?[^[:alnum:]]{0,3}$'";
  return cat(
      "SELECT k.pair ->> 'key', jsonb_typeof(k.pair -> 'value'), count(*), v.text ~ ", amount,
      ", min(regexp_replace(CASE WHEN v.text ~ ", amount,
      " OR v.text ~ '^[A-Z]{3}$' THEN v.text ELSE regexp_replace(v.text, '[[:alpha:]]', 'X', 'g') "
      "END, '[0-9]', '9', 'g')) FROM ",
      source_of(table, percent), " CROSS JOIN LATERAL jsonb_path_query(", name,
      "::jsonb, 'strict $.** ? (@.type() == \"object\").keyvalue()') AS k(pair)"
      " CROSS JOIN LATERAL (SELECT CASE WHEN jsonb_typeof(k.pair -> 'value') IN ('string', "
      "'number') THEN left(k.pair ->> 'value', 40) END) AS v(text) WHERE ",
      name, " IS NOT NULL GROUP BY 1, 2, 4");
}

Result<std::vector<jsonb::ScannedColumn>> aggregate(Connection& connection, const JsonTable& table,
                                                    const jsonb::ScanSettings& settings,
                                                    const jsonb::ScanEvents& events) {
  const double percent = percent_of(table, settings.full);
  auto columns = empty_columns(table, percent);
  if (events.progress) events.progress({table.name, 0, table.rows, 0});
  for (std::size_t index = 0; index < columns.size(); ++index) {
    jsonb::ScannedColumn& column = columns[index];
    const std::string name = quote_identifier(table.columns[index]);
    const auto size = connection.query(
        cat("SELECT count(*), count(", name, ") FROM ", source_of(table, percent)));
    if (!size) return size.error();
    column.rows = static_cast<std::uint64_t>(size->number(0, 0));
    column.documents = static_cast<std::uint64_t>(size->number(0, 1));
    const auto keys = connection.query(aggregate_of(table, table.columns[index], percent));
    if (!keys) return keys.error();
    for (std::size_t row = 0; row < keys->rows.size(); ++row) {
      jsonb::add(column,
                 {keys->text(row, 0), kind_of(keys->text(row, 1)),
                  static_cast<std::uint64_t>(keys->number(row, 2)), keys->text(row, 4)},
                 settings.jsonb);
    }
    std::sort(column.keys.begin(), column.keys.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
  }
  return columns;
}

}  // namespace

Result<std::vector<JsonTable>> json_tables(Connection& connection,
                                           const jsonb::ScanSettings& settings) {
  const auto rows = connection.query(
      "SELECT n.nspname, c.relname, c.relkind, a.attname,"
      " CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(l.reltuples, 0)) FROM"
      " pg_partition_tree(c.oid) p JOIN pg_class l ON l.oid = p.relid)::bigint"
      " ELSE greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint END,"
      // pg_relation_size would wait for whoever has locked the table.
      " CASE WHEN c.relkind = 'p' THEN (SELECT sum(l.relpages) FROM pg_partition_tree(c.oid) p"
      " JOIN pg_class l ON l.oid = p.relid)::bigint ELSE c.relpages END,"
      " has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
      " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
      " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid"
      " LEFT JOIN pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'"
      " WHERE a.attnum > 0 AND NOT a.attisdropped AND coalesce(b.oid, t.oid) IN"
      " ('json'::regtype, 'jsonb'::regtype) AND c.relkind IN ('r', 'p', 'm')"
      " AND NOT c.relispartition AND n.nspname <> 'information_schema'"
      " AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid ="
      " 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"
      " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\", a.attnum");
  if (!rows) return rows.error();
  std::vector<JsonTable> tables;
  for (std::size_t row = 0; row < rows->rows.size(); ++row) {
    const std::string& schema = rows->text(row, 0);
    const std::string name =
        schema == "public" ? rows->text(row, 1) : cat(schema, '.', rows->text(row, 1));
    const std::string& column = rows->text(row, 3);
    const jsonb::ColumnTier tier = jsonb::column_tier(name, column, settings.jsonb);
    const bool wanted = settings.columns.empty()
                            ? tier == jsonb::ColumnTier::guarded || tier == jsonb::ColumnTier::lower
                            : glob_match(settings.columns, cat(name, '.', column)) ||
                                  glob_match(settings.columns, column);
    if (!wanted) continue;
    if (tables.empty() || tables.back().name != name) {
      JsonTable& table = tables.emplace_back();
      table.name = name;
      // A parent by inheritance is read without its children, which are listed themselves.
      table.sql = cat(rows->text(row, 2) == "r" ? "ONLY " : "", quote_identifier(schema), '.',
                      quote_identifier(rows->text(row, 1)));
      table.rows = static_cast<std::uint64_t>(rows->number(row, 4));
      table.pages = static_cast<std::uint64_t>(rows->number(row, 5));
    }
    tables.back().columns.push_back(column);
    if (!rows->is_true(row, 6)) tables.back().forbidden = column;
  }
  return tables;
}

std::optional<Error> scan(const Address& address, const jsonb::ScanSettings& settings,
                          const jsonb::ScanEvents& events) {
  std::vector<JsonTable> tables;
  std::string user;
  {
    auto first = Connection::open(address);
    if (!first) return first.error();
    auto found = json_tables(*first, settings);
    if (!found) return found.error();
    tables = *std::move(found);
    const auto name = first->query("SELECT quote_ident(current_user)");
    if (!name) return name.error();
    user = name->text(0, 0);
  }
  if (events.begin) {
    if (auto error = events.begin(address.shown())) return error;
  }
  for (const JsonTable& each : tables) {
    if (each.forbidden.empty() || !events.forbidden) continue;
    events.forbidden(
        {cat("the column ", each.name, '.', each.forbidden, " may not be read in ", address.shown(),
             "; its owner allows it: GRANT SELECT ON ",
             each.sql.starts_with("ONLY ") ? each.sql.substr(5) : each.sql, " TO ", user, ";")});
  }

  Limits limits;
  limits.statement_seconds = seconds_for_a_table;
  for (const JsonTable& each : tables) {
    if (!each.forbidden.empty() || (events.wanted && !events.wanted(each.name))) continue;
    // One transaction a table: a snapshot that is held for hours keeps vacuum from cleaning up.
    auto connection = Connection::open(address, limits);
    if (!connection) return connection.error();
    // A policy that hides rows is an error here, or the answer would be about a part of them.
    const auto whole = connection->query("SELECT set_config('row_security', 'off', true)");
    if (!whole) return whole.error();
    const std::string relation = each.sql.starts_with("ONLY ") ? each.sql.substr(5) : each.sql;
    const auto hidden = connection->query(
        cat("SELECT row_security_active(", quote_literal(relation), "::regclass)"));
    if (!hidden) return hidden.error();
    if (hidden->is_true(0, 0) && events.forbidden) {
      events.forbidden({cat("row-level security hides rows of ", each.name, " from ", user, " in ",
                            address.shown(), ": ask as its owner, or as a role with BYPASSRLS")});
      continue;
    }
    auto columns = settings.in_database ? aggregate(*connection, each, settings, events)
                                        : stream(*connection, each, settings, events);
    if (!columns) return columns.error();
    if (auto error = events.read(each.name, *std::move(columns))) return error;
  }
  return std::nullopt;
}

}  // namespace migguard::database
