#include <database/lock_watch.hpp>

#include <algorithm>
#include <array>

namespace migguard::database {
namespace {

constexpr std::array modes{LockMode::access_share,  LockMode::row_share,
                           LockMode::row_exclusive, LockMode::share_update_exclusive,
                           LockMode::share,         LockMode::share_row_exclusive,
                           LockMode::exclusive,     LockMode::access_exclusive};

std::optional<LockMode> mode_named(std::string_view name) {
  for (const LockMode each : modes) {
    if (to_string(each) == name) return each;
  }
  return std::nullopt;
}

std::string shown(const RelationName& relation) {
  return relation.schema == "public" || relation.schema.empty()
             ? quote_identifier(relation.name)
             : cat(quote_identifier(relation.schema), '.', quote_identifier(relation.name));
}

const HeldLock* find(const HeldLocks& locks, const RelationName& relation) {
  for (const auto& [oid, lock] : locks) {
    if (lock.relation == relation) return &lock;
  }
  return nullptr;
}

std::string name_of(std::optional<LockMode> mode) {
  return mode ? std::string(sql_name(*mode)) : std::string("no lock");
}

// Whoever reads or writes a table opens its indexes: to plan, and to insert; and so does who makes
// a partition, which gets them, too. Nobody waits for such a lock who does not wait for the
// table's.
bool is_implied(const HeldLock& lock, const HeldLocks& locks) {
  if ((lock.kind != 'i' && lock.kind != 'I') || lock.mode > LockMode::share_update_exclusive)
    return false;
  const HeldLock* table = find(locks, lock.table);
  return table && table->mode >= lock.mode;
}

}  // namespace

RelationName in_schema(RelationName relation) {
  if (relation.schema.empty()) relation.schema = "public";
  return relation;
}

Result<bool> LockWatch::sees(Session& session) {
  session.run("BEGIN");
  const auto rows = watcher_->query(cat("SELECT 1 FROM pg_catalog.pg_locks WHERE pid = ", process_,
                                        " AND locktype = 'virtualxid' AND granted"));
  session.run("ROLLBACK");
  if (!rows) return rows.error();
  return !rows->rows.empty();
}

Result<HeldLocks> LockWatch::held() {
  const auto rows = watcher_->query(
      cat("SELECT c.oid, n.nspname, c.relname, c.relkind, l.mode, c.relfilenode, tn.nspname,"
          " t.relname FROM pg_catalog.pg_locks l"
          " JOIN pg_catalog.pg_class c ON c.oid = l.relation"
          " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          " LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid"
          " LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid"
          " LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace"
          " WHERE l.pid = ",
          process_,
          " AND l.locktype = 'relation' AND l.granted"
          " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname ="
          " pg_catalog.current_database())"
          " AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'"));
  if (!rows) return rows.error();
  HeldLocks locks;
  for (std::size_t row = 0; row < rows->rows.size(); ++row) {
    const auto mode = mode_named(rows->text(row, 4));
    if (!mode) continue;
    HeldLock& lock = locks[rows->text(row, 0)];
    lock.relation = {rows->text(row, 1), rows->text(row, 2)};
    lock.table = rows->text(row, 7).empty() ? lock.relation
                                            : RelationName{rows->text(row, 6), rows->text(row, 7)};
    lock.kind = rows->text(row, 3).front();
    lock.mode = std::max(lock.mode, *mode);
    lock.file = rows->text(row, 5);
  }
  return locks;
}

Result<std::vector<RelationName>> LockWatch::visible(const std::vector<RelationName>& relations) {
  std::vector<RelationName> seen;
  std::string conditions;
  std::vector<std::string> names;
  for (const RelationName& each : relations) {
    conditions += cat(conditions.empty() ? "" : " OR ", "(nspname = $", names.size() + 1,
                      " AND relname = $", names.size() + 2, ")");
    names.push_back(each.schema);
    names.push_back(each.name);
  }
  if (names.empty()) return seen;
  const auto rows =
      watcher_->query(cat("SELECT nspname, relname FROM pg_catalog.pg_class c"
                          " JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE ",
                          conditions),
                      names);
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->rows.size(); ++row)
    seen.push_back({rows->text(row, 0), rows->text(row, 1)});
  return seen;
}

