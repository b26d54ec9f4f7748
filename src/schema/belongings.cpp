// What belongs to relations without being a part of them: owners, tablespaces, statistics,
// publications, the extensions that columns need; and events that wait for the end of the
// transaction.
#include <schema/extensions.hpp>
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The last part of `public.citext`.
std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

}  // namespace

std::vector<ExtensionUse> extension_uses(const Facts& facts, std::string_view extension) {
  std::vector<ExtensionUse> uses;
  const ExtensionObjects* objects = extension_objects(extension);
  if (!objects || !facts.extensions.contains(extension)) return uses;
  for (const Record* record : facts.relations.all()) {
    for (const Column& column : record->facts.columns) {
      if (among(objects->types, last_part(column.type.name))) {
        uses.push_back({record->key(), ExtensionUse::Part::column, column.name});
      } else if (column.has_default &&
                 std::any_of(objects->functions.begin(), objects->functions.end(),
                             [&](std::string_view each) {
                               return column.default_text.find(each) != Text::npos;
                             })) {
        uses.push_back({record->key(), ExtensionUse::Part::default_, column.name});
      }
    }
    for (const Index& index : record->facts.indexes) {
      const auto classes = facts.operator_classes.find({record->facts.schema, index.name});
      const bool needs =
          among(objects->operator_classes, index.method) ||
          (classes != facts.operator_classes.end() &&
           std::any_of(classes->second.begin(), classes->second.end(),
                       [&](Text each) { return among(objects->operator_classes, each); }));
      if (needs) uses.push_back({record->key(), ExtensionUse::Part::index, index.name});
    }
  }
  return uses;
}

void Replay::effect(const DropExtension& op) {
  for (const ExtensionUse& use : extension_uses(facts, op.extension)) {
    Record* record = op.cascade ? facts.find(use.relation) : nullptr;
    if (!record) continue;
    if (use.part == ExtensionUse::Part::column) {
      facts.drop_column(*record, use.name, true);
    } else if (use.part == ExtensionUse::Part::index) {
      facts.drop_index(*record, use.name);
    } else if (Column* column = record->column(use.name)) {
      facts.set_default(*record, *column, false, {}, {});
    }
  }
  facts.extensions.erase(op.extension);
}

// ---------------------------------------------------------------- who calls a function

void Replay::note_known_calls(const Record& record, FunctionUse::Part part, Text name,
                              List<FunctionCall> calls) {
  for (const FunctionCall& call : calls)
    if (const Function* function = find_function(call.name))
      facts.add_call({function->schema, function->name}, {record.key(), part, name});
}

void Replay::forget_calls(const Record& record, FunctionUse::Part part, Text name) {
  if (facts.calls.empty()) return;
  const auto found = facts.calls.find(record.key());
  if (found == facts.calls.end()) return;
  for (const Key& function : found->second) {
    const auto uses = facts.function_uses.find(function);
    if (uses == facts.function_uses.end()) continue;
    if (const auto of = uses->second.find(record.key()); of != uses->second.end())
      std::erase_if(of->second,
                    [&](const FunctionUse& use) { return use.part == part && use.name == name; });
  }
}

std::vector<FunctionUse> Facts::uses_of(const Key& function) const {
  std::vector<FunctionUse> uses;
  const auto found = function_uses.find(function);
  if (found == function_uses.end()) return uses;
  const auto is_there = [&](const FunctionUse& use, const Relation& relation) {
    const Column* column = relation.column(use.name);
    const Rarity* rare_facts = rarity(use.relation);
    const auto among = [&](List<Text> names) {
      return std::find(names.begin(), names.end(), use.name) != names.end();
    };
    switch (use.part) {
      case FunctionUse::Part::default_:
        return column && column->has_default;
      case FunctionUse::Part::generated:
        return column && column->generated != Generated::none;
      case FunctionUse::Part::constraint:
        return relation.constraint(use.name) != nullptr;
      case FunctionUse::Part::index:
        return relation.index(use.name) != nullptr;
      case FunctionUse::Part::policy:
        return among(relation.policies);
      case FunctionUse::Part::view:
        return true;
      case FunctionUse::Part::rule:
        return rare_facts && among(rare_facts->rules);
    }
    return false;
  };
  for (const auto& [key, of_relation] : found->second)
    if (const Record* record = find(key))
      for (const FunctionUse& use : of_relation)
        if (is_there(use, record->facts)) uses.push_back(use);
  return uses;
}

void Facts::add_call(const Key& function, const FunctionUse& use) {
  function_uses[function][use.relation].push_back(use);
  calls[use.relation].insert(function);
}

void Facts::forget_calls(const Key& relation) {
  const auto found = calls.find(relation);
  if (found == calls.end()) return;
  for (const Key& function : found->second)
    if (const auto uses = function_uses.find(function); uses != function_uses.end())
      uses->second.erase(relation);
  calls.erase(found);
}

// ---------------------------------------------------------------- owners and tablespaces

void Replay::note_owner(const Record& record) {
  if (facts.session_settings.empty() && facts.local_settings.empty()) return;
  const auto setting = [&](std::string_view name) -> std::string {
    for (const auto* settings : {&facts.local_settings, &facts.session_settings})
      if (const auto found = settings->find(name); found != settings->end())
        return std::string(found->second);
    return {};
  };
  std::string owner = setting("role");
  if (owner.empty() || owner == "none") owner = setting("session_authorization");
  const std::string tablespace = setting("default_tablespace");
  if (owner.empty() && tablespace.empty()) return;
  Rarity& rarity = facts.rare[record.key()];
  rarity.owner = store.keep(owner);
  rarity.tablespace = store.keep(tablespace);
}

