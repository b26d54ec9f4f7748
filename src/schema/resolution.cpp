// Names to objects: search_path, and what it means that something was never seen.
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

// The pieces of a search_path: set_config takes them all in one text, SET one by one.
void append_schemas(Store& store, std::vector<Text>& path, std::string_view text) {
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view piece = text.substr(0, comma);
    while (!piece.empty() && (piece.front() == ' ' || piece.front() == '"')) piece.remove_prefix(1);
    while (!piece.empty() && (piece.back() == ' ' || piece.back() == '"')) piece.remove_suffix(1);
    if (!piece.empty() && piece != "$user") path.push_back(store.keep(piece));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_system_name(const Name& name) {
  return is_system_schema(name.schema) || (name.schema.empty() && name.name.starts_with("pg_"));
}

Replay::Replay() { set_path(); }

void Replay::set_path() {
  facts.path.clear();
  const auto local = facts.local_settings.find("search_path");
  const auto session = facts.session_settings.find("search_path");
  if (local != facts.local_settings.end())
    append_schemas(store, facts.path, local->second);
  else if (session != facts.session_settings.end())
    append_schemas(store, facts.path, session->second);
  else if (!session_schema.empty())
    facts.path = {session_schema, "public"};
  else
    facts.path = {"public"};

  std::vector<Text>& schemas = facts.lookup_path;
  schemas.clear();
  const auto listed = std::find(facts.path.begin(), facts.path.end(), temporary_schema);
  if (listed == facts.path.end() && facts.any_temporary) schemas.emplace_back(temporary_schema);
  schemas.insert(schemas.end(), facts.path.begin(), facts.path.end());
  // Without any schema PostgreSQL would refuse the name; the statement is taken to have worked all
  // the same.
  if (facts.path.empty()) schemas.emplace_back("public");
}

std::string_view Replay::creation_schema() const {
  return facts.path.empty() ? std::string_view() : std::string_view(facts.path.front());
}

Record* Replay::find(const Name& name) {
  return along_path(name, [&](const Name& each) { return facts.relations.find(each); });
}

const Record* Replay::find(const Name& name) const {
  return along_path(name, [&](const Name& each) { return facts.relations.find(each); });
}

Type* Replay::find_type(const Name& name) {
  return along_path(name, [&](const Name& each) { return facts.types.find(each); });
}

const Type* Replay::find_type(const Name& name) const {
  return along_path(name, [&](const Name& each) { return facts.types.find(each); });
}

const Function* Replay::find_function(const Name& name) const {
  return along_path(name, [&](const Name& each) { return facts.functions.find(each); });
}

Record* Replay::find_index(const Name& name) {
  return along_path(name, [&](const Name& each) { return facts.table_of_index(each); });
}

const Record* Replay::find_index(const Name& name) const {
  return along_path(name, [&](const Name& each) { return facts.table_of_index(each); });
}

Key Replay::key_of_relation(const Name& name) const {
  const Record* record = find(name);
  return record ? record->key() : key_to_create(name);
}

Key Replay::key_of_type(const Name& name) const {
  const Type* type = find_type(name);
  return type ? Key{type->schema, type->name} : key_to_create(name);
}

Key Replay::key_of_function(const Name& name) const {
  const Function* function = find_function(name);
  return function ? Key{function->schema, function->name} : key_to_create(name);
}

Key Replay::key_to_create(const Name& name, Persistence persistence) const {
  if (persistence == Persistence::temporary) return Key{temporary_schema, name.name};
  if (!name.schema.empty()) return Key{name.schema, name.name};
  const std::string_view schema = creation_schema();
  return Key{schema.empty() ? std::string_view("public") : schema, name.name};
}

namespace {

Known absent(const Replay& replay, const Name& name, const NameSet& gone,
             bool brought_by_extension) {
  if (is_system_name(name)) return Known::unknown;
  const auto may_exist = [&](const Name& each) {
    if (each.schema == temporary_schema || gone.contains(each)) return false;
    if (brought_by_extension) return true;
    if (replay.facts.known_schemas.contains(each.schema)) return false;
    return !replay.complete || replay.facts.opaque || each.schema != "public";
  };
  return replay.along_path(name, may_exist) ? Known::unknown : Known::no;
}

}  // namespace

Known Replay::relation_exists(const Name& name) const {
  if (find(name) || find_index(name)) return Known::yes;
  return absent(*this, name, facts.gone, facts.extension_relations);
}

Known Replay::type_exists(const Name& name) const {
  if (find_type(name)) return Known::yes;
  return absent(*this, name, facts.gone_types, facts.extension_objects);
}

Known Replay::function_exists(const Name& name) const {
  if (find_function(name)) return Known::yes;
  return absent(*this, name, facts.gone_functions, facts.extension_objects);
}

ColumnType Replay::resolve(const TypeName& type) const {
  ColumnType resolved;
  resolve(type, resolved);
  return resolved;
}

void Replay::resolve(const TypeName& type, ColumnType& resolved) const {
  resolved.modifiers = type.modifiers;
  resolved.array_dimensions = type.array_dimensions;
  resolved.text = type.text;
  if (type.name.schema == "pg_catalog") {
    resolved.name = type.name.name;
  } else if (facts.types.never_used()) {
    facts.give_name(resolved, type.name.schema, type.name.name);
  } else if (const Type* known = find_type(type.name)) {
    facts.give_name(resolved, known->schema, known->name);
  } else {
    facts.give_name(resolved, type.name.schema, type.name.name);
  }
}

Record& Replay::make(const Name& name, RelationKind kind, Known certain) {
  note_temporary(name);
  Record& record = facts.put(name, kind);
  Relation& relation = record.facts;
  if (relation.schema == temporary_schema) relation.persistence = Persistence::temporary;
  relation.created_certain = certain;
  relation.create_seen = true;
  relation.created = now;
  relation.created_as = store.plain(name);
  note_owner(record);
  return record;
}

Record* Replay::find_in_session_schema(const Name& name) {
  if (!name.schema.empty() || !session_schema.empty() || facts.schemas.empty() ||
      facts.local_settings.contains("search_path") ||
      facts.session_settings.contains("search_path") ||
      facts.gone.contains(Key{"public", name.name}))
    return nullptr;
  Record* only = nullptr;
  for (const auto& [schema, origin] : facts.schemas) {
    Record* found = facts.relations.find(Key{schema, name.name});
    if (found && only) return nullptr;
    if (found) only = found;
  }
  if (!only) return nullptr;
  session_schema = only->facts.schema;
  set_path();
  return only;
}

Record* Replay::altered(const Name& name, RelationKind kind) {
  if (Record* record = find(name)) return record;
  if (Record* record = find_in_session_schema(name)) return record;
  if (name.name.empty() || is_system_name(name) || find_index(name)) return nullptr;
  const Key key = key_to_create(name);
  if (facts.gone.contains(key) || key.schema == temporary_schema) return nullptr;
  Record& record = make(key, kind, Known::no);
  record.facts.create_seen = false;
  record.facts.created = Origin{};
  return &record;
}

Column* Replay::altered_column(Record& record, std::string_view name) {
  if (Column* column = record.column(name)) return column;
  if (record.facts.create_seen || name.empty()) return nullptr;
  Column column;
  column.name = name;
  column.created_as = name;
  column.type_known = false;
  column.not_null = Known::unknown;
  return &facts.add_column(record, std::move(column));
}

}  // namespace migguard::schema
