// What the history's own SQL says beyond the replayed schema: the definitions behind columns,
// constraints and indexes, the statements that made what the schema knows by name only (functions,
// views, triggers ...), what was renamed since, and what cannot be known.
#pragma once

#include <adopt/names.hpp>
#include <lint/replay.hpp>
#include <migguard/project.hpp>
#include <schema/catalog.hpp>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace migguard::adopt {

// A place of the history, and what is to be said of it.
struct Remark {
  const SourceFile* source = nullptr;
  Span span;
  std::string text;
};

// A statement, or a clause of one, that a baseline repeats.
struct Kept {
  Origin made;
  const Migration* migration = nullptr;
  const Statement* statement = nullptr;
  const Op* op = nullptr;
  Name name;                 // what it is about, resolved, as it was called then
  Name table;                // where that belongs to one
  std::vector<Name> tables;  // every relation that it names, as they were called then
  std::string search_path;   // as it was set; empty where it was not

  std::string_view text() const;
};

class HistoryText final : public lint::ReplayListener {
 public:
  explicit HistoryText(const schema::Catalog& catalog) : catalog_(catalog) {}

  void migration(const Migration& migration) override;
  void statement(const Statement& statement, bool in_transaction) override;
  void operation(const Op& op, bool in_transaction) override;

  // The definition behind a part of the schema; null where none was written out for it.
  const ColumnDefinition* definition(const Column& column) const;
  const ConstraintDefinition* definition(const Constraint& constraint) const;
  const CreateIndex* definition(const Index& index) const;
  const CreateTable* definition(const Relation& table) const;
  // The migration that an origin names; its statement there.
  const Migration* migration_of(Origin origin) const;
  const Statement* statement_of(Origin origin) const;
  // When a text of the history was written; `otherwise` where it is not known.
  Origin written_at(Text text, Origin otherwise) const;

  Renames renames;
  std::vector<Kept> kept;       // in the order of the history
  std::vector<Remark> blocks;   // DO blocks that change the schema
  std::vector<Remark> unknown;  // what may have changed the schema in a way that is not known
  std::vector<Kept> rows;       // what put rows into tables

 private:
  void keep(const Op& op, const Name& name, const Name& table, std::vector<Name> tables);
  void note(const ColumnDefinition& column);
  void note(const ConstraintDefinition& constraint);
  void note_rename(const Op& op);
  void remark(std::vector<Remark>& list, const Op& op, std::string text) const;

  using Place = std::pair<const char*, ConstraintKind>;
  struct PlaceHash {
    std::size_t operator()(const Place& place) const {
      return std::hash<const void*>()(place.first) * 31 + static_cast<std::size_t>(place.second);
    }
  };
  // Texts of the schema are views of the history's: where they begin says where they come from.
  std::unordered_map<const char*, const ColumnDefinition*> columns_;
  std::unordered_map<Place, const ConstraintDefinition*, PlaceHash> constraints_;
  std::unordered_map<const char*, const CreateIndex*> indexes_;
  std::unordered_map<const char*, Origin> texts_;
  std::map<std::int32_t, const Migration*> migrations_;
  const schema::Catalog& catalog_;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  Origin now_;
};

}  // namespace migguard::adopt
