// All that the replay knows at one moment, and the ways to change it that keep its indexes true:
// who references whom, who reads whom, which names are taken. A copy of it is a savepoint.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <migguard/schema.hpp>
#include <schema/by_name.hpp>
#include <schema/store.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace migguard::schema {

// How the names that are made up for NOT NULL end.
inline constexpr std::string_view not_null_label = "_not_null";
// Where temporary relations and types lie, whatever number the server gives the schema.
inline constexpr std::string_view temporary_schema = "pg_temp";
bool is_system_schema(std::string_view schema);
// Of a schema of the system, or unqualified and found in pg_catalog before anywhere else.
bool is_system_name(const Name& name);

// A relation, and its ties by key. The names in `facts` that repeat a tie are kept in step with it.
struct Record {
  Relation facts;
  Few<Key> parents;   // the partitioned table, or what it inherits from
  Few<Key> children;  // `partitions` of the facts where it is partitioned
  Few<Key> reads;     // of a view
  Key owner;          // of a sequence: its table
  Few<Key> owned;     // of a table: its sequences, sorted
  bool default_partition = false;
  Few<std::pair<Text, Key>> trigger_functions;  // trigger, function

  Name name() const { return {facts.schema, facts.name}; }
  Key key() const { return name(); }
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
  std::unordered_map<Key, std::map<Key, unsigned>, NameHash> sources_;
};

// Which columns' defaults name a sequence: nextval('invoice_numbers').
class SequenceDefaults {
 public:
  using Use = std::pair<Key, Text>;  // table, column
  void set(const Key& table, Text column, const Key& sequence);
  void erase(const Key& table, Text column);
  void move_table(const Key& table, const Key& new_table);
  void move_sequence(const Key& sequence, const Key& new_sequence);
  void rename_column(const Key& table, Text column, Text new_name);
  // Some may have been dropped since.
  std::vector<Use> uses(const Key& sequence) const;

 private:
  std::map<Use, Key> sequences_;
  std::map<Key, std::set<Use>> uses_;
};

// A part of a relation that calls a function of the history.
struct FunctionUse {
  enum class Part : std::uint8_t { default_, generated, constraint, index, policy, view, rule };
  Key relation;
  Part part = Part::default_;
  Text name;  // of the column, constraint, index, policy or rule
};

// What few relations have, kept beside the records, which are many.
struct Rarity {
  Text owner;       // where the history says it
  Text tablespace;  // where it is not the database's own
  Text partition_strategy;
  List<Text> partition_columns;
  PartitionBound bound;  // of a partition
  // Of a table partitioned by ranges: whether each partition it was ever given begins where the one
  // before ends, or behind, and where the last of them ends. One that begins there overlaps none.
  bool ascending = true;
  List<BoundValue> last_end;
  bool had_default_partition = false;
  Text clustered_on;  // the index of the last CLUSTER
  Key of_type;        // CREATE TABLE ... OF
  std::vector<Text> rules;
  bool deferred_trigger = false;  // a constraint trigger INITIALLY DEFERRED
};

struct Facts {
  explicit Facts(Store& texts) : store(&texts) {}

  Store* store;
  ByName<Record> relations;
  ByName<Type> types;
  ByName<Function> functions;
  std::map<Text, Origin> schemas;
  std::map<Key, Rarity> rare;
  bool any_typed = false;  // some table is, or was, one of a composite type
  // Something is, or was, in the temporary schema: until then names are not looked up there.
  bool any_temporary = false;
  SequenceDefaults sequence_defaults;
  std::map<Key, std::vector<Key>> statistics;     // CREATE STATISTICS: the tables
  std::map<Text, std::vector<Key>> publications;  // the tables they name
  std::set<Text> extensions;
  // By function, then by the relation whose part calls it; and which functions a relation calls.
  std::map<Key, std::map<Key, std::vector<FunctionUse>>> function_uses;
  std::map<Key, std::set<Key>> calls;
  std::map<Key, std::set<std::string>> signatures;    // of functions with several of a name
  std::map<Key, std::vector<Text>> operator_classes;  // of indexes, where they are written
  // Of the transaction at hand: tables with deferred triggers that have not fired, and whether SET
  // CONSTRAINTS defers all that can be.
  std::set<Key> pending_events;
  std::vector<std::pair<Key, Text>> fresh_labels;  // enum and label that it added
  bool constraints_deferred = false;

  // Names the history dropped, renamed away or moved: relations and indexes, types, functions.
  NameSet gone, gone_types, gone_functions;
  // Schemas the history made or dropped: what it did not put there is not there.
  std::set<Text> known_schemas;
  bool opaque = false;               // SQL that could not be read may have changed anything
  bool extension_relations = false;  // an extension may have brought relations
  bool extension_objects = false;    // ... types and functions

