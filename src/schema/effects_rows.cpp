// What reading and changing rows costs: queries, INSERT, UPDATE, DELETE, MERGE, COPY, TRUNCATE,
// LOCK.
#include <schema/effects_parts.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;

// Writes rows: the table and, of a parent, what lies below it.
const Record* write_rows(Evaluation& at, const Name& name, bool below) {
  const Record* table = at.lock_named(name, LockMode::row_exclusive);
  // A simple view passes the change on to the table it reads.
  for (unsigned depth = 0; table && table->facts.kind == RelationKind::view && depth < 32;
       ++depth) {
    const Record* read = table->reads.size() == 1 ? at.find(table->reads.front()) : nullptr;
    if (!read) break;
    at.lock(*read, LockMode::row_exclusive, "the view's rows are its own");
    table = read;
  }
  if (table && below) at.lock_below(*table, LockMode::row_exclusive, "holds rows of it");
  return table;
}

// Numbers that the row does not give come from sequences.
void draw_numbers(Evaluation& at, const Record& table, const Insert& op) {
  if (op.columns.empty()) return;
  for (const Key& key : table.owned) {
    const Record* sequence = at.find(key);
    if (sequence && std::find(op.columns.begin(), op.columns.end(),
                              sequence->facts.owned_by_column) == op.columns.end())
      at.lock(*sequence, LockMode::row_exclusive, "gives the numbers");
  }
}

bool leads_an_index(const Record& table, std::string_view column) {
  return std::any_of(table.facts.indexes.begin(), table.facts.indexes.end(),
                     [&](const Index& index) {
                       return !index.columns.empty() && index.columns.front() == column;
                     });
}

bool any_leads_an_index(const Record& table, List<Text> columns) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Text& column) { return leads_an_index(table, column); });
}

// Joins of whole tables read both: an index helps where a constant says which rows.
bool names_constant(const Expression& where) {
  return where.text.find_first_of("'0123456789") != Text::npos;
}

void scan_joined(Evaluation& at, List<Name> names, const Expression& where) {
  if (names_constant(where)) return;
  for (const Name& name : names)
    if (const Record* record = at.find(name))
      for (const Record* each : at.tree(*record)) at.scan(*each, "every row is joined");
}

// `subquery`: columns of its own are among those of WHERE, and it is joined with the table.
void scan_for(Evaluation& at, const Record& table, const Expression& where, bool only,
              bool subquery) {
  const bool joined = subquery && !names_constant(where);
  if (where && !where.always_true && !joined && any_leads_an_index(table, where.columns)) return;
  for (const Record* each : at.tree(table, only)) at.scan(*each, "no index tells the rows apart");
}

// New rows are looked up in the tables that their foreign keys reference (RI_FKey_check in
// src/backend/utils/adt/ri_triggers.c). `may_lead_there`: whether a foreign key's columns may be
// set.
template <class Predicate>
void look_up_parents(Evaluation& at, const Record& table, Predicate may_lead_there) {
  for (const Constraint& each : table.facts.constraints) {
    if (each.kind != ConstraintKind::foreign_key || !each.enforced) continue;
    const Record* parent = may_lead_there(each) ? at.find(each.references()) : nullptr;
    if (parent) at.lock(*parent, LockMode::row_share, "the foreign key references it");
  }
}

// Whether rows with values in `columns` alone may have one in every column of a foreign key: where
// one is NULL, nothing is looked up (MATCH SIMPLE).
bool may_be_set(const Record& table, const Constraint& key, List<Text> columns) {
  return std::all_of(key.columns.begin(), key.columns.end(), [&](const Text& name) {
    if (std::find(columns.begin(), columns.end(), name) != columns.end()) return true;
    const auto found = std::find_if(table.facts.columns.begin(), table.facts.columns.end(),
                                    [&](const Column& each) { return each.name == name; });
    return found == table.facts.columns.end() || found->has_default || found->serial ||
           found->identity != Identity::none || found->generated != Generated::none;
  });
}

bool always(const Constraint&) { return true; }

