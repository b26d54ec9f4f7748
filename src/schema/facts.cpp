#include <schema/facts.hpp>
#include <schema/generated_names.hpp>

#include <algorithm>
#include <unordered_set>

namespace migguard::schema {
namespace {

template <class Part>
Part* named(std::vector<Part>& parts, std::string_view name) {
  for (Part& part : parts)
    if (same_text(part.name, name)) return &part;
  return nullptr;
}

// The names that public facts repeat of a record's ties.
void repeat_ties(Store& store, Record& record) {
  Relation& facts = record.facts;
  const bool partition = !facts.partition_of.empty();
  facts.inherits.clear();
  if (partition && !record.parents.empty())
    facts.partition_of = store.plain(record.parents.front());
  else
    for (const Key& parent : record.parents) facts.inherits.push_back(store.plain(parent));
}

void add_owned(Record& table, const Key& sequence) {
  table.owned.insert(std::lower_bound(table.owned.begin(), table.owned.end(), sequence), sequence);
}

}  // namespace

bool is_system_schema(std::string_view schema) {
  return schema == "pg_catalog" || schema == "information_schema" || schema == "pg_toast";
}

Key type_key(const ColumnType& type) { return type.lookup_name(); }

void Facts::add_default_type(Column& column, const ColumnType& type) const {
  if (type.schema.empty()) return;
  for (const ColumnType& each : column.default_types)
    if (each.name == type.name) return;
  std::vector<ColumnType> kept(column.default_types.begin(), column.default_types.end());
  kept.push_back(type);
  column.default_types = store->rarely(kept);
}

void Facts::give_name(ColumnType& type, Text schema, Text name) const {
  type.schema = schema;
  type.name = schema.empty() ? name : store->keep(cat(schema, '.', name));
}

Column* Record::column(std::string_view name) { return named(facts.columns, name); }
Constraint* Record::constraint(std::string_view name) { return named(facts.constraints, name); }
Index* Record::index(std::string_view name) { return named(facts.indexes, name); }

void Ties::add(const Key& target, const Key& source) { ++sources_[target][source]; }

void Ties::remove(const Key& target, const Key& source) {
  const auto entry = sources_.find(target);
  if (entry == sources_.end()) return;
  const auto count = entry->second.find(source);
  if (count == entry->second.end() || --count->second > 0) return;
  entry->second.erase(count);
  if (entry->second.empty()) sources_.erase(entry);
}

std::vector<Key> Ties::sources(const Key& target) const {
  std::vector<Key> keys;
  if (const auto entry = sources_.find(target); entry != sources_.end())
    for (const auto& [source, count] : entry->second) keys.push_back(source);
  return keys;
}

// ---------------------------------------------------------------- looking up

Record* Facts::table_of_index(const Name& name) {
  return const_cast<Record*>(std::as_const(*this).table_of_index(name));
}

const Record* Facts::table_of_index(const Name& name) const {
  const Text* table = index_tables_.find(name);
  return table ? relations.find({name.schema, *table}) : nullptr;
}

template <class Taken>
Text Facts::free_name(std::string_view schema, std::string_view name1, std::string_view name2,
                      std::string_view label, Taken taken) const {
  // Most names are free without a number.
  make_object_name(made_name_, name1, name2, label);
  if (!taken(made_name_)) return store->keep(made_name_);
  constexpr char zero = '\0';
  unsigned& pass = passes_[cat(schema, zero, name1, zero, name2, zero, label)];
  return store->keep(choose_name(name1, name2, label, pass, taken));
}

Text Facts::free_constraint_name(std::string_view schema, std::string_view name1,
                                 std::string_view name2, std::string_view label) const {
  return free_name(schema, name1, name2, label, [&](const std::string& name) {
    return constraint_names_.contains({schema, name});
  });
}

Text Facts::numbered_not_null_name(std::string_view schema, std::string_view table,
                                   std::string_view column) const {
  const std::string without_number = make_object_name(table, column, "not_null");
  return free_name(schema, table, column, "not_null", [&](const std::string& name) {
    return name == without_number || constraint_names_.contains({schema, name});
  });
}

Text Facts::free_relation_name(std::string_view schema, std::string_view name1,
                               std::string_view name2, std::string_view label,
                               bool for_constraint) const {
  return free_name(schema, name1, name2, label, [&](const std::string& name) {
    const HashedName hashed({schema, name});
    return relation_name_taken(hashed) || (for_constraint && constraint_names_.contains(hashed));
  });
}

std::vector<Key> Facts::descendants(const Record& record) const {
  if (record.children.empty()) return {};
  std::vector<Key> keys = record.children.all();
  std::unordered_set<Key, NameHash> seen{record.key()};
  for (const Key& child : keys) seen.insert(child);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    const Record* descendant = find(keys[at]);
    if (!descendant) continue;
    for (const Key& child : descendant->children)
      if (seen.insert(child).second) keys.push_back(child);
  }
  return keys;
}

