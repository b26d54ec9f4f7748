// The schema as it stands before an operation: what the replay of the history knows.
// A relation that was never seen may still exist (made by hand, or by another tool): every lookup
// says so.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <migguard/op.hpp>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migguard {

// Which migration (its index in the order of replay, over the whole run) and which statement of it
// (its index in `Migration::script`). -1 where neither is known.
struct Origin {
  std::int32_t migration = -1;
  std::int32_t statement = -1;
};

// Texts and lists of the schema are views, good for as long as the replay.

// A vector of which most are empty: of the size of a pointer, with nothing behind it until
// something is in it.
template <class T>
class Few {
 public:
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  Few() = default;
  Few(std::vector<T> items) {
    if (!items.empty()) items_ = std::make_unique<std::vector<T>>(std::move(items));
  }
  Few(const Few& other) : items_(other.empty() ? nullptr : copy_of(other)) {}
  Few(Few&&) noexcept = default;
  Few& operator=(const Few& other) {
    items_ = other.empty() ? nullptr : copy_of(other);
    return *this;
  }
  Few& operator=(Few&&) noexcept = default;
  ~Few() = default;

  bool empty() const { return !items_ || items_->empty(); }
  std::size_t size() const { return items_ ? items_->size() : 0; }
  iterator begin() { return items_ ? items_->begin() : iterator(); }
  iterator end() { return items_ ? items_->end() : iterator(); }
  const_iterator begin() const { return items_ ? items_->cbegin() : const_iterator(); }
  const_iterator end() const { return items_ ? items_->cend() : const_iterator(); }
  T& operator[](std::size_t place) { return (*items_)[place]; }
  const T& operator[](std::size_t place) const { return (*items_)[place]; }
  T& front() { return items_->front(); }
  const T& front() const { return items_->front(); }
  T& back() { return items_->back(); }
  const T& back() const { return items_->back(); }
  operator List<T>() const { return items_ ? List<T>(*items_) : List<T>(); }
  // A copy that does not change with this.
  std::vector<T> all() const { return {begin(), end()}; }

  T& push_back(T item) { return there().emplace_back(std::move(item)); }
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return there().emplace_back(std::forward<Arguments>(arguments)...);
  }
  // `place`: an iterator of this, as any that takes one.
  void insert(iterator place, T item) {
    const auto at = place - begin();
    there().insert(there().begin() + at, std::move(item));
  }
  void erase(iterator place) { items_->erase(place); }
  void clear() { items_.reset(); }

  // As std::erase and std::erase_if of a vector.
  friend void erase(Few& few, const T& item) {
    if (few.items_) std::erase(*few.items_, item);
  }
  template <class Fits>
  friend void erase_if(Few& few, Fits fits) {
    if (few.items_) std::erase_if(*few.items_, fits);
  }

 private:
  static std::unique_ptr<std::vector<T>> copy_of(const Few& other) {
    return std::make_unique<std::vector<T>>(*other.items_);
  }
  std::vector<T>& there() {
    if (!items_) items_ = std::make_unique<std::vector<T>>();
    return *items_;
  }

  std::unique_ptr<std::vector<T>> items_;
};

