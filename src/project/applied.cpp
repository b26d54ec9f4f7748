#include <migguard/history.hpp>
#include <project/applied.hpp>
#include <project/tools/checksums.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace migguard::project {
namespace {

// drizzle-orm's pg-core/dialect.ts and up-migrations; prisma-engines' sql-schema-connector;
// Flyway's PostgreSQLDatabase.java; golang-migrate's postgres.go; goose's dialectquery; dbmate's
// postgres.go; sqlx-postgres' migrate.rs; Supabase's pkg/migration/history.go; node-pg-migrate's
// runner.
constexpr AppliedShape shapes[] = {
    {Tool::drizzle, "created_at,hash,id", "", "id"},
    {Tool::drizzle_v1, "applied_at,created_at,hash,id,name", "", "id"},
    {Tool::prisma,
     "applied_steps_count,checksum,finished_at,id,logs,migration_name,rolled_back_at,started_at",
     "", "started_at"},
    {Tool::golang_migrate, "dirty,version", "", "version"},
    {Tool::dbmate, "version", "migrations", "version"},
    {Tool::supabase, "name,statements,version", "", "version"},
    {Tool::supabase, "created_by,idempotency_key,name,rollback,statements,version", "", "version"},
    {Tool::supabase, "created_by,idempotency_key,name,statements,version", "", "version"},
    {Tool::supabase, "created_by,name,statements,version", "", "version"},
    {Tool::flyway,
     "checksum,description,execution_time,installed_by,installed_on,installed_rank,script,success,"
     "type,version",
     "", "installed_rank"},
    {Tool::goose, "id,is_applied,tstamp,version_id", "", "id"},
    {Tool::sqlx, "checksum,description,execution_time,installed_on,success,version", "", "version"},
    {Tool::node_pg_migrate, "id,name,run_on", "", "id"},
};

// ---- Reading ---------------------------------------------------------------------------------

// The values of one row by the names of their columns.
class Row {
 public:
  Row(const StoredTable& table, std::size_t index) : table_(table), values_(table.rows[index]) {}
  bool has(std::string_view column) const { return value(column).has_value(); }
  std::string text(std::string_view column) const { return value(column).value_or(""); }
  bool is_true(std::string_view column) const { return text(column) == "t"; }
  std::optional<std::int64_t> number(std::string_view column) const {
    const std::string digits = text(column);
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
    return number;
  }

 private:
  std::optional<std::string> value(std::string_view column) const {
    const auto found = std::find(table_.columns.begin(), table_.columns.end(), column);
    if (found == table_.columns.end()) return std::nullopt;
    return values_[static_cast<std::size_t>(found - table_.columns.begin())];
  }
  const StoredTable& table_;
  const std::vector<std::optional<std::string>>& values_;
};

AppliedRow read_row(Tool tool, const Row& row) {
  AppliedRow out;
  out.version = row.text("version");
  out.checksum = row.text("checksum");
  const auto unfinished_unless = [&](bool finished) {
    if (!finished) out.state = AppliedState::unfinished;
  };
  switch (tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      out.name = row.text("name");
      out.version = out.name.empty() ? row.text("created_at") : out.name;
      out.checksum = row.text("hash");
      out.created_at = row.number("created_at");
      break;
    case Tool::prisma:
      out.version = row.text("migration_name");
      out.log = row.text("logs");
      if (row.has("rolled_back_at")) {
        out.state = AppliedState::rolled_back;
      } else {
        unfinished_unless(row.has("finished_at"));
      }
      break;
    case Tool::golang_migrate:
      out.and_before = true;
      unfinished_unless(!row.is_true("dirty"));
      break;
    case Tool::supabase:
      out.name = row.text("name");
      break;
    case Tool::flyway:
      out.name = row.text("script");
      out.and_before = row.text("type") == "BASELINE";
      unfinished_unless(row.is_true("success"));
      // What `flyway undo` took back and `flyway repair` marked as deleted is noted as a row of its
      // own behind; Flyway's own note that it made the schema has no version.
      if (row.text("type") == "SCHEMA") out.state = AppliedState::rolled_back;
      break;
    case Tool::goose:
      out.version = row.text("version_id");
      if (!row.is_true("is_applied")) out.state = AppliedState::rolled_back;
      break;
    case Tool::sqlx:
      out.name = row.text("description");
      if (out.checksum.starts_with("\\x")) out.checksum.erase(0, 2);
      unfinished_unless(row.is_true("success"));
      break;
    case Tool::node_pg_migrate:
      out.version = row.text("name");
      break;
    default:
      break;
  }
  return out;
}

// goose and Flyway note what was taken back in rows behind: the last row of a version counts.
void keep_last_of_each(Tool tool, std::vector<AppliedRow>& rows) {
  std::set<std::string> seen;
  std::vector<AppliedRow> kept;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    const std::string key = row->version.empty() ? row->name : number_key(tool, row->version);
    if (seen.insert(key).second) kept.push_back(std::move(*row));
  }
  rows.assign(std::make_move_iterator(kept.rbegin()), std::make_move_iterator(kept.rend()));
}

