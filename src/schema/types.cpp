// Types, schemas and extensions.
#include <schema/generated_names.hpp>
#include <schema/replay.hpp>

#include <algorithm>
#include <array>

namespace migguard::schema {

// ---------------------------------------------------------------- types

Type* Replay::make_type(const Name& name, TypeKind kind, const Node& op) {
  const Key key = key_to_create(name);
  if (facts.types.contains(key) && lenient(op, false)) return nullptr;
  Type type;
  type.schema = key.schema;
  type.name = key.name;
  type.kind = kind;
  type.created = now;
  note_temporary(key);
  facts.gone_types.erase(key);
  return &(facts.types[key] = std::move(type));
}

void Replay::effect(const CreateEnum& op) {
  Type* type = make_type(op.type, TypeKind::enum_, op);
  if (!type) return;
  for (const Text& label : op.labels) {
    type->labels.emplace_back(label);
    type->label_origins.emplace_back(label, now);
  }
}

void Replay::effect(const AddEnumValue& op) {
  const Key key = key_of_type(op.type);
  Type* found = facts.types.find(key);
  if (!found) {
    if (facts.gone_types.contains(key)) return;
    found = make_type(key, TypeKind::enum_, op);
    found->create_seen = false;
    found->created = Origin{};
  }
  Type& type = *found;
  if (std::find(type.labels.begin(), type.labels.end(), op.value) != type.labels.end()) return;
  auto place = type.labels.end();
  if (!op.neighbour.empty()) {
    place = std::find(type.labels.begin(), type.labels.end(), op.neighbour);
    if (place != type.labels.end() && op.after) ++place;
  }
  type.labels.emplace(place, op.value);
  type.label_origins.emplace_back(op.value, now);
  facts.fresh_labels.emplace_back(key, op.value);
}

void Replay::effect(const RenameEnumValue& op) {
  Type* type = find_type(op.type);
  if (!type) return;
  for (Text& label : type->labels)
    if (label == op.value) label = op.new_value;
  for (auto& [label, origin] : type->label_origins)
    if (label == op.value) label = op.new_value;
}

namespace {

void add_domain_constraint(Store& store, Type& domain, const ConstraintDefinition& definition) {
  if (definition.kind == ConstraintKind::not_null) domain.not_null = true;
  if (definition.kind == ConstraintKind::check)
    domain.checks.push_back(
        definition.name.empty()
            ? store.keep(choose_name(domain.name, {}, "check",
                                     [&](const std::string& name) {
                                       return std::find(domain.checks.begin(), domain.checks.end(),
                                                        name) != domain.checks.end();
                                     }))
            : definition.name);
}

}  // namespace

void Replay::effect(const CreateDomain& op) {
  const ColumnType base = resolve(op.type);
  Type* type = make_type(op.domain, TypeKind::domain, op);
  if (!type) return;
  type->base = base;
  type->not_null = op.not_null;
  type->default_value = op.default_value && op.default_value.kind != ExpressionKind::null;
  type->default_volatile = type->default_value && is_volatile(op.default_value);
  for (const ConstraintDefinition& each : op.constraints) add_domain_constraint(store, *type, each);
  type->constrained = type->not_null || !type->checks.empty();
}

void Replay::effect(const AlterDomain& op) {
  Type* found = find_type(op.domain);
  if (!found) return;
  Type& domain = *found;
  if (op.action == "add_constraint") add_domain_constraint(store, domain, op.constraint);
  if (op.action == "drop_constraint") std::erase(domain.checks, op.constraint_name);
  if (op.action == "set_not_null") domain.not_null = true;
  if (op.action == "drop_not_null") domain.not_null = false;
  if (op.action == "set_default") {
    domain.default_value = op.default_value && op.default_value->kind != ExpressionKind::null;
    domain.default_volatile = domain.default_value && is_volatile(op.default_value);
  }
  domain.constrained = domain.not_null || !domain.checks.empty();
}

void Replay::effect(const CreateType& op) {
  std::vector<Column> columns;
  for (const ColumnDefinition& definition : op.columns) columns.push_back(column_from(definition));
  const TypeKind kind = op.form == "composite" ? TypeKind::composite
                        : op.form == "range"   ? TypeKind::range
                                               : TypeKind::base;
  if (Type* type = make_type(op.type, kind, op)) type->columns = std::move(columns);
}

namespace {

Column* attribute_of(Type& type, std::string_view name) {
  const auto found = std::find_if(type.columns.begin(), type.columns.end(),
                                  [&](const Column& each) { return each.name == name; });
  return found == type.columns.end() ? nullptr : &*found;
}

}  // namespace

// With CASCADE the tables OF the type follow; without it there are none (ATTypedTableRecursion in
// src/backend/commands/tablecmds.c).
void Replay::alter_attribute(const AlterTableOther& op) {
  const Key key = key_of_type(op.table);
  Type* type = facts.types.find(key);
  if (!type || type->kind != TypeKind::composite) return;
  Column added;
  added.name = op.column;
  added.created_as = op.column;
  added.created = now;
  resolve(op.type, added.type);
  Column* attribute = attribute_of(*type, op.column);
  if (op.clause == "add_attribute" && !attribute)
    type->columns.push_back(added);
  else if (op.clause == "drop_attribute" && attribute)
    type->columns.erase(type->columns.begin() + (attribute - type->columns.data()));
  else if (op.clause == "alter_attribute_type" && attribute)
    attribute->type = added.type;
  else
    return;
  for (const Key& table : tables_of(key)) {
    Record* record = facts.find(table);
    Column* column = record ? record->column(op.column) : nullptr;
    if (!record) continue;
    if (op.clause == "add_attribute" && !column)
      facts.add_column(*record, Column(added));
    else if (op.clause == "drop_attribute" && column)
      facts.drop_column(*record, op.column, true);
    else if (op.clause == "alter_attribute_type" && column)
      facts.set_type(*record, *column, added.type);
  }
}

void Replay::rename_attribute(const Name& type, Text attribute, Text new_name) {
  const Key key = key_of_type(type);
  Type* found = facts.types.find(key);
  Column* renamed = found ? attribute_of(*found, attribute) : nullptr;
  if (!renamed) return;
  renamed->name = new_name;
  for (const Key& table : tables_of(key))
    if (Record* record = facts.find(table)) facts.rename_column(*record, attribute, new_name);
}

std::vector<Key> Replay::tables_of(const Key& type) const {
  std::vector<Key> tables;
  if (!facts.any_typed) return tables;
  for (const auto& [key, rarity] : facts.rare)
    if (rarity.of_type == type) tables.push_back(key);
  return tables;
}

std::vector<const Record*> Replay::holders_of(const Key& type, bool wrapped) const {
  std::vector<const Record*> found;
  std::vector<Key> pending{type};
  const std::vector<const Type*> all = facts.types.all();
  const auto made_of = [](const ColumnType& part, const Key& key) {
    return !part.schema.empty() && part.lookup_name() == key;
  };
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const Key key = pending[done];
    for (const Key& user : facts.using_type(key)) {
      const Record* record = facts.find(user);
      if (!record) continue;
      const bool holds = std::any_of(
          record->facts.columns.begin(), record->facts.columns.end(), [&](const Column& each) {
            return made_of(each.type, key) &&
                   (!wrapped || done > 0 || each.type.array_dimensions > 0);
          });
      if (holds) found.push_back(record);
    }
    for (const Type* each : all) {
      const bool wraps = made_of(each->base, key) ||
                         std::any_of(each->columns.begin(), each->columns.end(),
                                     [&](const Column& part) { return made_of(part.type, key); });
      // A domain over the type asks for the same as the type itself.
      const bool domain = each->kind == TypeKind::domain && each->base.array_dimensions == 0;
      const Key outer{each->schema, each->name};
      if (wraps && !(wrapped && domain) &&
          std::find(pending.begin(), pending.end(), outer) == pending.end())
        pending.push_back(outer);
    }
  }
  return found;
}