  std::map<std::string, std::string, std::less<>> session_settings;  // SET
  std::map<std::string, std::string, std::less<>> local_settings;    // SET LOCAL
  std::vector<Text> path;         // search_path, `"$user"` left out
  std::vector<Text> lookup_path;  // where unqualified names are looked up: follows `path`

  // ---- Looking up

  Record* find(const Key& key) { return relations.find(key); }
  const Record* find(const Key& key) const { return relations.find(key); }
  // The table of an index of that name, or null.
  Record* table_of_index(const Name& name);
  const Record* table_of_index(const Name& name) const;
  // Whether a relation or index has the name.
  bool relation_name_taken(const Name& name) const { return relation_name_taken(HashedName(name)); }
  bool relation_name_taken(const HashedName& hashed) const {
    return relations.contains(hashed) || index_tables_.contains(hashed);
  }
  Text free_constraint_name(std::string_view schema, std::string_view name1, std::string_view name2,
                            std::string_view label) const;
  // `for_constraint`: no constraint of the schema has the name either.
  Text free_relation_name(std::string_view schema, std::string_view name1, std::string_view name2,
                          std::string_view label, bool for_constraint) const;
  // Partitions and inheriting tables, at any depth, each once, parents first; the relation itself
  // left out.
  std::vector<Key> descendants(const Record& record) const;
  std::vector<Key> referencing(const Key& key) const { return foreign_keys_.sources(key); }
  // Those that may reference one column of it: none where no foreign key references a column of
  // that name.
  std::vector<Key> referencing(const Key& key, std::string_view column) const {
    return referenced_columns_.contains(column) ? referencing(key) : std::vector<Key>();
  }
  std::vector<Key> reading(const Key& key) const { return readers_.sources(key); }
  std::vector<Key> using_type(const Key& type) const { return type_users_.sources(type); }
  std::vector<Key> calling(const Key& function) const {
    return trigger_functions_.sources(function);
  }
  // The columns whose default takes its values from a sequence, also those of serial columns.
  std::vector<SequenceDefaults::Use> defaults_from(const Key& sequence) const;
  // The parts of relations that call a function.
  std::vector<FunctionUse> uses_of(const Key& function) const;
  void add_call(const Key& function, const FunctionUse& use);
  // Of a relation that goes, or of a view that gets another query.
  void forget_calls(const Key& relation);
  const Rarity* rarity(const Key& key) const {
    const auto found = rare.find(key);
    return found == rare.end() ? nullptr : &found->second;
  }

  // ---- Changing

  // Adds an empty relation; one that has its name makes room.
  Record& put(const Name& name, RelationKind kind);
  // Takes a relation away, and its indexes, constraints and owned sequences. Partitions go with it;
  // with `cascade` also views that read it and tables that inherit from it. Foreign keys that
  // reference it go in any case.
  void drop(const Key& key, bool cascade);
  // Gives a relation another name or schema; what speaks of it follows.
  void move(const Key& key, std::string_view new_schema, std::string_view new_name);

  Column& add_column(Record& record, Column&& column);
  // The same where the column has been put at the end of the record already.
  Column& add_last_column(Record& record);
  // Takes a column away, with what mentions it: constraints, indexes, owned sequences, foreign keys
  // of other tables; with `cascade` also views that read it and columns generated from it.
  void drop_column(Record& record, std::string_view name, bool cascade);
  void rename_column(Record& record, std::string_view name, std::string_view new_name);
  void set_type(Record& record, Column& column, ColumnType type);
  // DROP DEFAULT where `exists` is false. `casts`: the types it is cast to.
  void set_default(Record& record, Column& column, bool exists, Text text, List<ColumnType> casts);
  // Makes a column NOT NULL, its constraint named as given or as PostgreSQL 18 names it.
  void set_not_null(Record& record, Column& column, std::string_view constraint_name = {},
                    bool valid = true);
  void drop_not_null(Record& record, Column& column);
  // Writes down the name of its NOT NULL, if any, before what it is made of changes.
  void spell_not_null(const Record& record, Column& column);
  // Adds a type to those a default needs; built-in types are no concern.
  void add_default_type(Column& column, const ColumnType& type) const;
  void give_name(ColumnType& type, Text schema, Text name) const;
  void rename(ColumnType& type, Text schema, Text name) const;

