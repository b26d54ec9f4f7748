// Columns: added, dropped, renamed, changed; on a parent, for its children too.
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {

Column Replay::column_from(const ColumnDefinition& definition) const {
  Column column;
  define(column, definition);
  return column;
}

void Replay::define(Column& column, const ColumnDefinition& definition) const {
  column.name = definition.name;
  column.created_as = definition.name;
  resolve(definition.type, column.type);
  column.collation = definition.collation;
  // DEFAULT NULL is no default (AddRelationNewConstraints in src/backend/catalog/heap.c).
  column.has_default =
      definition.serial ||
      (definition.default_value && definition.default_value->kind != ExpressionKind::null);
  column.default_text = definition.default_value->text;
  if (column.has_default) {
    facts.add_default_type(column, column.type);
    for (const TypeName& type : definition.default_value->casts)
      facts.add_default_type(column, resolve(type));
  }
  column.serial = definition.serial;
  column.identity = definition.identity;
  column.generated = definition.generated;
  if (definition.generation)
    column.generated_from = facts.store->rarely(definition.generation->columns);
  column.created = now;
}

Text Replay::not_null_name(const ColumnDefinition& definition) {
  Text name;
  for (const ConstraintDefinition& each : definition.constraints)
    if (each.kind == ConstraintKind::not_null) name = each.name;
  return name;
}

void Replay::make_sequence(Record& table, const Column& column) {
  if (!column.serial && column.identity == Identity::none) return;
  const Text name =
      facts.free_relation_name(table.facts.schema, table.facts.name, column.name, "seq", false);
  Record& sequence = make({table.facts.schema, name}, RelationKind::sequence, Known::yes);
  sequence.facts.persistence = table.facts.persistence;
  facts.set_owner(sequence, &table, column.name);
}

void Replay::note_default(const Record& record, std::string_view column, const Expression& value) {
  const Key key = record.key();
  facts.sequence_defaults.erase(key, column);
  for (const FunctionCall& call : value.functions)
    if (call.name.name == "nextval" && !call.literal.empty())
      facts.sequence_defaults.set(key, column, key_of_relation(name_in(call.literal)));
}

void Replay::effect(const AddColumn& op) {
  Record* table = altered(op.table);
  if (!table) return;
  if (table->column(op.column.name)) {
    if (lenient(op, op.if_not_exists)) return;
    const Key key = table->key();
    facts.drop_column(*table, op.column.name, false);
    table = facts.find(key);
    if (!table) return;
  }
  const std::vector<Key> below = op.only ? std::vector<Key>() : facts.descendants(*table);
  Column& added = table->facts.columns.emplace_back();
  define(added, op.column);
  if (op.if_not_exists && !table->facts.create_seen) added.created_certain = Known::unknown;
  facts.add_last_column(*table);
  Column inherited;
  if (!below.empty()) inherited = added;
  inherited.inherited = true;
  inherited.serial = false;
  inherited.identity = Identity::none;

  if (op.column.not_null) facts.set_not_null(*table, added, not_null_name(op.column));
  note_default(*table, op.column.name, op.column.default_value);
  note_calls(*table, FunctionUse::Part::default_, op.column.name, op.column.default_value);
  if (op.column.generation)
    note_calls(*table, FunctionUse::Part::generated, op.column.name, op.column.generation);
  make_sequence(*table, added);
  // The children's constraint has the name of their parent's.
  if (!below.empty()) facts.spell_not_null(*table, added);
  const Text not_null_constraint = added.not_null_constraint;
  for (const Key& child_key : below) {
    Record* child = facts.find(child_key);
    if (!child || child->column(op.column.name)) continue;
    Column& copy = facts.add_column(*child, Column(inherited));
    if (op.column.not_null) facts.set_not_null(*child, copy, not_null_constraint);
  }
  add_constraints(*table, pending_constraints({&op.column, 1}, {}), false);
  if (only_without_rows(op, *table)) emptied(*table);
}

// Whether the server refuses the column where there is a row to fill it in (23502).
bool Replay::only_without_rows(const AddColumn& op, const Record& table) const {
  const ColumnDefinition& column = op.column;
  const bool null = !column.default_value || column.default_value->kind == ExpressionKind::null;
  if (!null || !(column.not_null || column.primary_key) || column.serial ||
      column.identity != Identity::none || column.generated != Generated::none)
    return false;
  const Column* added = table.facts.column(column.name);
  const Type* type = find_type(column.type.name);
  return added && added->created_certain == Known::yes &&
         (column.default_value || !type || !type->default_value);
}

void Replay::effect(const DropColumn& op) {
  const Record* table = altered(op.table);
  if (!table) return;
  // A child keeps a column that it declares itself, or that another parent still has.
  std::vector<Key> pending{table->key()};
  for (std::size_t done = 0; done < pending.size(); ++done) {
    Record* record = facts.find(pending[done]);
    if (!record) continue;
    values_changed(*record, op.column);
    if (done > 0) {
      const Column* column = record->column(op.column);
      const bool kept =
          std::any_of(record->parents.begin(), record->parents.end(), [&](const Key& parent) {
            const Record* above = facts.find(parent);
            return above && above->facts.column(op.column);
          });
      if (!column || !column->inherited || kept) continue;
    }
    const std::vector<Key> children = record->children.all();
    facts.drop_column(*record, op.column, op.cascade);
    pending.insert(pending.end(), children.begin(), children.end());
  }
}

void Replay::effect(const RenameColumn& op) {
  Record* table = altered(op.table);
  if (!table || op.column == op.new_name) return;
  if (!altered_column(*table, op.column)) return;
  facts.rename_column(*table, op.column, op.new_name);
  table->facts.lost_keys.clear();
  if (Column* renamed = table->column(op.new_name)) renamed->named = now;
  facts.sequence_defaults.rename_column(table->key(), op.column, op.new_name);
  for (const Key& key : facts.descendants(*table))
    if (Record* child = facts.find(key)) facts.rename_column(*child, op.column, op.new_name);
}

namespace {

// Applies a change to a column of a table and, without ONLY, of its descendants.
template <class Change>
void change_column(Replay& replay, const Name& table, Text column_name, bool only, Change change) {
  Record* record = replay.altered(table);
  if (!record) return;
  if (Column* column = replay.altered_column(*record, column_name)) change(*record, *column);
  if (only) return;
  for (const Key& key : replay.facts.descendants(*record)) {
    Record* child = replay.facts.find(key);
    if (!child) continue;
    if (Column* column = child->column(column_name)) change(*child, *column);
  }
}

}  // namespace

void Replay::effect(const SetDefault& op) {
  std::vector<ColumnType> casts;
  for (const TypeName& type : op.value.casts) casts.push_back(resolve(type));
  change_column(*this, op.table, op.column, op.only, [&](Record& record, Column& column) {
    facts.set_default(record, column, op.value && op.value.kind != ExpressionKind::null,
                      op.value.text, facts.store->keep(casts));
    note_default(record, column.name, op.value);
    forget_calls(record, FunctionUse::Part::default_, column.name);
    note_calls(record, FunctionUse::Part::default_, column.name, op.value);
  });
}

void Replay::effect(const SetNotNull& op) {
  change_column(*this, op.table, op.column, op.only,
                [&](Record& record, Column& column) { facts.set_not_null(record, column); });
}

void Replay::effect(const DropNotNull& op) {
  change_column(*this, op.table, op.column, op.only,
                [&](Record& record, Column& column) { facts.drop_not_null(record, column); });
}

namespace {

// Whether values that differ still do in the new type: integers as wider ones, and what text spells
// out.
bool keeps_apart(const Column& column, const ColumnType& type) {
  if (!column.type_known || column.type.array_dimensions != type.array_dimensions ||
      !type.schema.empty() || !type.modifiers.empty())
    return false;
  const Text from = column.type.name;
  const auto width = [](Text name) {
    return name == "int2" ? 2 : name == "int4" ? 4 : name == "int8" ? 8 : 0;
  };
  if (width(from) > 0 && width(from) <= width(type.name)) return true;
  const bool spells = width(from) > 0 || from == "uuid" || from == "text" || from == "varchar";
  return spells && column.collation.empty() && (type.name == "text" || type.name == "varchar");
}

}  // namespace

void Replay::effect(const ChangeType& op) {
  const ColumnType type = resolve(op.type);
  change_column(*this, op.table, op.column, false, [&](Record& record, Column& column) {
    if (op.using_ || !keeps_apart(column, type)) values_changed(record, column.name);
    facts.set_type(record, column, type);
    column.collation = op.collation;
  });
}

void Replay::effect(const SetIdentity& op) {
  Record* table = altered(op.table);
  Column* column = table ? altered_column(*table, op.column) : nullptr;
  if (!column) return;
  const bool had_sequence = column->identity != Identity::none;
  column->identity = op.identity;
  if (op.identity == Identity::none) {
    const std::vector<Key> owned = table->owned.all();
    for (const Key& key : owned)
      if (const Record* sequence = facts.find(key);
          sequence && sequence->facts.owned_by_column == op.column)
        facts.drop(key, false);
  } else if (op.add && !had_sequence) {
    make_sequence(*table, *column);
  }
}

void Replay::effect(const SetGeneration& op) {
  change_column(*this, op.table, op.column, false, [&](Record&, Column& column) {
    column.generated_from = facts.store->rarely(op.expression.columns);
    if (!op.expression) column.generated = Generated::none;
  });
}

}  // namespace migguard::schema
