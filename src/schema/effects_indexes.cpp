// What indexes cost: built, dropped, renamed, built again; VACUUM and CLUSTER, which do it, too.
#include <schema/effects_parts.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;
constexpr LockMode weak = LockMode::share_update_exclusive;

void create_index(Evaluation& at, const CreateIndex& op) {
  const LockMode mode = op.concurrently ? weak : LockMode::share;
  at.now->fails_in_transaction = op.concurrently;
  if (op.concurrently && op.within != Within::statement)
    at.fails("CREATE INDEX CONCURRENTLY cannot run from a function or a DO block");
  const Record* table = at.lock_named(op.table, mode);
  if (!table) return;
  if (!op.index.empty() && at.facts().relation_name_taken({table->facts.schema, op.index})) {
    if (!op.if_not_exists) at.fails(cat("there is a relation ", op.index, " already"));
    return;
  }
  if (op.concurrently) {
    at.waits(Effects::WaitsFor::table_users);
    at.waits(Effects::WaitsFor::old_snapshots);
    if (table->partitioned())
      at.fails("an index on a partitioned table cannot be built concurrently");
  }
  for (const IndexColumn& each : op.columns) {
    refuse_missing(at, *table, {&each.name, 1});
    refuse_missing(at, *table, each.expression->columns);
  }
  if (table->facts.kind == RelationKind::view) at.fails(cat(printed(*table), " is a view"));
  if (op.method == "hash" && op.columns.size() > 1) at.fails("a hash index has one column");
  for (const IndexColumn& each : op.columns)
    refuse_mutable(at, table, each.expression, "an index expression");
  refuse_mutable(at, table, op.where, "the predicate of an index");
  refuse_missing(at, *table, op.include);
  refuse_missing(at, *table, op.where.columns);
  if (op.unique && table->partitioned()) {
    std::vector<Text> columns;
    for (const IndexColumn& each : op.columns) columns.push_back(each.name);
    refuse_key(at, *table, columns);
  }
  for (const Record* each : at.touched(*table, op.only || !table->partitioned())) {
    at.lock(*each, mode, each == table ? "" : "a partition gets an index of its own");
    at.build_index(
        *each,
        each == table && !op.index.empty() ? std::string(op.index) : cat(each->facts.name, "_idx"),
        "to build the index");
  }
}

// Foreign keys that reference the columns of a unique index no constraint stands for, where no
// other unique index has them.
void refuse_to_drop_key(Evaluation& at, const DropIndex& op, const Record& table,
                        const Index& index) {
  const auto same = [](List<Text> one, List<Text> other) {
    return one.size() == other.size() && std::is_permutation(one.begin(), one.end(), other.begin());
  };
  for (const Index& other : table.facts.indexes)
    if (&other != &index && other.unique && !other.partial && same(other.columns, index.columns))
      return;
  for (const Key& key : at.facts().referencing(table.key())) {
    const Record* child = at.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints) {
      if (each.kind != ConstraintKind::foreign_key || each.references() != table.key() ||
          !same(each.referenced_columns, index.columns))
        continue;
      if (op.cascade)
        at.lock(*child, full, "loses its foreign key");
      else
        at.fails(cat("the foreign key ", each.name, " of ", printed(*child), " needs it"));
    }
  }
}

void drop_index(Evaluation& at, const DropIndex& op) {
  at.now->fails_in_transaction = op.concurrently;
  if (op.concurrently && op.cascade) at.fails("DROP INDEX CONCURRENTLY does not support CASCADE");
  if (op.concurrently && at.together.dropped_indexes > 1)
    at.fails("DROP INDEX CONCURRENTLY drops one index only");
  const Record* table = at.replay.find_index(op.index);
  if (!table) {
    if (!op.if_exists && at.replay.relation_exists(op.index) == Known::no)
      at.fails(cat("there is no index ", op.index.name));
    return;
  }
  const Index* index = table->facts.index(op.index.name);
  if (index->unique && index->constraint.empty()) refuse_to_drop_key(at, op, *table, *index);
  if (!index->constraint.empty())
    at.fails(cat("the constraint ", index->constraint, " needs it"), Effects::Failure::depended);
  if (!index->parent.empty())
    at.fails(cat("it is a part of ", index->parent, ", the index of the partitioned table"));
  if (op.concurrently) {
    if (table->partitioned()) at.fails("a partitioned index cannot be dropped concurrently");
    at.waits(Effects::WaitsFor::table_users);
  }
  at.lock(*table, op.concurrently ? weak : full);
  at.lock_index(*table, index->name, full, "the index itself");
  if (!table->partitioned()) return;
  for (const Record* each : at.tree(*table)) {
    for (const Index& below : each->facts.indexes)
      if (below.parent == index->name) {
        at.lock(*each, full, "its part of the index is dropped");
        at.lock_index(*each, below.name, full, "dropped with its parent");
      }
  }
}