// What references rows that go: it is searched, and changed where the foreign key says so.
void search_children(Evaluation& at, const Record& table) {
  for (const Key& key : at.facts().referencing(table.key())) {
    const Record* child = at.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints) {
      if (each.kind != ConstraintKind::foreign_key || each.columns.empty() ||
          each.references() != table.key())
        continue;
      const bool changes = each.on_delete != ReferentialAction::no_action &&
                           each.on_delete != ReferentialAction::restrict;
      at.lock(*child, changes ? LockMode::row_exclusive : LockMode::row_share,
              "its foreign key references it");
      if (!leads_an_index(*child, each.columns.front()))
        at.scan(*child, "no index leads with the columns of its foreign key");
    }
  }
}

// An UPDATE of columns that others reference searches those others.
void search_children_of_keys(Evaluation& at, const Record& table, List<Text> columns) {
  for (const Key& key : at.facts().referencing(table.key())) {
    const Record* child = at.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints) {
      if (each.kind != ConstraintKind::foreign_key || each.references() != table.key()) continue;
      const bool set = std::any_of(columns.begin(), columns.end(), [&](const Text& column) {
        return std::find(each.referenced_columns.begin(), each.referenced_columns.end(), column) !=
               each.referenced_columns.end();
      });
      if (set) at.lock(*child, LockMode::row_share, "its foreign key references it");
    }
  }
}

void lock_sequences(Evaluation& at, List<FunctionCall> calls) {
  for (const FunctionCall& call : calls) {
    const std::string_view name = call.name.name;
    if ((name == "nextval" || name == "setval" || name == "currval") && !call.literal.empty())
      if (const Record* sequence = at.find(name_in(call.literal)))
        at.lock(*sequence, LockMode::row_exclusive);
  }
}

void select(Evaluation& at, const Select& op) {
  QueryParts parts;
  parts.filtered = op.filtered;
  parts.limited = op.limited;
  parts.filter_columns = op.filter_columns;
  read_by_query(at, op.reads, parts, "every row is read");
  lock_sequences(at, op.functions);
  if (!op.locking) return;
  for (const Name& name : op.reads)
    if (const Record* table = at.find(name)) at.lock(*table, LockMode::row_share);
}

// Of subqueries: what they read without saying which rows.
void scan_whole(Evaluation& at, List<Name> names) {
  for (const Name& name : names)
    if (const Record* record = at.find(name))
      for (const Record* each : at.tree(*record)) at.scan(*each, "a subquery reads every row");
}

// A view is locked with all that its query names, down to tables (LockViewRecurse in
// src/backend/commands/lockcmds.c).
void lock_explicitly(Evaluation& at, const LockTable& op, LockMode mode) {
  const Record* first = at.lock_named(op.table, mode);
  if (!first) return;
  if (first->facts.kind != RelationKind::view) {
    if (!op.only) at.lock_below(*first, mode, "locked with its parent");
    return;
  }
  std::vector<const Record*> pending{first};
  std::set<const Record*> seen{first};
  for (std::size_t done = 0; done < pending.size(); ++done) {
    for (const Key& key : pending[done]->reads) {
      const Record* read = at.find(key);
      if (!read || !seen.insert(read).second) continue;
      at.lock(*read, mode, "locked with the view");
      at.lock_below(*read, mode, "locked with its parent");
      if (read->facts.kind == RelationKind::view) pending.push_back(read);
    }
  }
}

void truncate(Evaluation& at, const Truncate& op) {
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  if (op.only && table->partitioned()) at.fails("a partitioned table cannot be emptied alone");
  std::vector<const Record*> pending = at.tree(*table, op.only);
  std::set<const Record*> seen(pending.begin(), pending.end());
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const Record& each = *pending[done];
    at.lock(each, full, done == 0 ? "" : "emptied with it");
    at.lock_indexes(each, full);
    for (const Key& key : each.owned)
      if (const Record* sequence = at.find(key); sequence && op.restart_identity)
        at.lock(*sequence, full, "starts anew");
    for (const Key& key : at.facts().referencing(each.key())) {
      const Record* child = at.find(key);
      if (!child || at.together.dropped_relations.contains(key) || seen.contains(child)) continue;
      if (op.cascade) {
        for (const Record* below : at.tree(*child))
          if (seen.insert(below).second) pending.push_back(below);
      } else {
        at.fails(cat("the foreign key of ", printed(*child), " references it"));
      }
    }
  }
}

}  // namespace