// ---------------------------------------------------------------- ties

void Facts::take_constraint_name(std::string_view schema, std::string_view name) {
  if (name.empty()) return;
  ++constraint_names_[{schema, name}];
  any_not_null_name_ = any_not_null_name_ || name.ends_with(not_null_label);
}

void Facts::release_constraint_name(std::string_view schema, std::string_view name) {
  unsigned* uses = constraint_names_.find({schema, name});
  if (!uses || --*uses > 0) return;
  constraint_names_.erase({schema, name});
  passes_.clear();
}

void Facts::tie_constraint(const Record& record, const Constraint& constraint) {
  take_constraint_name(record.facts.schema, constraint.name);
  if (constraint.kind != ConstraintKind::foreign_key) return;
  foreign_keys_.add(Key{constraint.references_schema, constraint.references_table}, record.key());
  referenced_columns_.insert(constraint.referenced_columns.begin(),
                             constraint.referenced_columns.end());
}

void Facts::untie_constraint(const Record& record, const Constraint& constraint) {
  release_constraint_name(record.facts.schema, constraint.name);
  if (constraint.kind == ConstraintKind::foreign_key)
    foreign_keys_.remove(Key{constraint.references_schema, constraint.references_table},
                         record.key());
}

void Facts::tie_column(const Record& record, const Column& column) {
  if (!column.not_null_constraint.empty())
    take_constraint_name(record.facts.schema, column.not_null_constraint);
  if (!column.type.schema.empty()) type_users_.add(type_key(column.type), record.key());
  for (const ColumnType& type : column.default_types) type_users_.add(type_key(type), record.key());
}

void Facts::untie_column(const Record& record, const Column& column) {
  release_constraint_name(record.facts.schema, column.not_null_constraint);
  if (!column.type.schema.empty()) type_users_.remove(type_key(column.type), record.key());
  for (const ColumnType& type : column.default_types)
    type_users_.remove(type_key(type), record.key());
}

void Facts::tie(const Record& record) {
  const Key key = record.key();
  for (const Column& column : record.facts.columns) tie_column(record, column);
  for (const Constraint& constraint : record.facts.constraints) tie_constraint(record, constraint);
  for (const Index& index : record.facts.indexes)
    index_tables_[{record.facts.schema, index.name}] = record.facts.name;
  for (const Key& read : record.reads) readers_.add(read, key);
  for (const auto& [trigger, function] : record.trigger_functions)
    trigger_functions_.add(function, key);
}

void Facts::untie(const Record& record) {
  passes_.clear();
  const Key key = record.key();
  for (const Column& column : record.facts.columns) untie_column(record, column);
  for (const Constraint& constraint : record.facts.constraints)
    untie_constraint(record, constraint);
  for (const Index& index : record.facts.indexes)
    index_tables_.erase({record.facts.schema, index.name});
  for (const Key& read : record.reads) readers_.remove(read, key);
  for (const auto& [trigger, function] : record.trigger_functions)
    trigger_functions_.remove(function, key);
}

// ---------------------------------------------------------------- relations

Record& Facts::put(const Name& name, RelationKind kind) {
  auto [record, added] = relations.insert(name);
  if (!added) {
    make_room(*record);
    record = &relations[name];
  }
  record->facts.kind = kind;
  if (kind != RelationKind::sequence) note_beginnings(name);
  gone.erase(name);
  record->facts.schema = name.schema;
  record->facts.name = name.name;
  return *record;
}

// Takes a relation away whose name another one gets.
void Facts::make_room(Record& before) {
  const Key key = before.key();
  if (before.facts.create_seen) return drop(key, false);
  // What was known from references stays referenced.
  for (const Key& child : before.children.all())
    if (Record* below = find(child)) remove_child(before, *below);
  for (const Key& parent : before.parents.all())
    if (Record* above = find(parent)) remove_child(*above, before);
  untie(before);
  relations.erase(key);
}

