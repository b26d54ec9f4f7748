#include <schema/catalog.hpp>
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

const Record* look_up(const Replay& replay, const Name& name) {
  const Record*& last = replay.asked_for;
  if (last && name.name == last->facts.name &&
      (name.schema.empty() ? replay.asked_without_schema : name.schema == last->facts.schema))
    return last;
  const Record* record = replay.find(name);
  if (record) {
    last = record;
    replay.asked_without_schema = name.schema.empty();
  }
  return record;
}

}  // namespace

Catalog::Catalog() : replay_(std::make_unique<Replay>()) {}
Catalog::~Catalog() = default;

void Catalog::begin_migration(const Migration& migration, bool autocommit, bool complete) {
  Replay& replay = *replay_;
  replay.asked_for = nullptr;
  replay.end_session();
  // A file that the tool never runs has no place; it is new to everything before it all the same.
  replay.now.migration = migration.position >= 0 ? migration.position : replay.last_migration + 1;
  replay.last_migration = std::max(replay.last_migration, replay.now.migration);
  replay.now.statement = -1;
  replay.autocommit = autocommit;
  replay.complete = complete;
  replay.look_ahead(migration);
}

void Catalog::begin_statement(std::int32_t index) { replay_->now.statement = index; }

void Catalog::apply(const Op& op) {
  replay_->asked_for = nullptr;
  std::visit([this](const auto& each) { replay_->effect(each); }, op);
}

void Catalog::end_statement() {
  replay_->asked_for = nullptr;
  if (replay_->autocommit && !replay_->in_transaction()) replay_->finish_transaction();
}

void Catalog::end_migration() {
  replay_->asked_for = nullptr;
  replay_->end_session();
}

Lookup<Relation> Catalog::relation(const Name& name) const {
  if (const Record* record = look_up(*replay_, name)) return Lookup<Relation>(&record->facts);
  const Known exists = replay_->relation_exists(name);
  return Lookup<Relation>(exists == Known::yes ? Known::no : exists);  // an index has the name
}

Lookup<Type> Catalog::type(const Name& name) const {
  if (const Type* type = replay_->find_type(name)) return Lookup<Type>(type);
  return Lookup<Type>(replay_->type_exists(name));
}

Lookup<Function> Catalog::function(const Name& name) const {
  if (const Function* function = replay_->find_function(name)) return Lookup<Function>(function);
  return Lookup<Function>(replay_->function_exists(name));
}

Schema::IndexLookup Catalog::index(const Name& name) const {
  if (const Record* table = replay_->find_index(name))
    return {&table->facts, table->facts.index(name.name), Known::yes};
  const Known exists = replay_->relation_exists(name);
  return {nullptr, nullptr, exists == Known::yes ? Known::no : exists};
}

namespace {

std::vector<const Relation*> found(const Facts& facts, const std::vector<Key>& keys) {
  std::vector<const Relation*> list;
  for (const Key& key : keys)
    if (const Record* record = facts.find(key)) list.push_back(&record->facts);
  return list;
}

}  // namespace

const Relation* Catalog::created_by(std::size_t statement, const Name& name) const {
  const auto is_it = [&](const Record& record) {
    const Relation& relation = record.facts;
    if (relation.created.migration != current_migration() ||
        relation.created.statement != static_cast<std::int32_t>(statement))
      return false;
    const Text as = relation.created_as;
    return as == name.name || as.ends_with(cat(".", name.name));
  };
  const Record* now = replay_->find(name);
  if (!now || !is_it(*now)) now = replay_->facts.relations.find_if(is_it);
  return now ? &now->facts : nullptr;
}

std::vector<const Relation*> Catalog::relations() const {
  std::vector<const Relation*> list;
  for (const Record* record : replay_->facts.relations.all()) list.push_back(&record->facts);
  return list;
}

std::vector<const Type*> Catalog::types() const { return replay_->facts.types.all(); }
std::vector<const Function*> Catalog::functions() const { return replay_->facts.functions.all(); }

std::vector<std::string> Catalog::schemas() const {
  std::vector<std::string> names;
  for (const auto& [name, origin] : replay_->facts.schemas) names.emplace_back(name);
  return names;
}

std::vector<const Relation*> Catalog::referenced_by(const Relation& relation) const {
  return found(replay_->facts, replay_->facts.referencing(Key{relation.schema, relation.name}));
}

std::vector<const Relation*> Catalog::views_on(const Relation& relation) const {
  return found(replay_->facts, replay_->facts.reading(Key{relation.schema, relation.name}));
}

std::string Catalog::creation_schema() const { return std::string(replay_->creation_schema()); }

Name Catalog::resolve(const Name& name) const {
  if (!name.schema.empty()) return name;
  const Replay& replay = *replay_;
  if (const Record* record = look_up(replay, name)) return {record->facts.schema, name.name};
  if (const Record* table = replay.find_index(name)) return {table->facts.schema, name.name};
  const std::string_view schema = replay.creation_schema();
  return {schema.empty() ? std::string_view("public") : schema, name.name};
}

bool Catalog::opaque() const { return replay_->facts.opaque; }

std::string_view Catalog::setting(std::string_view variable) const {
  const Facts& facts = replay_->facts;
  if (const auto local = facts.local_settings.find(variable); local != facts.local_settings.end())
    return local->second;
  if (const auto session = facts.session_settings.find(variable);
      session != facts.session_settings.end())
    return session->second;
  return {};
}

std::int32_t Catalog::current_migration() const { return replay_->now.migration; }

}  // namespace migguard::schema