void Replay::effect(const DropType& op) {
  const Key key = key_of_type(op.type);
  if (op.cascade)
    for (const Key& table : tables_of(key)) facts.drop(table, true);
  facts.drop_type(key, op.cascade);
}

void Replay::effect(const RenameType& op) {
  const Key key = key_of_type(op.type);
  facts.move_type(key, key.schema, op.new_name);
}

// ---------------------------------------------------------------- schemas and extensions

void Replay::effect(const CreateSchema& op) {
  const Text schema = op.schema;
  if (schema.empty() || is_system_schema(schema)) return;
  const bool made_before = facts.schemas.contains(schema);
  if (made_before) return;
  if (!op.if_not_exists || (complete && !facts.opaque)) facts.known_schemas.insert(schema);
  facts.schemas.emplace(schema, now);
}

void Replay::effect(const DropSchema& op) {
  for (const Key& key : facts.relations.keys(op.schema)) facts.drop(key, true);
  for (const Key& key : facts.types.keys(op.schema)) facts.drop_type(key, true);
  for (const Key& key : facts.functions.keys(op.schema)) facts.functions.erase(key);
  facts.schemas.erase(op.schema);
  if (!is_system_schema(op.schema)) facts.known_schemas.emplace(op.schema);
}

void Replay::effect(const RenameSchema& op) {
  if (op.schema == op.new_name) return;
  note_temporary({op.new_name, {}});
  for (const Key& key : facts.relations.keys(op.schema)) facts.move(key, op.new_name, key.name);
  for (const Key& key : facts.types.keys(op.schema)) facts.move_type(key, op.new_name, key.name);
  for (const Key& key : facts.functions.keys(op.schema))
    facts.move_function(key, op.new_name, key.name);
  if (const auto found = facts.schemas.find(op.schema); found != facts.schemas.end()) {
    const Origin origin = found->second;
    facts.schemas.erase(found);
    facts.schemas.emplace(op.new_name, origin);
  }
  if (facts.known_schemas.contains(op.schema)) facts.known_schemas.emplace(op.new_name);
  facts.known_schemas.emplace(op.schema);
}

void Replay::effect(const CreateExtension& op) {
  // Contrib modules and common extensions whose scripts create no table, view or sequence. Sorted.
  static constexpr std::array<std::string_view, 26> without_relations = {"btree_gin",
                                                                         "btree_gist",
                                                                         "citext",
                                                                         "cube",
                                                                         "dict_int",
                                                                         "dict_xsyn",
                                                                         "earthdistance",
                                                                         "fuzzystrmatch",
                                                                         "hll",
                                                                         "hstore",
                                                                         "http",
                                                                         "intarray",
                                                                         "isn",
                                                                         "lo",
                                                                         "ltree",
                                                                         "moddatetime",
                                                                         "pg_trgm",
                                                                         "pgcrypto",
                                                                         "pgjwt",
                                                                         "plpgsql",
                                                                         "seg",
                                                                         "tablefunc",
                                                                         "tsm_system_rows",
                                                                         "unaccent",
                                                                         "uuid-ossp",
                                                                         "vector"};
  static_assert(std::is_sorted(without_relations.begin(), without_relations.end()));
  facts.extensions.emplace(op.extension);
  if (op.extension != "plpgsql") facts.extension_objects = true;
  if (op.cascade ||
      !std::binary_search(without_relations.begin(), without_relations.end(), op.extension))
    facts.extension_relations = true;
}

}  // namespace migguard::schema