// ---- Matching --------------------------------------------------------------------------------

// Rows and migrations of one table and one history, each of a row at most one migration and the
// reverse.
class Match {
 public:
  Match(const AppliedTable& table, const History& history)
      : table_(table),
        history_(history),
        migration_of_(table.rows.size()),
        known_(table.rows.size()) {
    if (lineage(table.tool) == Tool::drizzle) {
      history.drizzle ? match_journal(*history.drizzle) : match_folders();
    } else {
      match_versions();
    }
  }

  std::size_t count() const { return count_; }
  bool known(std::size_t row) const { return known_[row]; }
  const Migration* migration(std::size_t row) const { return migration_of_[row]; }

 private:
  // Pairs rows and candidates of the same key that have no partner yet; an empty key has none.
  template <class KeyOfRow, class KeyOfCandidate>
  void pair(const std::vector<const Migration*>& candidates, const KeyOfRow& key_of_row,
            const KeyOfCandidate& key_of_candidate) {
    std::unordered_map<std::string, std::deque<std::size_t>> free;
    taken_.resize(candidates.size());
    for (std::size_t index = 0; index < candidates.size(); ++index) {
      const std::string key = key_of_candidate(index);
      if (!taken_[index] && !key.empty()) free[key].push_back(index);
    }
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      if (known_[row]) continue;
      const auto found = free.find(key_of_row(table_.rows[row]));
      if (found == free.end() || found->second.empty()) continue;
      const std::size_t index = found->second.front();
      found->second.pop_front();
      taken_[index] = known_[row] = true;
      migration_of_[row] = candidates[index];
      ++count_;
    }
  }

  void match_journal(const DrizzleJournal& journal) {
    std::vector<const Migration*> migrations;
    std::vector<std::string> sums;
    std::map<const SourceFile*, const Migration*> by_source;
    for (const Migration& each : history_.migrations) by_source[each.source] = &each;
    for (const DrizzleEntry& entry : journal.entries) {
      const auto found = by_source.find(entry.sql);
      migrations.push_back(found == by_source.end() ? nullptr : found->second);
      sums.push_back(entry.sql ? sha256_of(entry.sql->text) : "");
    }
    const auto when = [](const std::optional<std::int64_t>& time) {
      return time ? std::to_string(*time) : std::string();
    };
    const auto sum = [](const AppliedRow& row) { return row.checksum; };
    pair(
        migrations, [&](const AppliedRow& row) { return cat(when(row.created_at), ' ', sum(row)); },
        [&](std::size_t index) {
          return cat(when(journal.entries[index].when), ' ', sums[index]);
        });
    pair(
        migrations, [&](const AppliedRow& row) { return when(row.created_at); },
        [&](std::size_t index) { return when(journal.entries[index].when); });
    pair(migrations, sum, [&](std::size_t index) { return sums[index]; });
  }

  // By name; rows from before 1.0 have none, and drizzle-kit's upgrade goes by the second and then
  // by the hash.
  void match_folders() {
    std::vector<const Migration*> migrations;
    std::vector<std::string> sums;
    std::vector<std::optional<std::int64_t>> seconds;
    for (const Migration& each : history_.migrations) {
      migrations.push_back(&each);
      sums.push_back(sha256_of(each.source->text));
      seconds.push_back(utc_seconds(each.number));
    }
    pair(
        migrations, [](const AppliedRow& row) { return row.name; },
        [&](std::size_t index) { return migrations[index]->id; });
    pair(
        migrations,
        [](const AppliedRow& row) {
          return row.name.empty() && row.created_at ? std::to_string(*row.created_at / 1000) : "";
        },
        [&](std::size_t index) { return seconds[index] ? std::to_string(*seconds[index]) : ""; });
    pair(
        migrations,
        [](const AppliedRow& row) { return row.name.empty() ? row.checksum : std::string(); },
        [&](std::size_t index) { return sums[index]; });
  }

  std::string key(std::string_view version) const { return number_key(table_.tool, version); }

  void match_versions() {
    std::map<std::string, const Migration*> by_key;
    for (const Migration& each : history_.migrations) {
      if (!each.listed) continue;
      switch (table_.tool) {
        case Tool::prisma:
          by_key.emplace(each.id, &each);
          break;
        case Tool::node_pg_migrate:
          by_key.emplace(each.id.substr(0, each.id.rfind(".sql")), &each);
          break;
        case Tool::flyway:
          by_key.emplace(each.number.empty() ? each.id : key(each.number), &each);
          break;
        default:
          by_key.emplace(key(each.number), &each);
      }
    }
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      const AppliedRow& each = table_.rows[row];
      const bool by_name = table_.tool == Tool::prisma || table_.tool == Tool::node_pg_migrate;
      const std::string wanted = by_name                ? each.version
                                 : each.version.empty() ? std::string(base_name(each.name))
                                                        : key(each.version);
      const auto found = by_key.find(wanted);
      if (found == by_key.end()) continue;
      migration_of_[row] = found->second;
      known_[row] = true;
      ++count_;
    }
  }

  const AppliedTable& table_;
  const History& history_;
  std::vector<const Migration*> migration_of_;
  std::vector<bool> known_;  // rows that have a partner
  std::vector<bool> taken_;  // candidates that have one
  std::size_t count_ = 0;
};

