// What goes, and what goes with it: tables, views, sequences, types, functions, and the rest.
#include <schema/effects_parts.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;
constexpr LockMode weak = LockMode::share_update_exclusive;

void drop_table(Evaluation& at, const Record& table, bool cascade) {
  if (!cascade && !table.partitioned())
    for (const Key& key : table.children)
      if (const Record* child = at.find(key); child && !at.together.dropped_relations.contains(key))
        at.fails(cat(printed(*child), " inherits from it"));
  for (const Record* each : at.tree(table, !table.partitioned() && !cascade)) {
    at.lock(*each, full, each == &table ? "" : "dropped with its parent");
    at.lock_indexes(*each, full, "dropped with the table");
    for (const Key& key : each->owned)
      if (const Record* sequence = at.find(key)) at.lock(*sequence, full, "dropped with the table");
    for (const Constraint& constraint : each->facts.constraints)
      if (constraint.kind == ConstraintKind::foreign_key)
        if (const Record* parent = at.find(constraint.references()))
          at.lock(*parent, full, "its foreign key triggers are dropped");
    for (const Key& key : at.facts().referencing(each->key())) {
      const Record* child = at.find(key);
      if (!child || child == each || at.together.dropped_relations.contains(key)) continue;
      if (cascade)
        at.lock(*child, full, "loses its foreign key");
      else if (each == &table)
        at.fails(cat("the foreign key of ", printed(*child), " depends on it"),
                 Effects::Failure::depended);
    }
    for (const Key& key : at.facts().reading(each->key())) {
      const Record* view = at.find(key);
      if (!view || at.together.dropped_relations.contains(key)) continue;
      if (!cascade) {
        at.fails(cat("the view ", printed(*view), " depends on it"), Effects::Failure::depended);
        continue;
      }
      drop_table(at, *view, true);
    }
  }
  if (table.facts.partition_of.empty() || table.parents.empty()) return;
  const Record* parent = at.find(table.parents.front());
  if (!parent) return;
  at.lock(*parent, full, "loses a partition");
  if (const Record* rest = default_partition(at, *parent))
    at.lock(*rest, full, "the default partition");
}

// What a dropped sequence takes along: the defaults that take their values from it.
void drop_defaults(Evaluation& at, const Record& sequence, bool cascade) {
  for (const auto& [table, column] : at.facts().defaults_from(sequence.key())) {
    const Record* user = at.find(table);
    if (!user) continue;
    if (cascade)
      at.lock(*user, full, cat("the default of ", column, " is dropped"));
    else
      at.fails(cat("the default of ", column, " in ", printed(*user), " needs it"));
  }
}

void drop_extension(Evaluation& at, const DropExtension& op) {
  for (const ExtensionUse& use : extension_uses(at.facts(), op.extension)) {
    const Record* user = at.find(use.relation);
    if (!user) continue;
    const std::string_view kind = use.part == ExtensionUse::Part::column     ? "the column "
                                  : use.part == ExtensionUse::Part::default_ ? "the default of "
                                                                             : "the index ";
    if (!op.cascade) {
      at.fails(cat(kind, use.name, " of ", printed(*user), " needs it"));
      continue;
    }
    at.lock(*user, full, cat("loses ", kind, use.name));
    if (use.part == ExtensionUse::Part::index)
      at.lock_index(*user, use.name, full, "dropped with the extension");
  }
}

void drop_owned(Evaluation& at, const DropOwned& op) {
  for (const Key& key : at.replay.owned_by(op.roles)) {
    const Record* record = at.find(key);
    if (!record) continue;
    at.lock(*record, full, "dropped with all that its owner has");
    drop_table(at, *record, op.cascade);
  }
  at.now->known = false;
}

void drop_statistics(Evaluation& at, const DropObject& op) {
  const auto found = at.facts().statistics.find(at.replay.key_to_create(op.name));
  if (found == at.facts().statistics.end()) return;
  for (const Key& key : found->second)
    if (const Record* table = at.find(key)) at.lock(*table, weak, "has the statistics");
}

// The defaults, checks, indexes, policies and generated columns that call a function.
void drop_function_users(Evaluation& at, const DropFunction& op) {
  // Which of several functions of the name is called is not told.
  const auto alike = at.facts().signatures.find(at.replay.key_of_function(op.function));
  if (alike != at.facts().signatures.end() && alike->second.size() > 1) return;
  for (const FunctionUse& use : at.facts().uses_of(at.replay.key_of_function(op.function))) {
    const Record* user = at.find(use.relation);
    if (!user) continue;
    const bool view = use.part == FunctionUse::Part::view;
    if (!op.cascade) {
      at.fails(view ? cat("the view ", printed(*user), " calls it")
                    : cat(in_words(use.part), use.name, " of ", printed(*user), " calls it"));
      continue;
    }
    if (view) {
      drop_table(at, *user, true);
      continue;
    }
    at.lock(*user, full, cat("loses ", in_words(use.part), use.name));
    if (use.part == FunctionUse::Part::index)
      at.lock_index(*user, use.name, full, "dropped with the function");
  }
}

