#include <schema/effects.hpp>
#include <schema/effects_parts.hpp>

#include <migguard/failure.hpp>

#include <algorithm>
#include <typeinfo>

namespace migguard::schema {
namespace {

RelationName name_of_relation(const Name& name) {
  return {std::string(name.schema), std::string(name.name)};
}

void add_work(std::vector<Effects::Work>& list, const Name& relation, const Name& table,
              std::string_view why) {
  for (const Effects::Work& each : list)
    if (each.relation.is(relation)) return;
  list.push_back({name_of_relation(relation), std::string(why), name_of_relation(table)});
}

}  // namespace

void Evaluation::lock(const Name& relation, LockMode mode, std::string_view why) {
  if (failures_alone) return;
  for (Effects::Lock& each : now->locks) {
    if (!each.relation.is(relation)) continue;
    if (mode > each.mode) {
      each.mode = mode;
      each.why = why;
    }
    return;
  }
  const RelationName name = name_of_relation(relation);
  now->locks.push_back({name, mode, std::string(why), name});
}

void Evaluation::lock_index(const Record& table, std::string_view index, LockMode mode,
                            std::string_view why) {
  if (failures_alone) return;
  const Name name{table.facts.schema, index};
  lock(name, mode, why);
  for (Effects::Lock& each : now->locks)
    if (each.relation.is(name)) each.table = name_of_relation(table.name());
}

void Evaluation::lock_indexes(const Record& table, LockMode mode, std::string_view why) {
  for (const Index& index : table.facts.indexes) lock_index(table, index.name, mode, why);
}

const Record* Evaluation::lock_named(const Name& name, LockMode mode, std::string_view why) {
  if (name.name.empty()) return nullptr;
  if (const Record* record = find(name)) {
    lock(*record, mode, why);
    if (!record->facts.create_seen) now->known = false;
    return record;
  }
  if (failures_alone) return nullptr;
  if (const Record* table = replay.find_index(name)) {
    lock_index(*table, name.name, mode, why);
    return nullptr;
  }
  if (replay.relation_exists(name) == Known::unknown && !is_system_name(name)) {
    const Key key = replay.key_to_create(name);
    lock(key, mode, why);
    now->known = false;
  }
  return nullptr;
}

void Evaluation::lock_below(const Record& record, LockMode mode, std::string_view why) {
  if (failures_alone) return;
  for (const Key& key : facts().descendants(record))
    if (const Record* child = find(key)) lock(*child, mode, why);
}

std::vector<const Record*> Evaluation::tree(const Record& record, bool only) const {
  std::vector<const Record*> all{&record};
  if (only) return all;
  for (const Key& key : facts().descendants(record))
    if (const Record* child = find(key)) all.push_back(child);
  return all;
}

void Evaluation::scan(const Record& record, std::string_view why) {
  if (!failures_alone && has_storage(record))
    add_work(now->scans, record.name(), record.name(), why);
}

void Evaluation::rewrite(const Record& record, std::string_view why) {
  if (failures_alone || !has_storage(record)) return;
  add_work(now->rewrites, record.name(), record.name(), why);
  scan(record, why);
  for (const Index& index : record.facts.indexes) rebuild_index(record, index.name, why);
}

void Evaluation::copy_file(const Record& record) {
  if (!failures_alone && has_storage(record))
    add_work(now->rewrites, record.name(), record.name(), "the file is copied");
}

void Evaluation::fill(const Record& record, std::string_view why) {
  if (!failures_alone && has_storage(record))
    add_work(now->rewrites, record.name(), record.name(), why);
}

void Evaluation::build_index(const Record& table, std::string_view index, std::string_view why) {
  if (failures_alone || !has_storage(table)) return;
  add_work(now->index_builds, {table.facts.schema, index}, table.name(), why);
  scan(table, why);
}

void Evaluation::rebuild_index(const Record& table, std::string_view index, std::string_view why) {
  if (failures_alone) return;
  lock_index(table, index, LockMode::access_exclusive, why);
  add_work(now->index_rebuilds, {table.facts.schema, index}, table.name(), why);
}

void Evaluation::fails(std::string reason, Effects::Failure failure) {
  if (!now->fails.empty()) return;
  now->fails = std::move(reason);
  now->failure = failure;
}

void Evaluation::waits(Effects::WaitsFor what) {
  if (!now->waits(what)) now->waits_for.push_back(what);
}

void Evaluation::lock_reads(List<Name> reads, bool scanned, std::string_view why) {
  if (failures_alone) return;
  std::set<Key> seen;
  std::vector<Key> pending;
  for (const Name& name : reads) {
    const Record* record = lock_named(name, LockMode::access_share, why);
    if (record && seen.insert(record->key()).second) pending.push_back(record->key());
  }
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const Record* record = find(Key(pending[done]));
    if (!record) continue;
    lock(*record, LockMode::access_share, why);
    if (scanned && record->facts.kind != RelationKind::sequence) scan(*record, why);
    const bool view = record->facts.kind == RelationKind::view;
    for (const Key& key : view ? record->reads : record->children)
      if (seen.insert(key).second) pending.push_back(key);
  }
}