Result<std::vector<HeldLock>> LockWatch::rewritten(const HeldLocks& locked) {
  std::vector<HeldLock> changed;
  std::string list;
  for (const auto& [oid, lock] : locked) {
    const bool may = lock.mode == LockMode::access_exclusive &&
                     (lock.kind == 'r' || lock.kind == 'm' || lock.kind == 'i');
    if (may) list += cat(list.empty() ? "" : ", ", oid);
  }
  if (list.empty()) return changed;
  const auto rows = watcher_->query(
      cat("SELECT oid, relfilenode FROM pg_catalog.pg_class WHERE oid IN (", list, ")"));
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->rows.size(); ++row) {
    const HeldLock& lock = locked.at(rows->text(row, 0));
    if (lock.file != rows->text(row, 1)) changed.push_back(lock);
  }
  return changed;
}

void compare(const lint::StatementEffects& predicted, const HeldLocks& before, const Seen& seen,
             lint::VerifiedStatement& statement) {
  const HeldLocks& after = seen.locks;
  const std::vector<HeldLock>* rewritten = seen.rewritten;
  const Effects& effects = predicted.effects;
  statement.watched = true;
  statement.unwatched.clear();
  statement.known = effects.known;
  const auto add = [&](const RelationName& relation, std::optional<LockMode> taken,
                       std::optional<LockMode> expected) {
    // Locks of tables that foreign keys lead to come with the first row, and where it says NULL
    // with none.
    const bool weaker = expected && (!taken || *taken < *expected);
    const bool by_rows = weaker && *expected <= LockMode::row_exclusive &&
                         (!seen.touched_rows || *expected == LockMode::row_share);
    const bool conditional = by_rows || (weaker && seen.branches);
    statement.locks.push_back({relation, taken, expected, conditional});
    if (taken == expected || !effects.known || conditional) return;
    statement.mistakes.push_back(cat("the server takes ", name_of(taken), " on ", shown(relation),
                                     ", and migguard predicts ", name_of(expected)));
  };
  for (const Effects::Lock& lock : effects.locks) {
    const RelationName relation = in_schema(lock.relation);
    if (relation.schema.starts_with("pg_temp")) continue;  // nobody else sees it
    const HeldLock* was = find(before, relation);
    const HeldLock* is = find(after, relation);
    // Held already, as strongly: whether it is taken again does not show.
    if (is && was && was->mode >= lock.mode && is->mode == was->mode) {
      add(relation, lock.mode, lock.mode);
      continue;
    }
    add(relation, is ? std::optional(is->mode) : std::nullopt, lock.mode);
  }
  for (const auto& [oid, lock] : after) {
    const bool expected = std::any_of(effects.locks.begin(), effects.locks.end(),
                                      [&, &seen = lock](const Effects::Lock& each) {
                                        return in_schema(each.relation) == seen.relation;
                                      });
    if (is_implied(lock, after)) continue;
    const auto was = before.find(oid);
    const bool taken = was == before.end() || was->second.mode < lock.mode;
    if (!expected && taken) add(lock.relation, lock.mode, std::nullopt);
  }
  if (!rewritten) return;
  for (const HeldLock& each : *rewritten) {
    if (each.kind != 'i') statement.rewritten.push_back(each.relation);
  }
  for (const Effects::Work& each : effects.rewrites)
    statement.rewritten_predicted.push_back(in_schema(each.relation));
  if (!effects.known) return;
  const auto has = [](const std::vector<RelationName>& list, const RelationName& relation) {
    return std::find(list.begin(), list.end(), relation) != list.end();
  };
  for (const RelationName& each : statement.rewritten) {
    if (!has(statement.rewritten_predicted, each))
      statement.mistakes.push_back(
          cat("the server writes ", shown(each), " anew, and migguard does not predict it"));
  }
  for (const RelationName& each : statement.rewritten_predicted) {
    if (!has(statement.rewritten, each) && find(after, each))
      statement.mistakes.push_back(
          cat("migguard predicts that ", shown(each), " is written anew, and the server does not"));
  }
}

}  // namespace migguard::database
