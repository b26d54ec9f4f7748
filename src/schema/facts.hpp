// All that the replay knows at one moment, and the ways to change it that keep its indexes true:
// who references whom, who reads whom, which names are taken. A copy of it is a savepoint.
#pragma once

#include <map>
#include <migguard/schema.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace migguard::schema {

// `schema`, a zero byte, `name`: sorts by schema, then by name. PostgreSQL's names hold no zero
// byte.
using Key = std::string;
Key key_of(std::string_view schema, std::string_view name);
std::string_view schema_of(const Key& key);
std::string_view name_of(const Key& key);
// The plain name of what the key stands for: `invoices`, `app.quotes`.
std::string plain(const Key& key);

// Where temporary relations and types lie, whatever number the server gives the schema.
inline constexpr std::string_view temporary_schema = "pg_temp";
bool is_system_schema(std::string_view schema);

// A relation, and its ties by key. The names in `facts` that repeat a tie are kept in step with it.
struct Record {
  Relation facts;
  std::vector<Key> parents;   // the partitioned table, or what it inherits from
  std::vector<Key> children;  // `partitions` of the facts where it is partitioned
  std::vector<Key> reads;     // of a view
  Key owner;                  // of a sequence: its table
  std::set<Key> owned;        // of a table: its sequences
  std::vector<std::pair<std::string, Key>> trigger_functions;  // trigger, function

  Key key() const { return key_of(facts.schema, facts.name); }
  Column* column(std::string_view name);
  Constraint* constraint(std::string_view name);
  Index* index(std::string_view name);
  bool partitioned() const { return facts.kind == RelationKind::partitioned_table; }
};

// Ties from the many to the one, found from the one: which tables reference a table, and how often.
class Ties {
 public:
  void add(const Key& target, const Key& source);
  void remove(const Key& target, const Key& source);
  // Sorted.
  std::vector<Key> sources(const Key& target) const;

 private:
  std::unordered_map<Key, std::map<Key, unsigned>> sources_;
};

struct Facts {
  std::map<Key, Record> relations;
  std::map<Key, Type> types;
  std::map<Key, Function> functions;
  std::map<std::string, Origin> schemas;

  // Names the history dropped, renamed away or moved: relations and indexes, types, functions.
  std::unordered_set<Key> gone, gone_types, gone_functions;
  // Schemas the history made or dropped: what it did not put there is not there.
  std::set<std::string, std::less<>> known_schemas;
  bool opaque = false;               // SQL that could not be read may have changed anything
  bool extension_relations = false;  // an extension may have brought relations
  bool extension_objects = false;    // ... types and functions

  std::map<std::string, std::string, std::less<>> session_settings;  // SET
  std::map<std::string, std::string, std::less<>> local_settings;    // SET LOCAL
  std::vector<std::string> path;  // search_path, `"$user"` left out

  // ---- Looking up

  Record* find(const Key& key);
  const Record* find(const Key& key) const;
  // The table of an index of that name, or null.
  Record* table_of_index(const Key& key);
  const Record* table_of_index(const Key& key) const;
  // Whether a relation or index has the name.
  bool relation_name_taken(std::string_view schema, std::string_view name) const;
  bool constraint_name_taken(std::string_view schema, std::string_view name) const;
  std::string free_constraint_name(std::string_view schema, std::string_view name1,
                                   std::string_view name2, std::string_view label) const;
  // `for_constraint`: no constraint of the schema has the name either.
  std::string free_relation_name(std::string_view schema, std::string_view name1,
                                 std::string_view name2, std::string_view label,
                                 bool for_constraint) const;
  // Partitions and inheriting tables, at any depth, each once, parents first; the relation itself
  // left out.
  std::vector<Key> descendants(const Key& key) const;
  std::vector<Key> referencing(const Key& key) const { return foreign_keys_.sources(key); }
  std::vector<Key> reading(const Key& key) const { return readers_.sources(key); }
  std::vector<Key> using_type(const Key& type) const { return type_users_.sources(type); }
  std::vector<Key> calling(const Key& function) const {
    return trigger_functions_.sources(function);
  }
  // The keys of everything in a schema.
  template <class Object>
  static std::vector<Key> in_schema(const std::map<Key, Object>& objects, std::string_view schema) {
    std::vector<Key> keys;
    for (auto at = objects.lower_bound(key_of(schema, ""));
         at != objects.end() && schema_of(at->first) == schema; ++at)
      keys.push_back(at->first);
    return keys;
  }