void refuse_missing(Evaluation& at, const Record& table, List<Text> columns) {
  if (!table.facts.create_seen || at.facts().opaque) return;
  for (const Text& each : columns) {
    // The name of the table stands for its whole row.
    const bool there = each.empty() || each == table.facts.name || table.facts.column(each) ||
                       at.together.added_columns.contains(each) || each == "ctid" ||
                       each == "tableoid" || each == "xmin" || each == "xmax" || each == "cmin" ||
                       each == "cmax";
    if (!there) at.fails(cat("there is no column ", each));
  }
}

void refuse_second_key(Evaluation& at, const Record& table) {
  for (const Constraint& each : table.facts.constraints) {
    const bool goes = at.together.dropped_constraints.contains(each.name) ||
                      std::any_of(each.columns.begin(), each.columns.end(), [&](Text column) {
                        return at.together.dropped_columns.contains(column);
                      });
    if (each.kind == ConstraintKind::primary_key && !goes)
      at.fails(cat(printed(table), " has a primary key already"));
  }
}

void refuse_targets(Evaluation& at, const Op& op) {
  const auto* insert = std::get_if<Insert>(&op);
  const auto* update = std::get_if<Update>(&op);
  if ((!insert || insert->into_elements) && (!update || update->into_elements)) return;
  const Record* table = at.find(insert ? insert->table : update->table);
  if (table && has_storage(*table))
    refuse_missing(at, *table, insert ? insert->columns : update->columns);
}

bool has_storage(const Record& record) {
  return record.facts.kind == RelationKind::table ||
         record.facts.kind == RelationKind::materialized_view;
}

std::string_view in_words(FunctionUse::Part part) {
  switch (part) {
    case FunctionUse::Part::default_:
      return "the default of ";
    case FunctionUse::Part::generated:
      return "the generated column ";
    case FunctionUse::Part::constraint:
      return "the check ";
    case FunctionUse::Part::index:
      return "the index ";
    case FunctionUse::Part::policy:
      return "the policy ";
    case FunctionUse::Part::view:
      return "the view";
    case FunctionUse::Part::rule:
      return "the rule ";
  }
  return {};
}

bool has_rows_below(const Record& record) {
  return record.facts.rows_written && record.facts.emptied.migration < 0 &&
         record.facts.cleared.migration < 0;
}

std::string printed(const Record& record) {
  const std::string_view schema = record.facts.schema;
  return to_string(Name{schema == "public" ? std::string_view() : schema, record.facts.name});
}

const Record* default_partition(const Evaluation& at, const Record& parent) {
  const Rarity* rarity = at.facts().rarity(parent.key());
  if (!rarity || !rarity->had_default_partition) return nullptr;
  for (const Key& key : parent.children) {
    const Record* child = at.find(key);
    if (child && child->default_partition) return child;
  }
  return nullptr;
}

void work_out(Evaluation& at, const Op& op) {
  work_out_column(at, op) || work_out_constraint(at, op) || work_out_alter_table(at, op) ||
      work_out_partition(at, op) || work_out_index(at, op) || work_out_drop(at, op) ||
      work_out_object(at, op) ||
      ((!at.failures_alone || std::holds_alternative<Truncate>(op)) && work_out_rows(at, op));
  refuse_targets(at, op);
  work_out_transaction(at, op);
  // A block may ask first, or catch the error; but never runs what refuses to run in it.
  const auto* index = std::get_if<CreateIndex>(&op);
  if (node(op).within != Within::statement && !(index && index->concurrently)) {
    at.now->fails.clear();
    at.now->failure = Effects::Failure::none;
  }
}

namespace {

Together seen_together(const Replay& replay, List<Op> ops) {
  Together all;
  for (const Op& op : ops) {
    if (const auto* dropped = std::get_if<DropConstraint>(&op))
      all.dropped_constraints.emplace(dropped->constraint);
    if (const auto* dropped = std::get_if<DropColumn>(&op))
      all.dropped_columns.emplace(dropped->column);
    if (const auto* value = std::get_if<SetDefault>(&op); value && !value->value)
      all.dropped_defaults.emplace(value->column);
    if (const auto* added = std::get_if<AddConstraint>(&op))
      all.added_constraints.emplace(added->constraint.name);
    all.dropped_indexes += std::holds_alternative<DropIndex>(op);
    if (const auto* added = std::get_if<AddColumn>(&op))
      all.added_columns.emplace(added->column.name);
    Name relation;
    if (const auto* table = std::get_if<DropTable>(&op)) relation = table->table;
    if (const auto* view = std::get_if<DropView>(&op)) relation = view->view;
    if (const auto* table = std::get_if<Truncate>(&op)) relation = table->table;
    if (!relation.name.empty()) all.dropped_relations.insert(replay.key_of_relation(relation));
  }
  return all;
}

}  // namespace