bool fits(const AppliedTable& table, const History& history) {
  if (history.dialect != Dialect::postgresql || history.loose || history.docker_init) return false;
  if (lineage(table.tool) == lineage(history.tool)) return true;
  return table.tool == Tool::supabase && history.also_run_by_another;
}

// Whether the project's files call the table of a history by that name.
bool named(const AppliedTable& table, const History& history) {
  const RecordTable& record = history.record;
  if (record.name.empty() && record.schema.empty()) return false;
  const std::string name = record_name(history);
  if (!record.schema.empty()) return table.name == name;
  // The schema is that of the connection's search_path.
  return table.name.ends_with(name.substr(name.find('.')));
}

// A row without a folder of its name, and a folder without a row that has the row's text.
void find_renamed(AppliedTable& table, const History& history) {
  std::set<const Migration*> taken;
  for (const AppliedRow& row : table.rows) taken.insert(row.migration);
  std::map<std::string, const Migration*> by_sum;
  for (const Migration& each : history.migrations) {
    if (taken.count(&each) == 0) by_sum.emplace(sha256_of(each.source->text), &each);
  }
  for (AppliedRow& row : table.rows) {
    const auto found = row.known ? by_sum.end() : by_sum.find(row.checksum);
    if (found != by_sum.end()) row.renamed = found->second;
  }
}

void mark_applied(const AppliedTable& table, History& history) {
  std::set<const Migration*> applied;
  const AppliedRow* mark = nullptr;  // what stands for all before it
  for (const AppliedRow& row : table.rows) {
    if (row.and_before) mark = &row;
    if (row.state == AppliedState::applied && row.migration) applied.insert(row.migration);
  }
  for (Migration& each : history.migrations) {
    each.applied = applied.count(&each) > 0;
    if (!mark || each.number.empty() || each.applied || !each.listed) continue;
    // A run of golang-migrate that failed leaves its own version; those before it are there.
    each.applied = table.tool == Tool::flyway ? flyway_before(each.number, mark->version)
                                              : number_less(each.number, mark->version);
  }
}

}  // namespace

std::span<const AppliedShape> applied_shapes() { return shapes; }

const AppliedShape* applied_shape(std::string_view table, std::string_view columns) {
  for (const AppliedShape& each : shapes) {
    if (each.columns == columns && table.find(each.name) != std::string_view::npos) return &each;
  }
  return nullptr;
}

AppliedTable read_applied(const AppliedShape& shape, const StoredTable& stored) {
  AppliedTable table;
  table.tool = shape.tool;
  table.name = cat(quote_identifier(stored.schema), '.', quote_identifier(stored.name));
  for (std::size_t index = 0; index < stored.rows.size(); ++index)
    table.rows.push_back(read_row(shape.tool, Row(stored, index)));
  if (shape.tool == Tool::goose || shape.tool == Tool::flyway)
    keep_last_of_each(shape.tool, table.rows);
  // goose begins with a row of version 0, which no file stands for.
  if (shape.tool == Tool::goose)
    std::erase_if(table.rows, [](const AppliedRow& each) { return each.version == "0"; });
  return table;
}

void match_applied(Project& project) {
  if (!project.database) return;
  std::vector<AppliedTable>& tables = project.database->applied;
  struct Pair {
    std::size_t count, table, history;
    bool named;
  };
  std::vector<Pair> pairs;
  for (std::size_t table = 0; table < tables.size(); ++table) {
    for (std::size_t index = 0; index < project.histories.size(); ++index) {
      if (!fits(tables[table], project.histories[index])) continue;
      const History& history = project.histories[index];
      pairs.push_back(
          {Match(tables[table], history).count(), table, index, named(tables[table], history)});
    }
  }
  // The surest first: what the files name, then what fits best. A table that holds nothing of a
  // history is still its only one where neither has another.
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return std::tie(a.named, a.count) > std::tie(b.named, b.count);
  });
  for (const Pair& each : pairs) {
    AppliedTable& table = tables[each.table];
    History& history = project.histories[each.history];
    if (table.history || applied_table(project.database, history)) continue;
    const auto rivals = std::count_if(pairs.begin(), pairs.end(), [&](const Pair& other) {
      return other.table == each.table || other.history == each.history;
    });
    if (each.count == 0 && rivals > 1 && !each.named) continue;
    table.history = &history;
    const Match match(table, history);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      AppliedRow& applied = table.rows[row];
      applied.known = match.known(row);
      applied.migration = match.migration(row);
      if (applied.migration) applied.verdict = verdict(table.tool, applied);
    }
    if (table.tool == Tool::drizzle_v1) find_renamed(table, history);
    mark_applied(table, history);
  }
}

}  // namespace migguard::project