void read_by_query(Evaluation& at, List<Name> reads, const QueryParts& query,
                   std::string_view why) {
  const bool all = !query.filtered && !query.limited;
  at.lock_reads(reads, all, all ? why : std::string_view());
  const Record* table = reads.size() == 1 ? at.find(reads.front()) : nullptr;
  if (table && query.filtered && !query.filter_columns.empty() &&
      !any_leads_an_index(*table, query.filter_columns))
    for (const Record* each : at.tree(*table)) at.scan(*each, "no index tells the rows apart");
}

bool work_out_rows(Evaluation& at, const Op& op) {
  if (const auto* insert = std::get_if<Insert>(&op)) {
    const Record* table = write_rows(at, insert->table, false);
    if (insert->reads.size() == 1)
      read_by_query(at, insert->reads, insert->query, "read by the query");
    else
      at.lock_reads(insert->reads, false, {});
    if (!table) return true;
    look_up_parents(at, *table, [&](const Constraint& key) {
      return insert->columns.empty() || may_be_set(*table, key, insert->columns);
    });
    draw_numbers(at, *table, *insert);
  } else if (const auto* update = std::get_if<Update>(&op)) {
    const Record* table = write_rows(at, update->table, !update->only);
    at.lock_reads(update->from, false, {});
    at.lock_reads(update->reads, false, {});
    scan_whole(at, update->reads_whole);
    if (!table) return true;
    look_up_parents(at, *table, [&](const Constraint& key) {
      return std::any_of(key.columns.begin(), key.columns.end(), [&](const Text& column) {
        return std::find(update->columns.begin(), update->columns.end(), column) !=
               update->columns.end();
      });
    });
    search_children_of_keys(at, *table, update->columns);
    scan_joined(at, update->from, update->where);
    if (update->from.empty())
      scan_for(at, *table, update->where, update->only, !update->reads.empty());
    else
      for (const Record* each : at.tree(*table, update->only))
        at.scan(*each, "every row is joined");
  } else if (const auto* remove = std::get_if<Delete>(&op)) {
    const Record* table = write_rows(at, remove->table, !remove->only);
    at.lock_reads(remove->using_, false, {});
    at.lock_reads(remove->reads, false, {});
    scan_whole(at, remove->reads_whole);
    if (!table) return true;
    scan_joined(at, remove->using_, remove->where);
    if (remove->using_.empty())
      scan_for(at, *table, remove->where, remove->only, !remove->reads.empty());
    else
      for (const Record* each : at.tree(*table, remove->only))
        at.scan(*each, "every row is joined");
    search_children(at, *table);
  } else if (const auto* merge = std::get_if<Merge>(&op)) {
    const Record* table = write_rows(at, merge->table, !merge->only);
    at.lock_reads(merge->reads, false, {});
    // Whole tables are joined by hashing both, where no row of either is named.
    scan_whole(at, merge->reads_whole);
    if (table && !merge->reads_whole.empty())
      for (const Record* each : at.tree(*table, merge->only)) at.scan(*each, "every row is joined");
    if (table && merge->inserts) look_up_parents(at, *table, always);
  } else if (const auto* copy = std::get_if<Copy>(&op)) {
    if (!copy->from) {
      at.lock_reads({&copy->table, 1}, true, {});
    } else if (const Record* table = write_rows(at, copy->table, false)) {
      look_up_parents(at, *table, always);
    }
  } else if (const auto* query = std::get_if<Select>(&op)) {
    select(at, *query);
  } else if (const auto* empty = std::get_if<Truncate>(&op)) {
    truncate(at, *empty);
  } else if (const auto* explicitly = std::get_if<LockTable>(&op)) {
    for (std::size_t mode = 0; mode < 8; ++mode)
      if (to_string(static_cast<LockMode>(mode)) == explicitly->mode)
        lock_explicitly(at, *explicitly, static_cast<LockMode>(mode));
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
