#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <report/overview.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

namespace migguard::report {
namespace {

// As regclass prints it with search_path = public.
std::string printed(const Name& name) {
  return to_string(name.schema == "public" ? Name{{}, name.name} : name);
}

// ---- Tables ----------------------------------------------------------------------------------

template <class Operation>
constexpr std::uint8_t touch_of() {
  using std::is_same_v;
  if constexpr (is_same_v<Operation, CreateTable> || is_same_v<Operation, CreateTableAs>)
    return touch_created;
  if constexpr (is_same_v<Operation, DropTable>) return touch_dropped;
  if constexpr (is_same_v<Operation, RenameTable>) return touch_renamed;
  if constexpr (is_same_v<Operation, Truncate>) return touch_emptied;
  if constexpr (is_same_v<Operation, Insert> || is_same_v<Operation, Update> ||
                is_same_v<Operation, Delete> || is_same_v<Operation, Merge> ||
                is_same_v<Operation, Copy>)
    return touch_rows;
  if constexpr (is_same_v<Operation, LockTable> || is_same_v<Operation, Vacuum> ||
                is_same_v<Operation, Cluster>)
    return 0;  // changes nothing in it
  return touch_altered;
}

// Notes which tables each migration touches while the history is replayed.
class TableRecorder final : public lint::ReplayListener {
 public:
  TableRecorder(const History& history, const schema::Catalog& catalog, std::size_t first_row,
                std::vector<TableRow>& tables)
      : history_(history), catalog_(catalog), row_(first_row), tables_(tables) {}

  void migration(const Migration& migration) override { at_hand_ = &migration; }
  void operation(const Op& op, bool) override {
    std::visit(
        [&](const auto& each) {
          using Operation = std::decay_t<decltype(each)>;
          if constexpr (requires { each.table.schema; }) {
            if (const std::uint8_t touches = touch_of<Operation>(); touches != 0)
              touch(each.table, touches);
          }
          if constexpr (std::is_same_v<Operation, RenameTable>) rename(each);
        },
        op);
  }
  void migration_end(const Migration&) override { ++row_; }

 private:
  void touch(const Name& name, std::uint8_t touches) {
    const Name known = catalog_.resolve(name);
    const Relation* relation = catalog_.relation(name).known();
    if (known.name.empty() || !at_hand_->selected) return;
    if (relation && (relation->kind == RelationKind::view ||
                     relation->kind == RelationKind::materialized_view ||
                     relation->kind == RelationKind::sequence || catalog_.is_temporary(*relation)))
      return;
    const std::string key = printed(known);
    auto [entry, added] = by_name_.try_emplace(key, tables_.size());
    // Dropped and made anew under its name: another table.
    if (!added && (touches & touch_created) && tables_[entry->second].dropped) {
      entry->second = tables_.size();
      added = true;
    }
    if (added) {
      TableRow& table = tables_.emplace_back();
      table.name = key;
      table.history = &history_;
    }
    TableRow& table = tables_[entry->second];
    if (table.uses.empty() || table.uses.back().migration != row_)
      table.uses.push_back({row_, touches});
    table.uses.back().touches |= touches;
    if (touches & touch_dropped) table.dropped = true;
  }
  void rename(const RenameTable& op) {
    const Name old = catalog_.resolve(op.table);
    const auto entry = by_name_.find(printed(old));
    if (entry == by_name_.end()) return;
    TableRow& table = tables_[entry->second];
    if (table.formerly.empty()) table.formerly = table.name;
    table.name = printed({old.schema, op.new_name});
    const std::size_t index = entry->second;
    by_name_.erase(entry);
    by_name_[table.name] = index;
  }