// Whether two lists hold the same in the same order.
template <class One, class Other>
bool same(const One& one, const Other& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

// A type as the catalog holds it. `name` is `schema.name` resolved where known; built-in types have
// no schema.
struct ColumnType {
  Text name;    // `int4`, `varchar`, `app.money_amount`
  Text schema;  // `app` of `app.money_amount`; empty for built-in types and types never seen
  Rarely<List<std::int32_t>> modifiers;
  std::uint8_t array_dimensions = 0;
  Text text;  // for people

  // What Schema::type looks up.
  Name lookup_name() const {
    return schema.empty() ? Name{{}, name} : Name{schema, name.substr(schema.size() + 1)};
  }
};

struct Column {
  Text name;
  ColumnType type;
  Text collation;
  Text not_null_constraint;  // its name (PostgreSQL 18) where that is no `table_column_not_null`
  Text default_text;
  Rarely<List<ColumnType>> default_types;  // types of the history that the default was cast to:
                                           // DROP TYPE CASCADE takes it along, also after the
                                           // column got another type
  Rarely<List<Text>> generated_from;       // the columns its generation expression mentions
  // There are many columns: what takes a byte stands together.
  bool type_known = true;
  Known not_null = Known::no;
  bool not_null_valid = true;  // false: NOT NULL NOT VALID (18)
  bool has_default = false;
  bool serial = false;
  Identity identity = Identity::none;
  Generated generated = Generated::none;
  bool inherited = false;  // from a parent or partitioned table, and not declared here
  bool filled = false;     // the history has set it in an UPDATE or MERGE, or deleted rows by it
  // no or unknown: ADD COLUMN IF NOT EXISTS of a table whose columns are not all known.
  Known created_certain = Known::yes;
  Origin created;
  Origin named;     // what gave it its present name, where that is younger than the column
  Text created_as;  // its name at creation: follows renames back
};

struct Constraint {
  Text name;  // as given, or as PostgreSQL would make it
  ConstraintKind kind = ConstraintKind::check;
  ReferentialAction on_delete = ReferentialAction::no_action;
  List<Text> columns;
  List<Text> not_null_columns;  // a CHECK that proves these NOT NULL
  Text check;
  List<PredicateNode> predicate;  // what `check` says
  Name references() const { return {references_schema, references_table}; }
  Text references_schema, references_table;
  List<Text> referenced_columns;
  Text index;  // the index behind a primary key, unique or exclusion constraint
  bool valid = true;
  bool enforced = true;
  bool deferrable = false;
  bool deferred = false;  // INITIALLY DEFERRED
  bool no_inherit = false;
  bool inherited = false;  // from a parent or partitioned table
  Origin created;
};

struct Index {
  Text name;  // in the schema of its table
  Text method;
  List<Text> columns;    // empty text for an expression
  List<Text> mentioned;  // every column in expressions and predicate
  List<Text> include;
  List<Text> attribute_names;  // what its columns are called in it: `lower` for lower(email)
  Text predicate;              // of a partial index, as written; empty where its end is not known
  bool unique = false;
  bool partial = false;
  bool valid = true;
  bool default_order = true;  // every column ascending, nulls last: a constraint can use it
  Text constraint;            // the constraint it backs
  Text parent;  // the index of the partitioned table it is attached to, in that table's schema
  Origin created;
  Origin dropped;  // of one among the lost keys
};

// A trigger or policy of a table that names columns: PostgreSQL refuses to drop or retype them.
struct ColumnUser {
  ObjectKind kind = ObjectKind::trigger;
  Text name;
  List<Text> columns;
};

enum class RelationKind : std::uint8_t {
  table,
  partitioned_table,
  foreign_table,
  view,
  materialized_view,
  sequence
};

struct Relation {
  Text schema;
  Text name;
  RelationKind kind = RelationKind::table;
  Persistence persistence = Persistence::permanent;
  OnCommit on_commit = OnCommit::preserve_rows;
  // Whether the migration at `created` certainly made it. CREATE TABLE IF NOT EXISTS of a name
  // never seen before: unknown.
  Known created_certain = Known::unknown;
  // false: its columns are a part of the truth, because it is known from ALTERs and references
  // only, or was made from something the history does not show (LIKE, PARTITION OF, a query whose
  // columns cannot be told).
  bool create_seen = false;
  bool row_security = false;
  bool rows_written = false;  // an INSERT, COPY or UPDATE since it was created, in this history
  Origin created;
  Origin inserted;  // the last INSERT, COPY or MERGE
  Origin named;     // what gave it its present name, where that is younger than the relation
  Origin cleared;   // a DELETE of all its rows, where nothing has put any into it since
  Origin emptied;   // the last statement behind which it has no rows, where nothing has put any
                    // into it since: TRUNCATE, or what fails on a table with rows
  // Its name at creation, which renames leave: `films`, and `app.films` outside of `public`.
  Text created_as;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  // Unique indexes that the last migration to drop any has dropped, where the history has changed
  // none of their values since.
  Few<Index> lost_keys;
  Text partition_of;     // plain name of the parent
  Few<Text> partitions;  // plain names
  Few<Text> inherits;    // plain names of the parents, in order; not of a partitioned table
  Text owned_by;         // of a sequence: plain name of the table whose column it goes with
  Text owned_by_column;
  Few<Text> reads;  // of a view: plain names of the relations in its query
  Few<Text> reads_columns;
  Few<Text> policies;
  Few<Text> triggers;
  Few<ColumnUser> column_users;  // those of the policies and triggers that name columns

  Name full_name() const { return {schema, name}; }
  const Column* column(std::string_view column_name) const;
  const Constraint* constraint(std::string_view constraint_name) const;
  const Index* index(std::string_view index_name) const;
  // The column whose NOT NULL constraint has that name (PostgreSQL 18 and later), or null.
  const Column* not_null_column(std::string_view constraint_name) const;
};

enum class TypeKind : std::uint8_t { enum_, domain, composite, range, base };

struct Type {
  Text schema;
  Text name;
  TypeKind kind = TypeKind::enum_;
  std::vector<Text> labels;  // of an enum
  std::vector<std::pair<Text, Origin>> label_origins;
  std::vector<Column> columns;  // of a composite type
  ColumnType base;              // of a domain
  bool constrained = false;     // a domain with NOT NULL or CHECK
  bool not_null = false;
  std::vector<Text> checks;  // of a domain: the names of its CHECK constraints
  bool default_value = false;
  bool default_volatile = false;  // it is worked out for every row
  bool create_seen = true;  // false: known from ALTERs only, so its labels are a part of the truth
  Origin created;
};

struct Function {
  Text schema;
  Text name;
  Volatility volatility = Volatility::volatile_;
  // What a call counts as once the planner has put a SQL function that is one expression in the
  // place of the call; for all other functions the same.
  Volatility inlined = Volatility::volatile_;
  Text language;
  bool returns_trigger = false;  // only triggers can call it
  Text body;                     // a view into the history's SQL; empty where it has no text
  Origin created;
};

// The answer of a lookup: the object, or whether it can exist at all. There is no conversion to
// bool: a rule must say what it does where the schema is not known.
template <class T>
class Lookup {
 public:
  explicit Lookup(const T* object) : object_(object), exists_(Known::yes) {}
  explicit Lookup(Known exists) : exists_(exists) {}
  // The object where the history shows it, else null.
  const T* known() const { return object_; }
  // yes: shown by the history. no: dropped or renamed away by the history. unknown: never seen.
  Known exists() const { return exists_; }

 private:
  const T* object_ = nullptr;
  Known exists_;
};

// Names without a schema are resolved along search_path as it stands (the temporary schema first).
// Object lifetimes: pointers are good until the next operation takes effect.
class Schema {
 public:
  virtual ~Schema() = default;
  virtual Lookup<Relation> relation(const Name& name) const = 0;
  virtual Lookup<Type> type(const Name& name) const = 0;
  virtual Lookup<Function> function(const Name& name) const = 0;
  // Every function, sorted by schema and name.
  virtual std::vector<const Function*> functions() const = 0;
  // The relation that a statement of the migration being replayed created as `name`, whatever it is
  // called by now: the migration may have renamed it, or its schema, or set another search_path.
  // `statement`: its index in `Migration::script`. Null where nothing is left of it.
  virtual const Relation* created_by(std::size_t statement, const Name& name) const = 0;
  // The index of that name, with its table.
  struct IndexLookup {
    const Relation* table = nullptr;  // null where the history does not show it
    const Index* index = nullptr;
    Known exists = Known::unknown;
  };
  virtual IndexLookup index(const Name& name) const = 0;
  // Every relation, sorted by schema and name.
  virtual std::vector<const Relation*> relations() const = 0;
  // Every foreign key that references the relation: the referencing tables.
  virtual std::vector<const Relation*> referenced_by(const Relation& relation) const = 0;
  // Views that read the relation.
  virtual std::vector<const Relation*> views_on(const Relation& relation) const = 0;
  // Where an unqualified name would be created: the first schema of search_path.
  virtual std::string creation_schema() const = 0;
  // The name with its schema filled in, as creation or lookup along search_path would resolve it.
  virtual Name resolve(const Name& name) const = 0;
  // yes after SQL that could not be read may have changed anything.
  virtual bool opaque() const = 0;
  // A setting as SET / RESET / set_config left it; empty where untouched.
  virtual std::string_view setting(std::string_view variable) const = 0;
  // The index of the migration being replayed.
  virtual std::int32_t current_migration() const = 0;

  // Made by the migration being replayed, and by nothing before it, so that no running code knows
  // it.
  bool is_new(const Relation& relation) const {
    return relation.created.migration == current_migration() &&
           relation.created_certain == Known::yes;
  }
  bool is_new(const Column& column) const {
    return column.created.migration == current_migration() && column.created_certain == Known::yes;
  }
  // The migration being replayed gave it its name, so that no running code knows it by that.
  bool is_named_anew(const Relation& relation) const {
    return relation.named.migration == current_migration();
  }
  bool is_named_anew(const Column& column) const {
    return column.named.migration == current_migration();
  }
  // The migration being replayed does not get here where the relation has a row.
  bool is_empty_by_now(const Relation& relation) const {
    return relation.emptied.migration == current_migration() ||
           relation.cleared.migration == current_migration();
  }
  bool is_temporary(const Relation& relation) const {
    return relation.persistence == Persistence::temporary;
  }
};

}  // namespace migguard