std::vector<Effects> effects(const Catalog& before, List<Op> ops, int pg_version) {
  std::vector<Effects> all(ops.size());
  const Together together = seen_together(before.replay(), ops);
  Evaluation evaluation{before.replay(), pg_version, together};
  for (std::size_t place = 0; place < ops.size(); ++place) {
    evaluation.now = &all[place];
    work_out(evaluation, ops[place]);
    find_blocked(all[place]);
  }
  return all;
}

bool may_fail(const Catalog& before, List<Op> ops, int pg_version) {
  Effects effects;
  const Together together = seen_together(before.replay(), ops);
  Evaluation evaluation{before.replay(), pg_version, together, &effects, true};
  return std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
    work_out(evaluation, op);
    return !effects.fails.empty();
  });
}

bool depend_on_each_other(List<Op> ops) {
  std::size_t schema_changes = 0;
  for (const Op& op : ops) {
    const Node& each = node(op);
    if (each.within != Within::statement || std::holds_alternative<DoBlock>(op)) return false;
    if (std::holds_alternative<CreateTable>(op) || std::holds_alternative<Insert>(op)) return false;
    schema_changes += !std::holds_alternative<JsonKey>(op);
  }
  return schema_changes > 1;
}

void find_blocked(Effects& effects) {
  effects.blocks.clear();
  for (const Effects::Lock& lock : effects.locks) {
    const bool of_index = lock.table != lock.relation;
    const bool reads = blocks_reads(lock.mode);
    const bool writes = of_index ? reads : blocks_writes(lock.mode);
    if (!reads && !writes) continue;
    const auto found =
        std::find_if(effects.blocks.begin(), effects.blocks.end(),
                     [&](const Effects::Blocked& each) { return each.table == lock.table; });
    Effects::Blocked& blocked = found != effects.blocks.end()
                                    ? *found
                                    : effects.blocks.emplace_back(Effects::Blocked{lock.table});
    blocked.reads |= reads;
    blocked.writes |= writes;
  }
}

Effects together(std::span<const Effects> each) {
  Effects all;
  for (const Effects& one : each) {
    for (const Effects::Lock& lock : one.locks) {
      const auto found =
          std::find_if(all.locks.begin(), all.locks.end(),
                       [&](const Effects::Lock& known) { return known.relation == lock.relation; });
      if (found == all.locks.end()) {
        all.locks.push_back(lock);
      } else if (lock.mode > found->mode) {
        *found = lock;
      }
    }
    for (const auto list :
         {&Effects::rewrites, &Effects::scans, &Effects::index_builds, &Effects::index_rebuilds}) {
      for (const Effects::Work& work : one.*list) {
        const auto same = [&](const Effects::Work& known) {
          return known.relation == work.relation;
        };
        if (std::none_of((all.*list).begin(), (all.*list).end(), same)) (all.*list).push_back(work);
      }
    }
    for (const Effects::WaitsFor what : one.waits_for)
      if (!all.waits(what)) all.waits_for.push_back(what);
    if (one.fails_in_transaction && !all.fails_in_transaction)
      all.fails_in_transaction_because = one.fails_in_transaction_because;
    all.fails_in_transaction |= one.fails_in_transaction;
    if (all.fails.empty()) {
      all.fails = one.fails;
      all.failure = one.failure;
    }
    all.known &= one.known;
  }
  find_blocked(all);
  return all;
}

void leave_out_new(Effects& effects, const Catalog& catalog) {
  const auto unseen = [&](const RelationName& table) {
    const Relation* relation = catalog.relation(table.full_name()).known();
    return relation && (catalog.is_new(*relation) || catalog.is_temporary(*relation));
  };
  std::erase_if(effects.locks, [&](const Effects::Lock& each) { return unseen(each.table); });
  for (const auto list :
       {&Effects::rewrites, &Effects::scans, &Effects::index_builds, &Effects::index_rebuilds})
    std::erase_if(effects.*list, [&](const Effects::Work& each) { return unseen(each.table); });
  std::erase_if(effects.blocks, [&](const Effects::Blocked& each) { return unseen(each.table); });
}

}  // namespace migguard::schema

namespace migguard {

bool may_fail(const Schema& schema, List<Op> ops, int pg_version) {
  // Asked of each statement: the type is final, so that comparing it does what a cast would.
  return typeid(schema) != typeid(schema::Catalog) ||
         schema::may_fail(static_cast<const schema::Catalog&>(schema), ops, pg_version);
}

}  // namespace migguard