  const History& history_;
  const schema::Catalog& catalog_;
  const Migration* at_hand_ = nullptr;
  std::size_t row_;
  std::vector<TableRow>& tables_;
  std::map<std::string, std::size_t> by_name_;
};

// ---- Migrations ------------------------------------------------------------------------------

// Digits of a timestamp as people write dates; empty where they are none.
std::string date_of_number(std::string_view digits) {
  if (digits.size() < 8 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  const std::string_view year = digits.substr(0, 4), month = digits.substr(4, 2),
                         day = digits.substr(6, 2);
  const bool plausible = (digits.size() == 8 || digits.size() == 12 || digits.size() == 14) &&
                         year >= "1990" && year <= "2100" && month >= "01" && month <= "12" &&
                         day >= "01" && day <= "31";
  return plausible ? cat(year, "-", month, "-", day) : std::string();
}

std::string date_of(const History& history, const Migration& migration) {
  if (history.drizzle) {
    for (const DrizzleEntry& each : history.drizzle->entries) {
      if (each.sql == migration.source && each.when && *each.when > 0) return utc_date(*each.when);
    }
  }
  return date_of_number(migration.number);
}

std::vector<MigrationRow> migrations_of(const lint::Report& report) {
  std::vector<MigrationRow> rows;
  std::unordered_map<const SourceFile*, std::vector<const Finding*>> by_file;
  for (const Finding& each : report.findings) by_file[each.source].push_back(&each);
  for (const History& history : report.project->histories) {
    auto applied_end = history.migrations.begin();
    for (auto each = history.migrations.begin(); each != history.migrations.end(); ++each) {
      const auto& through = report.applied_through;
      if (std::find(through.begin(), through.end(), each->id) != through.end())
        applied_end = each + 1;
    }
    for (auto each = history.migrations.begin(); each != history.migrations.end(); ++each) {
      MigrationRow& row = rows.emplace_back();
      row.history = &history;
      row.migration = &*each;
      row.number = rows.size();
      row.applied = each < applied_end || each->applied;
      row.date = date_of(history, *each);
      for (const Finding* finding : by_file[each->source]) {
        if (finding->status != Status::open) {
          ++row.answered;
          row.gravest_answered =
              std::max(row.gravest_answered.value_or(Severity::note), finding->severity);
        } else {
          ++(finding->severity == Severity::error     ? row.errors
             : finding->severity == Severity::warning ? row.warnings
                                                      : row.notes);
        }
      }
    }
  }
  return rows;
}

// ---- Locks -----------------------------------------------------------------------------------

void add_locks(const History& history, std::size_t first_row, const lint::Report& report,
               Overview& overview) {
  std::unordered_map<const Migration*, std::size_t> row_of;
  for (std::size_t index = 0; index < history.migrations.size(); ++index)
    row_of[&history.migrations[index]] = first_row + index;
  for (StatementEffects& each :
       lint::statement_effects(history, {.pg_version = report.pg_version,
                                        .assume_in_transaction = report.assume_in_transaction,
                                        .leave_out_new = true})) {
    std::vector<LockRow> rows = lock_rows(each.effects);
    const bool brief = std::any_of(rows.begin(), rows.end(),
                                   [](const LockRow& row) { return row.style == Style::warning; });
    std::erase_if(rows, [](const LockRow& row) { return row.style != Style::error; });
    if (rows.empty()) {
      overview.brief_locks += brief ? 1 : 0;
    } else {
      const std::size_t row = row_of.at(each.migration);
      overview.locks.push_back({row, std::move(each), std::move(rows)});
    }
  }
}

// ---- Journals --------------------------------------------------------------------------------

std::string journal_words(const History& history) {
  switch (history.tool) {
    case Tool::drizzle:
      return "runs the entries of meta/_journal.json, in the order of the list";
    case Tool::drizzle_v1:
      return "runs every folder with a migration.sql, by name; snapshots form a graph";
    case Tool::prisma:
      return "runs every folder with a migration.sql, by name";
    case Tool::atlas:
      return "runs what atlas.sum vouches for";
    default:
      return history.loose ? "SQL files that no tool runs"
                           : "runs the files of the folder, by number";
  }
}

bool is_within(Span inner, Span outer) {
  return inner.begin >= outer.begin && inner.end <= outer.end && inner.end > 0;
}

// What the database holds beside the files, and rows of it that no file has.
void add_database(const AppliedTable& applied, JournalTable& table) {
  table.database = applied.name;
  for (JournalRow& row : table.rows)
    row.database = row.migration && row.migration->applied ? Presence::yes : Presence::no;
  for (const AppliedRow& each : applied.rows) {
    if (each.migration || each.known) continue;
    table.rows.push_back({.name = each.name.empty() ? each.version : each.name,
                          .file = Presence::no,
                          .database = Presence::yes});
  }
}

JournalTable journal_of(const History& history, const std::vector<const Finding*>& findings,
                        const AppliedTable* applied) {
  JournalTable table;
  table.history = &history;
  table.journal = journal_words(history);
  std::set<const Finding*> told;
  const auto take = [&](JournalRow& row, auto&& concerns) {
    for (const Finding* each : findings) {
      if (!told.contains(each) && concerns(*each)) {
        row.findings.push_back(each);
        told.insert(each);
      }
    }
  };
  std::unordered_map<const SourceFile*, const Migration*> by_source;
  for (const Migration& each : history.migrations) by_source[each.source] = &each;

  const DrizzleJournal* journal =
      history.drizzle && history.drizzle->source ? &*history.drizzle : nullptr;
  std::unordered_map<std::string_view, const DrizzleSnapshot*> snapshots;
  if (journal) {
    for (const DrizzleSnapshot& each : journal->snapshots) snapshots[each.prefix] = &each;
    for (std::size_t index = 0; index < journal->entries.size(); ++index) {
      const DrizzleEntry& entry = journal->entries[index];
      const auto snapshot = snapshots.find(tag_prefix(entry.tag));
      JournalRow row{.place = std::to_string(entry.idx.value_or(static_cast<std::int64_t>(index))),
                     .name = entry.tag,
                     .when = entry.when && *entry.when > 0 ? utc_date(*entry.when) : "",
                     .journal = Presence::yes,
                     .file = entry.sql ? Presence::yes : Presence::no,
                     .snapshot = snapshot == snapshots.end() ? Presence::no : Presence::yes,
                     .migration = entry.sql ? by_source[entry.sql] : nullptr};
      take(row, [&](const Finding& each) {
        return each.source == entry.sql ||
               (each.source == journal->source && is_within(each.span, entry.span)) ||
               (snapshot != snapshots.end() && each.source == snapshot->second->source);
      });
      table.rows.push_back(std::move(row));
    }
  }
  std::size_t place = 0;
  for (const Migration& each : history.migrations) {
    if (journal && each.listed) continue;
    JournalRow row{.place = journal ? "" : std::to_string(++place),
                   .name = each.id,
                   .when = date_of_number(each.number),
                   .journal = journal ? Presence::no : Presence::not_asked,
                   .file = Presence::yes,
                   .migration = &each};
    take(row, [&](const Finding& finding) { return finding.source == each.source; });
    table.rows.push_back(std::move(row));
  }
  if (applied) add_database(*applied, table);
  for (const Finding* each : findings)
    if (!told.contains(each)) table.others.push_back(each);
  table.mismatches = static_cast<std::size_t>(
      std::count_if(table.rows.begin(), table.rows.end(),
                    [](const JournalRow& row) { return !row.findings.empty(); }));
  return table;
}

// Whether a file is part of a history: beside or below its migrations.
bool belongs(const SourceFile* source, const History& history) {
  return is_below(source->path, history.folder) || source == history.marker ||
         (history.prisma && source == history.prisma->schema);
}

void add_journals(const lint::Report& report, Overview& overview) {
  for (const History& history : report.project->histories) {
    std::vector<const Finding*> findings;
    for (const Finding& each : report.findings) {
      if (each.family == "history" && each.status == Status::open && belongs(each.source, history))
        findings.push_back(&each);
    }
    if (history.loose && findings.empty()) continue;
    overview.journals.push_back(
        journal_of(history, findings, applied_table(report.project->database, history)));
  }
}

}  // namespace

std::optional<Severity> MigrationRow::gravest() const {
  if (errors > 0) return Severity::error;
  if (warnings > 0) return Severity::warning;
  if (notes > 0) return Severity::note;
  return std::nullopt;
}

std::string touch_words(std::uint8_t touches) {
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 6> words{
      {{touch_created, "created"},
       {touch_renamed, "renamed"},
       {touch_altered, "altered"},
       {touch_rows, "rows written"},
       {touch_emptied, "emptied"},
       {touch_dropped, "dropped"}}};
  std::string out;
  for (const auto& [touch, word] : words)
    if (touches & touch) out += cat(out.empty() ? "" : ", ", word);
  return out;
}

Overview overview_of(const lint::Report& report) {
  Overview overview;
  if (!report.project) return overview;
  overview.migrations = migrations_of(report);
  std::size_t first_row = 0;
  for (const History& history : report.project->histories) {
    schema::Catalog catalog;
    TableRecorder recorder(history, catalog, first_row, overview.tables);
    lint::replay(history, report.assume_in_transaction, catalog, recorder);
    add_locks(history, first_row, report, overview);
    first_row += history.migrations.size();
  }
  std::stable_sort(
      overview.tables.begin(), overview.tables.end(),
      [](const TableRow& a, const TableRow& b) { return a.uses.size() > b.uses.size(); });
  for (std::size_t index = 0; index < overview.tables.size(); ++index)
    for (const TableRow::Use& use : overview.tables[index].uses)
      overview.migrations[use.migration].tables.push_back(index);
  add_journals(report, overview);
  return overview;
}

}  // namespace migguard::report