void Replay::effect(const SetOwner& op) {
  const Record* record = find(op.name);
  if (!record) return;
  facts.rare[record->key()].owner = op.owner;
  for (const Key& sequence : record->owned) facts.rare[sequence].owner = op.owner;
}

void Replay::effect(const SetTablespace& op) {
  if (!op.from.empty()) {
    for (const Key& key : in_tablespace(op)) facts.rare[key].tablespace = op.tablespace;
  } else if (const Record* record = altered(op.name)) {
    facts.rare[record->key()].tablespace = op.tablespace;
  }
}

std::vector<Key> Replay::in_tablespace(const SetTablespace& op) const {
  std::vector<Key> keys;
  for (const Record* record : facts.relations.all()) {
    const bool wanted = op.object == ObjectKind::materialized_view
                            ? record->facts.kind == RelationKind::materialized_view
                            : op.object == ObjectKind::table &&
                                  (record->facts.kind == RelationKind::table ||
                                   record->facts.kind == RelationKind::partitioned_table);
    if (!wanted) continue;
    const Rarity* rarity = facts.rarity(record->key());
    const std::string_view space =
        !rarity || rarity->tablespace.empty() ? std::string_view("pg_default") : rarity->tablespace;
    if (space != op.from) continue;
    if (!op.owned_by.empty() && (!rarity || std::find(op.owned_by.begin(), op.owned_by.end(),
                                                      rarity->owner) == op.owned_by.end()))
      continue;
    keys.push_back(record->key());
  }
  return keys;
}

std::vector<Key> Replay::owned_by(List<Text> roles) const {
  std::vector<Key> keys;
  for (const auto& [key, rarity] : facts.rare)
    if (!rarity.owner.empty() &&
        std::find(roles.begin(), roles.end(), rarity.owner) != roles.end() && facts.find(key))
      keys.push_back(key);
  return keys;
}

void Replay::effect(const DropOwned& op) {
  for (const Key& key : owned_by(op.roles)) facts.drop(key, op.cascade);
  forget_absences();
}

// ---------------------------------------------------------------- statistics, publications

std::vector<Key> Replay::keys_of(List<Name> names) const {
  std::vector<Key> keys;
  for (const Name& name : names) keys.push_back(key_of_relation(name));
  return keys;
}

void Replay::effect(const CreateObject& op) {
  if (op.object == ObjectKind::statistics && !op.name.name.empty()) {
    facts.statistics.try_emplace(key_to_create(op.name), keys_of(op.tables));
  } else if (op.object == ObjectKind::publication) {
    facts.publications.try_emplace(op.name.name, keys_of(op.tables));
  }
}

void Replay::effect(const AlterObject& op) {
  if (op.object == ObjectKind::publication && !op.tables.empty()) {
    std::vector<Key>& tables = facts.publications[op.name.name];
    const std::vector<Key> named = keys_of(op.tables);
    if (op.action == "set") tables.clear();
    for (const Key& key : named) {
      std::erase(tables, key);
      if (op.action != "drop") tables.push_back(key);
    }
  } else if (op.action == "reassign_owned") {
    for (const Key& key : owned_by({&op.name.name, 1}))
      facts.rare[key].owner = op.options.empty() ? Text() : op.options.front().value;
  }
}

void Replay::effect(const DropObject& op) {
  if (op.object == ObjectKind::statistics) facts.statistics.erase(key_to_create(op.name));
  if (op.object == ObjectKind::publication) facts.publications.erase(op.name.name);
}

// ---------------------------------------------------------------- events that wait

void Replay::effect(const OtherStatement& op) {
  if (op.command == "SET CONSTRAINTS DEFERRED") facts.constraints_deferred = true;
  if (op.command != "SET CONSTRAINTS IMMEDIATE") return;
  facts.constraints_deferred = false;
  facts.pending_events.clear();
}

void Replay::note_events(const Record& record, bool of_columns, List<Text> columns) {
  const auto waits = [&](const Constraint& each) {
    return each.deferred || (each.deferrable && facts.constraints_deferred);
  };
  const auto touched = [&](const Constraint& each) {
    return !of_columns || std::any_of(columns.begin(), columns.end(), [&](const Text& column) {
      return std::find(each.columns.begin(), each.columns.end(), column) != each.columns.end();
    });
  };
  bool pending = false;
  for (const Constraint& each : record.facts.constraints)
    pending |= each.kind == ConstraintKind::foreign_key && waits(each) && touched(each);
  const Rarity* rarity = facts.rarity(record.key());
  if (pending || (rarity && rarity->deferred_trigger)) facts.pending_events.insert(record.key());
}

void Replay::note_parent_events(const Record& record) {
  for (const Key& key : facts.referencing(record.key())) {
    const Record* child = facts.find(key);
    if (!child) continue;
    for (const Constraint& each : child->facts.constraints)
      if (each.kind == ConstraintKind::foreign_key && each.references() == record.key() &&
          (each.deferred || (each.deferrable && facts.constraints_deferred)))
        facts.pending_events.insert(record.key());
  }
}

void Replay::effect(const Insert& op) {
  wrote(op.table);
  if (const Record* record = find(op.table)) note_events(*record, false, {});
}

void Replay::begin_transaction_anew() {
  facts.pending_events.clear();
  facts.fresh_labels.clear();
  facts.constraints_deferred = false;
}

}  // namespace migguard::schema