void Facts::drop_foreign_keys_to(const Key& key) {
  for (const Key& source : foreign_keys_.sources(key)) {
    Record* record = find(source);
    if (!record) continue;
    auto& constraints = record->facts.constraints;
    for (std::size_t at = constraints.size(); at-- > 0;) {
      const Constraint& each = constraints[at];
      if (each.kind == ConstraintKind::foreign_key &&
          Key{each.references_schema, each.references_table} == key)
        erase_constraint(*record, at);
    }
  }
}

void Facts::drop(const Key& first, bool cascade) {
  std::vector<Key> pending{first};
  while (!pending.empty()) {
    const Key key = pending.back();
    pending.pop_back();
    Record* record = find(key);
    if (!record) continue;
    pending.insert(pending.end(), record->owned.begin(), record->owned.end());
    const std::vector<Key> children = record->children.all();
    for (const Key& child : children) {
      if (record->partitioned() || cascade)
        pending.push_back(child);
      else if (Record* inheriting = find(child))
        remove_child(*record, *inheriting);
    }
    if (cascade)
      for (const Key& view : reading(key)) pending.push_back(view);
    drop_foreign_keys_to(key);
    const std::vector<Key> parents = record->parents.all();
    for (const Key& parent : parents)
      if (Record* above = find(parent)) remove_child(*above, *record);
    if (Record* owner = record->owner.name.empty() ? nullptr : find(record->owner))
      erase(owner->owned, key);
    untie(*record);
    relatives_ = {};
    rare.erase(key);
    forget_calls(key);
    pending_events.erase(key);
    if (record->facts.schema != temporary_schema) {
      gone.add(key);
      for (const Index& index : record->facts.indexes) gone.add({record->facts.schema, index.name});
    }
    relations.erase(key);
  }
}

void Facts::rename_in_side_tables(const Key& key, const Key& new_key) {
  if (auto kept = rare.extract(key)) {
    kept.key() = new_key;
    rare.erase(new_key);
    rare.insert(std::move(kept));
  }
  sequence_defaults.move_sequence(key, new_key);
  sequence_defaults.move_table(key, new_key);
  if (pending_events.erase(key) > 0) pending_events.insert(new_key);
  if (auto called = calls.extract(key)) {
    for (const Key& function : called.mapped()) {
      auto& uses = function_uses[function];
      std::vector<FunctionUse> moved = std::move(uses[key]);
      uses.erase(key);
      for (FunctionUse& use : moved) use.relation = new_key;
      uses[new_key] = std::move(moved);
    }
    called.key() = new_key;
    calls.insert(std::move(called));
  }
}

void Facts::move(const Key& key, std::string_view new_schema, std::string_view new_name) {
  const Key new_key = Key{new_schema, new_name};
  if (new_key == key || !find(key)) return;
  if (find(new_key)) drop(new_key, false);
  Record* found = find(key);
  if (!found) return;
  Record& moved = *found;
  for (Column& column : moved.facts.columns) spell_not_null(moved, column);
  untie(moved);
  const bool other_schema = moved.facts.schema != new_schema;
  if (other_schema)
    for (const Index& index : moved.facts.indexes) {
      gone.add({moved.facts.schema, index.name});
      gone.erase({new_schema, index.name});
    }
  moved.facts.schema = new_schema;
  moved.facts.name = new_name;
  for (Constraint& each : moved.facts.constraints)  // a table may reference itself
    if (Key{each.references_schema, each.references_table} == key) {
      each.references_schema = new_schema;
      each.references_table = new_name;
    }
  relations.move(key, new_key);
  relatives_ = {};
  note_beginnings(new_key);
  tie(moved);
  rename_in_side_tables(key, new_key);
  gone.add(key);
  gone.erase(new_key);

  const Text name = store->plain(new_key);
  for (const Key& source : foreign_keys_.sources(key)) {
    Record* referencing_table = find(source);
    if (!referencing_table) continue;
    for (Constraint& each : referencing_table->facts.constraints) {
      if (each.kind != ConstraintKind::foreign_key ||
          Key{each.references_schema, each.references_table} != key)
        continue;
      foreign_keys_.remove(key, source);
      each.references_schema = new_schema;
      each.references_table = new_name;
      foreign_keys_.add(new_key, source);
    }
  }
  for (const Key& source : readers_.sources(key)) {
    Record* view = find(source);
    if (!view) continue;
    std::vector<Key> reads = view->reads.all();
    std::replace(reads.begin(), reads.end(), key, new_key);
    set_reads(*view, std::move(reads));
  }
  for (const Key& parent : moved.parents) {
    Record* above = find(parent);
    if (!above) continue;
    for (std::size_t at = 0; at < above->children.size(); ++at) {
      if (above->children[at] != key) continue;
      above->children[at] = new_key;
      if (at < above->facts.partitions.size()) above->facts.partitions[at] = name;
    }
  }
  for (const Key& child : moved.children)
    if (Record* below = find(child)) {
      std::replace(below->parents.begin(), below->parents.end(), key, new_key);
      repeat_ties(*store, *below);
    }
  if (Record* owner = moved.owner.name.empty() ? nullptr : find(moved.owner)) {
    erase(owner->owned, key);
    add_owned(*owner, new_key);
  }
  const std::vector<Key> owned = moved.owned.all();
  for (const Key& each : owned) {
    Record* sequence = find(each);
    if (!sequence) continue;
    sequence->owner = new_key;
    sequence->facts.owned_by = name;
    if (other_schema)
      move(each, new_schema, sequence->facts.name);  // a sequence owns nothing: one level deep
  }
}