  // ---- Changing

  // Adds a relation; takes the place of one that has its name. Ties of its parts are made.
  Record& put(Record record);
  // Takes a relation away, and its indexes, constraints and owned sequences. Partitions go with it;
  // with `cascade` also views that read it and tables that inherit from it. Foreign keys that
  // reference it go in any case.
  void drop(const Key& key, bool cascade);
  // Gives a relation another name or schema; what speaks of it follows.
  void move(const Key& key, std::string_view new_schema, std::string_view new_name);

  void add_column(Record& record, Column column);
  // Takes a column away, with what mentions it: constraints, indexes, owned sequences, foreign keys
  // of other tables; with `cascade` also views that read it and columns generated from it.
  void drop_column(Record& record, std::string_view name, bool cascade);
  void rename_column(Record& record, std::string_view name, std::string_view new_name);
  void set_type(Record& record, Column& column, ColumnType type);
  // DROP DEFAULT where `exists` is false. `casts`: the types it is cast to.
  void set_default(Record& record, Column& column, bool exists, std::string_view text,
                   const std::vector<ColumnType>& casts);
  // Makes a column NOT NULL, its constraint named as given or as PostgreSQL 18 names it.
  void set_not_null(Record& record, Column& column, std::string_view constraint_name = {},
                    bool valid = true);
  void drop_not_null(Record& record, Column& column);

  Constraint& add_constraint(Record& record, Constraint constraint);
  // Takes a constraint away, and the index behind it; with `cascade` the foreign keys that need it.
  void drop_constraint(Record& record, std::string_view name, bool cascade);
  // Renames a constraint and the index behind it.
  void rename_constraint(Record& record, std::string_view name, std::string_view new_name);
  Index& add_index(Record& record, Index index);
  // Takes an index away, and those of the partitions attached to it.
  void drop_index(Record& record, std::string_view name);
  // Renames an index and the constraint it backs.
  void rename_index(Record& record, std::string_view name, std::string_view new_name);

  void add_trigger(Record& record, std::string_view trigger, Key function);
  void drop_trigger(Record& record, std::string_view trigger);
  void set_reads(Record& record, std::vector<Key> reads);
  void set_owner(Record& sequence, Record* table, std::string_view column);
  // Of a table never seen to be made, that partitions are attached to.
  void make_partitioned(Record& record);
  void add_child(Record& parent, Record& child);
  void remove_child(Record& parent, Record& child);

  void drop_type(const Key& key, bool cascade);
  void move_type(const Key& key, std::string_view new_schema, std::string_view new_name);
  void move_function(const Key& key, std::string_view new_schema, std::string_view new_name);

 private:
  std::unordered_map<Key, Key> index_tables_;           // index to its table
  std::unordered_map<Key, unsigned> constraint_names_;  // how many relations of the schema use it
  Ties foreign_keys_, readers_, type_users_, trigger_functions_;

  // Below these numbers every generated name was taken when last asked: a thousand unnamed checks
  // of one table would take a million questions else. Forgotten as soon as any name becomes free.
  mutable std::unordered_map<std::string, unsigned> passes_;
  unsigned& pass_of(std::string_view schema, std::string_view name1, std::string_view name2,
                    std::string_view label) const;

  void tie(const Record& record);
  void untie(const Record& record);
  void tie_constraint(const Record& record, const Constraint& constraint);
  void untie_constraint(const Record& record, const Constraint& constraint);
  void tie_column(const Record& record, const Column& column);
  void untie_column(const Record& record, const Column& column);
  void take_constraint_name(std::string_view schema, std::string_view name);
  void release_constraint_name(std::string_view schema, std::string_view name);
  void drop_foreign_keys_to(const Key& key);
  void erase_constraint(Record& record, std::size_t at);
  void erase_index(Record& record, std::size_t at);
};

// The key of a column's type, where the history knows it.
Key type_key(const ColumnType& type);
// Adds a type to those a default needs; built-in types are no concern.
void add_default_type(Column& column, const ColumnType& type);
void give_name(ColumnType& type, std::string_view schema, std::string_view name);

}  // namespace migguard::schema
