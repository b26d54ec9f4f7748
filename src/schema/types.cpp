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

void Replay::effect(const DropType& op) { facts.drop_type(key_of_type(op.type), op.cascade); }

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
