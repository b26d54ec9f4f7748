// The replayed schema: what a history makes of an empty database, operation by operation.
#pragma once

#include <memory>
#include <migguard/project.hpp>
#include <migguard/schema.hpp>

namespace migguard::schema {

struct Replay;

class Catalog final : public Schema {
 public:
  Catalog();
  ~Catalog() override;
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  // Begins a migration: its place in the replay. `autocommit`: temporary tables ON COMMIT DROP are
  // gone after every statement outside an explicit transaction. `complete`: the history began with
  // an empty database.
  void begin_migration(const Migration& migration, bool autocommit, bool complete);
  // Before the operations of a statement; `index` is its place in the migration.
  void begin_statement(std::int32_t index);
  // Lets an operation take effect. Operations of a transaction that the migration itself rolls back
  // later do take effect until then.
  void apply(const Op& op);
  void end_statement();
  // Settings made with SET LOCAL, and a transaction left open, end with the migration.
  void end_migration();

  Lookup<Relation> relation(const Name& name) const override;
  Lookup<Type> type(const Name& name) const override;
  Lookup<Function> function(const Name& name) const override;
  std::vector<const Function*> functions() const override;
  const Relation* created_by(std::size_t statement, const Name& name) const override;
  IndexLookup index(const Name& name) const override;
  std::vector<const Relation*> relations() const override;
  std::vector<const Relation*> referenced_by(const Relation& relation) const override;
  std::vector<const Relation*> views_on(const Relation& relation) const override;
  std::string creation_schema() const override;
  Name resolve(const Name& name) const override;
  bool opaque() const override;
  std::string_view setting(std::string_view variable) const override;
  std::int32_t current_migration() const override;

  // Everything there is, sorted by schema and name.
  std::vector<const Type*> types() const;
  std::vector<std::string> schemas() const;
  // For the rest of this room.
  const Replay& replay() const { return *replay_; }

 private:
  std::unique_ptr<Replay> replay_;
};

}  // namespace migguard::schema