  Constraint& add_constraint(Record& record, Constraint&& constraint);
  // Takes a constraint away, and the index behind it; with `cascade` the foreign keys that need it.
  void drop_constraint(Record& record, std::string_view name, bool cascade);
  // Renames a constraint and the index behind it.
  void rename_constraint(Record& record, std::string_view name, std::string_view new_name);
  Index& add_index(Record& record, Index&& index);
  // Takes an index away, and those of the partitions attached to it.
  void drop_index(Record& record, std::string_view name);
  // Renames an index and the constraint it backs.
  void rename_index(Record& record, std::string_view name, std::string_view new_name);

  // `columns`: those that UPDATE OF and WHEN name.
  void add_trigger(Record& record, Text trigger, Key function, List<Text> columns);
  void drop_trigger(Record& record, std::string_view trigger);
  void set_reads(Record& record, std::vector<Key> reads);
  void set_owner(Record& sequence, Record* table, std::string_view column);
  // Of a table never seen to be made, that partitions are attached to.
  void make_partitioned(Record& record);
  void add_child(Record& parent, Record& child);
  void make_default_partition(const Record& parent, Record& child);
  void remove_child(Record& parent, Record& child);

  void drop_type(const Key& key, bool cascade);
  void move_type(const Key& key, std::string_view new_schema, std::string_view new_name);
  void move_function(const Key& key, std::string_view new_schema, std::string_view new_name);

 private:
  struct Relatives {
    Name of;               // which table has them
    bool shorter = false;  // a table is called `t` beside this one, called `t_a`
    bool longer = false;   // a table is, or was, called `t_a` beside this one, called `t`
  };

  ByName<Text> index_tables_;  // index to its table, in the same schema
  // How many relations of the schema use it. Without the names made up for NOT NULL, which nearly
  // every column has: these are told from the table and the column.
  ByName<unsigned> constraint_names_;
  bool any_not_null_name_ = false;  // among them there is, or was, one that could be made up so
  Ties foreign_keys_, readers_, type_users_, trigger_functions_;
  // What columns that foreign keys reference are or were called, in whatever table: `id`, mostly.
  // Of any other name no foreign key has to be looked at.
  std::set<Text> referenced_columns_;

  // Below these numbers every generated name was taken when last asked: a thousand unnamed checks
  // of one table would take a million questions else. Forgotten as soon as any name becomes free.
  mutable std::unordered_map<std::string, unsigned> passes_;
  mutable std::string made_name_;  // the last one that was made, kept for its memory
  // What names of tables begin with, up to an underscore: `user` of `user_roles`.
  NameSet beginnings_;
  // Those that were asked for last. Forgotten as soon as a table comes that may be one of them, or
  // any relation goes or gets another name.
  mutable Relatives relatives_;
  template <class Taken>
  Text free_name(std::string_view schema, std::string_view name1, std::string_view name2,
                 std::string_view label, Taken taken) const;

  void make_room(Record& before);
  void tie(const Record& record);
  void untie(const Record& record);
  void tie_constraint(const Record& record, const Constraint& constraint);
  void untie_constraint(const Record& record, const Constraint& constraint);
  void tie_column(const Record& record, const Column& column);
  void untie_column(const Record& record, const Column& column);
  Text numbered_not_null_name(std::string_view schema, std::string_view table,
                              std::string_view column) const;
  bool is_made_for_another(const Record& record, Text not_null_name, std::size_t from) const;
  const Relatives& relatives(const Record& record) const;
  void note_beginnings(const Name& name);
  void take_constraint_name(std::string_view schema, std::string_view name);
  void release_constraint_name(std::string_view schema, std::string_view name);
  void drop_foreign_keys_to(const Key& key);
  void rename_in_side_tables(const Key& key, const Key& new_key);
  void erase_constraint(Record& record, std::size_t at);
  void erase_index(Record& record, std::size_t at);
};

// A part of a relation that needs an extension.
struct ExtensionUse {
  enum class Part : std::uint8_t { column, default_, index };
  Key relation;
  Part part = Part::column;
  Text name;
};
std::vector<ExtensionUse> extension_uses(const Facts& facts, std::string_view extension);
// The name that a constant of type regclass spells: `app.invoice_numbers`, `"Order"`.
Name name_in(std::string_view regclass);
// Whether a column is NOT NULL by a constraint of that name (PostgreSQL 18 and later).
bool not_null_is_called(const Relation& table, const Column& column, std::string_view name);
// Forgets which columns a trigger or policy names.
void forget_user(Relation& table, ObjectKind kind, std::string_view name);
// The key of a column's type, where the history knows it.
Key type_key(const ColumnType& type);

}  // namespace migguard::schema