void Facts::make_partitioned(Record& record) {
  record.facts.kind = RelationKind::partitioned_table;
  record.facts.partitions.clear();
  for (const Key& child : record.children) {
    record.facts.partitions.push_back(store->plain(child));
    if (Record* below = find(child)) {
      below->facts.partition_of = store->plain(record.key());
      repeat_ties(*store, *below);
    }
  }
}

void Facts::add_child(Record& parent, Record& child) {
  const Key key = child.key();
  // A table has few parents, and may have thousands of partitions.
  const Key parent_key = parent.key();
  if (std::find(child.parents.begin(), child.parents.end(), parent_key) != child.parents.end())
    return;
  parent.children.push_back(key);
  child.parents.push_back(parent_key);
  if (parent.partitioned()) {
    parent.facts.partitions.push_back(store->plain(key));
    child.facts.partition_of = store->plain(parent.key());
  }
  repeat_ties(*store, child);
}

void Facts::make_default_partition(const Record& parent, Record& child) {
  child.default_partition = true;
  rare[parent.key()].had_default_partition = true;
}

void Facts::remove_child(Record& parent, Record& child) {
  const Key key = child.key();
  const auto found = std::find(parent.children.begin(), parent.children.end(), key);
  if (found == parent.children.end()) return;
  if (parent.partitioned()) {
    const auto place = found - parent.children.begin();
    parent.facts.partitions.erase(parent.facts.partitions.begin() + place);
    child.facts.partition_of = {};
  }
  parent.children.erase(found);
  erase(child.parents, parent.key());
  repeat_ties(*store, child);
  if (!child.parents.empty()) return;
  for (Column& column : child.facts.columns) column.inherited = false;
  for (Constraint& constraint : child.facts.constraints) constraint.inherited = false;
  for (Index& index : child.facts.indexes) index.parent = {};
}

void Facts::set_reads(Record& record, std::vector<Key> reads) {
  const Key key = record.key();
  for (const Key& read : record.reads) readers_.remove(read, key);
  record.reads = std::move(reads);
  record.facts.reads.clear();
  for (const Key& read : record.reads) {
    readers_.add(read, key);
    record.facts.reads.push_back(store->plain(read));
  }
}

void Facts::set_owner(Record& sequence, Record* table, std::string_view column) {
  const Key key = sequence.key();
  if (Record* owner = sequence.owner.name.empty() ? nullptr : find(sequence.owner))
    erase(owner->owned, key);
  sequence.owner = table ? table->key() : Key();
  sequence.facts.owned_by = table ? store->plain(sequence.owner) : Text();
  sequence.facts.owned_by_column = table ? column : Text();
  if (table) add_owned(*table, key);
}

void forget_user(Relation& table, ObjectKind kind, std::string_view name) {
  erase_if(table.column_users,
           [&](const ColumnUser& each) { return each.kind == kind && each.name == name; });
}

void Facts::add_trigger(Record& record, Text trigger, Key function, List<Text> columns) {
  drop_trigger(record, trigger);
  record.facts.triggers.emplace_back(trigger);
  trigger_functions_.add(function, record.key());
  record.trigger_functions.emplace_back(trigger, function);
  if (!columns.empty())
    record.facts.column_users.push_back({ObjectKind::trigger, trigger, columns});
}

void Facts::drop_trigger(Record& record, std::string_view trigger) {
  erase(record.facts.triggers, Text(trigger));
  forget_user(record.facts, ObjectKind::trigger, trigger);
  erase_if(record.trigger_functions, [&](const auto& each) {
    if (each.first != trigger) return false;
    trigger_functions_.remove(each.second, record.key());
    return true;
  });
}

}  // namespace migguard::schema