void reindex(Evaluation& at, const Reindex& op) {
  const LockMode mode = op.concurrently ? weak : LockMode::share;
  at.now->fails_in_transaction =
      op.concurrently || op.object == ObjectKind::schema || op.object == ObjectKind::database;
  if (op.concurrently) {
    at.waits(Effects::WaitsFor::table_users);
    at.waits(Effects::WaitsFor::old_snapshots);
  }
  const auto rebuild = [&](const Record& table, std::string_view index) {
    at.scan(table, "to build its indexes again");
    at.rebuild_index(table, index, "the index is built again");
    if (!op.concurrently) return;
    for (Effects::Lock& each : at.now->locks)
      if (each.relation.name == index) each.mode = weak;
  };
  const auto table = [&](const Record& record) {
    at.lock(record, mode);
    for (const Index& index : record.facts.indexes)
      if (!record.partitioned()) rebuild(record, index.name);
  };
  if (op.object == ObjectKind::index) {
    const Record* owner = at.replay.find_index(op.name);
    if (!owner) return;
    at.lock(*owner, mode);
    if (!owner->partitioned()) {
      rebuild(*owner, op.name.name);
      return;
    }
    at.now->fails_in_transaction = true;
    for (const Record* each : at.tree(*owner))
      for (const Index& index : each->facts.indexes)
        if (index.parent == op.name.name) {
          at.lock(*each, mode);
          rebuild(*each, index.name);
        }
  } else if (op.object == ObjectKind::table) {
    const Record* record = at.lock_named(op.name, mode);
    if (!record) return;
    if (record->partitioned()) at.now->fails_in_transaction = true;
    for (const Record* each : at.tree(*record, !record->partitioned())) table(*each);
  } else if (op.object == ObjectKind::schema) {
    for (const Key& key : at.facts().relations.keys(op.name.name))
      if (const Record* record = at.find(key); record && has_storage(*record)) table(*record);
  }
}

void vacuum(Evaluation& at, const Vacuum& op) {
  at.now->fails_in_transaction = op.vacuum;
  if (op.table.name.empty()) {  // every table, one after another
    for (const Record* each : at.facts().relations.all()) {
      if (!has_storage(*each) && !each->partitioned()) continue;
      at.lock(*each, op.full ? full : weak);
      if (op.full) at.rewrite(*each, "the table is written anew without its dead rows");
    }
    return;
  }
  const Record* table = at.lock_named(op.table, op.full ? full : weak);
  if (!table) return;
  for (const Record* each : at.tree(*table, !table->partitioned())) {
    at.lock(*each, op.full ? full : weak);
    if (op.full) at.rewrite(*each, "the table is written anew without its dead rows");
    if (!op.full)
      at.lock_indexes(*each, op.vacuum ? LockMode::row_exclusive : LockMode::access_share);
  }
}

void cluster(Evaluation& at, const Cluster& op) {
  if (op.table.name.empty()) {
    at.now->fails_in_transaction = true;
    return;
  }
  const Record* table = at.lock_named(op.table, full);
  if (!table) return;
  at.now->fails_in_transaction = table->partitioned();
  if (op.index.empty() && table->facts.create_seen && !table->partitioned()) {
    const Rarity* rarity = at.facts().rarity(table->key());
    if (!rarity || !table->facts.index(rarity->clustered_on))
      at.fails(cat(printed(*table), " has not been clustered on an index before"));
  }
  if (!op.index.empty() && table->facts.create_seen && !at.facts().opaque &&
      !table->facts.index(op.index))
    at.fails(cat(printed(*table), " has no index ", op.index));
  for (const Record* each : at.tree(*table, !table->partitioned())) {
    at.lock(*each, full);
    at.rewrite(*each, "the table is written anew in the order of the index");
  }
}

}  // namespace

bool work_out_index(Evaluation& at, const Op& op) {
  if (const auto* create = std::get_if<CreateIndex>(&op)) {
    create_index(at, *create);
  } else if (const auto* drop = std::get_if<DropIndex>(&op)) {
    drop_index(at, *drop);
  } else if (const auto* rename = std::get_if<RenameIndex>(&op)) {
    if (const Record* table = at.replay.find_index(rename->index)) {
      at.lock_index(*table, rename->index.name, weak);
      if (rename->new_name != rename->index.name &&
          at.facts().relation_name_taken({table->facts.schema, rename->new_name}))
        at.fails(cat("there is a relation ", rename->new_name, " already"));
    } else if (at.find(rename->index)) {
      at.lock_named(rename->index, full);
    }
  } else if (const auto* attach = std::get_if<AttachIndexPartition>(&op)) {
    const Record* parent = at.replay.find_index(attach->index);
    const Record* child = at.replay.find_index(attach->partition);
    if (parent) {
      at.lock_index(*parent, attach->index.name, weak);
      at.lock(*parent, LockMode::access_share);
    }
    if (child) {
      at.lock_index(*child, attach->partition.name, full, "the index that is attached");
      at.lock(*child, LockMode::access_share);
    }
  } else if (const auto* again = std::get_if<Reindex>(&op)) {
    reindex(at, *again);
  } else if (const auto* clean = std::get_if<Vacuum>(&op)) {
    vacuum(at, *clean);
  } else if (const auto* sort = std::get_if<Cluster>(&op)) {
    cluster(at, *sort);
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