void drop_named(Evaluation& at, const Name& name, bool if_exists, bool cascade) {
  if (const Record* record = at.lock_named(name, full))
    drop_table(at, *record, cascade);
  else if (!if_exists && at.replay.relation_exists(name) == Known::no)
    at.fails(cat("there is no relation ", name.name));
}

void drop_schema(Evaluation& at, const DropSchema& op) {
  const std::vector<Key> relations = at.facts().relations.keys(op.schema);
  for (const Key& key : relations)
    if (const Record* record = at.find(key)) drop_table(at, *record, true);
  if (op.cascade) return;
  at.now->locks.clear();
  const bool holds = !relations.empty() || !at.facts().types.keys(op.schema).empty() ||
                     !at.facts().functions.keys(op.schema).empty();
  if (holds) at.fails(cat("the schema ", op.schema, " is not empty"));
}

void drop_type(Evaluation& at, const DropType& op) {
  if (!op.if_exists && at.replay.type_exists(op.type) == Known::no)
    at.fails(cat("there is no type ", op.type.name));
  const Key key = at.replay.key_of_type(op.type);
  std::vector<Key> users = at.facts().using_type(key);
  for (const Key& table : at.replay.tables_of(key)) users.push_back(table);
  for (const Key& each : users) {
    const Record* user = at.find(each);
    if (!user) continue;
    if (op.cascade)
      at.lock(*user, full, "loses its columns of the type");
    else
      at.fails(cat(printed(*user), " has a column of the type"));
  }
}

void drop_table_object(Evaluation& at, const DropTableObject& op) {
  const Record* record = at.find(op.table);
  const auto has = [&](List<Text> names) {
    return std::find(names.begin(), names.end(), op.name) != names.end();
  };
  const Rarity* rarity = record ? at.facts().rarity(record->key()) : nullptr;
  const bool absent = record && record->facts.create_seen &&
                      !(op.object == ObjectKind::trigger  ? has(record->facts.triggers)
                        : op.object == ObjectKind::policy ? has(record->facts.policies)
                                                          : rarity && has(rarity->rules));
  if (absent && op.if_exists) return;
  // A view's own rule is not among those that the history made.
  if (absent && !at.facts().opaque && record->facts.kind != RelationKind::view)
    at.fails(cat("there is no ",
                 op.object == ObjectKind::trigger  ? "trigger "
                 : op.object == ObjectKind::policy ? "policy "
                                                   : "rule ",
                 op.name));
  at.lock_named(op.table, full);
  if (record && record->partitioned() && op.object == ObjectKind::trigger)
    at.lock_below(*record, full, "a partition loses the trigger, too");
}

void drop_function(Evaluation& at, const DropFunction& op) {
  if (!op.if_exists && at.replay.function_exists(op.function) == Known::no)
    at.fails(cat("there is no function ", op.function.name));
  for (const Key& key : at.facts().calling(at.replay.key_of_function(op.function))) {
    const Record* user = at.find(key);
    if (!user) continue;
    if (op.cascade)
      at.lock(*user, full, "loses its trigger");
    else
      at.fails(cat("a trigger of ", printed(*user), " calls it"));
  }
  drop_function_users(at, op);
}

// The sequence of an identity column goes with the column alone.
void refuse_to_drop_sequence(Evaluation& at, const Record& sequence) {
  const Record* table = sequence.owner.name.empty() ? nullptr : at.find(sequence.owner);
  const Column* column = table ? table->facts.column(sequence.facts.owned_by_column) : nullptr;
  if (column && column->identity != Identity::none)
    at.fails(cat("the identity column ", column->name, " of ", printed(*table), " needs it"));
}

}  // namespace

bool work_out_drop(Evaluation& at, const Op& op) {
  if (const auto* table = std::get_if<DropTable>(&op)) {
    if (const Record* record = at.find(table->table);
        record && (record->facts.kind == RelationKind::view ||
                   record->facts.kind == RelationKind::materialized_view))
      at.fails(cat(printed(*record), " is a view"));
    drop_named(at, table->table, table->if_exists, table->cascade);
  } else if (const auto* view = std::get_if<DropView>(&op)) {
    drop_named(at, view->view, view->if_exists, view->cascade);
  } else if (const auto* sequence = std::get_if<DropSequence>(&op)) {
    if (const Record* record = at.find(sequence->sequence)) {
      refuse_to_drop_sequence(at, *record);
      drop_defaults(at, *record, sequence->cascade);
    }
    drop_named(at, sequence->sequence, sequence->if_exists, sequence->cascade);
  } else if (const auto* object = std::get_if<DropTableObject>(&op)) {
    drop_table_object(at, *object);
  } else if (const auto* extension = std::get_if<DropExtension>(&op)) {
    drop_extension(at, *extension);
  } else if (const auto* owned = std::get_if<DropOwned>(&op)) {
    drop_owned(at, *owned);
  } else if (const auto* other = std::get_if<DropObject>(&op)) {
    if (other->object == ObjectKind::statistics) drop_statistics(at, *other);
  } else if (const auto* schema = std::get_if<DropSchema>(&op)) {
    drop_schema(at, *schema);
  } else if (const auto* type = std::get_if<DropType>(&op)) {
    drop_type(at, *type);
  } else if (const auto* function = std::get_if<DropFunction>(&op)) {
    drop_function(at, *function);
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
