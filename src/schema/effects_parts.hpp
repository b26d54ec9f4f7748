// What the files that work out effects share: the operation at hand, and the steps that most
// operations are made of.
#pragma once

#include <schema/effects.hpp>
#include <schema/replay.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::schema {

// What one ALTER TABLE does to the table besides the operation at hand. Drops come first, then
// changes of type, then what is added (the passes of ATController in
// src/backend/commands/tablecmds.c).
struct Together {
  std::set<Text> dropped_constraints;
  std::set<Text> dropped_columns;
  std::set<Text> dropped_defaults;  // of these columns
  std::set<Text> added_columns;
  std::set<Text> added_constraints;  // an empty name among them: one that PostgreSQL names
  std::set<Key> dropped_relations;   // of DROP a, b
  std::size_t dropped_indexes = 0;
};

struct Evaluation {
  const Replay& replay;
  int version = 15;
  const Together& together;
  Effects* now = nullptr;  // of the operation at hand
  // Only what makes it fail is asked for: what it locks, reads and writes is not noted.
  bool failures_alone = false;

  const Facts& facts() const { return replay.facts; }
  const Record* find(const Name& name) const { return replay.find(name); }

  // Notes a lock; of several on one relation the strongest stays.
  void lock(const Name& relation, LockMode mode, std::string_view why = {});
  void lock(const Record& record, LockMode mode, std::string_view why = {}) {
    lock(record.name(), mode, why);
  }
  void lock_index(const Record& table, std::string_view index, LockMode mode,
                  std::string_view why = {});
  void lock_indexes(const Record& table, LockMode mode, std::string_view why = {});
  // The relation of a name with this lock. One that the history does not show is locked by its
  // name; null then, and where it is not there.
  const Record* lock_named(const Name& name, LockMode mode, std::string_view why = {});
  // Partitions and inheriting tables, too.
  void lock_below(const Record& record, LockMode mode, std::string_view why);

  void scan(const Record& record, std::string_view why);
  // Writes the heap anew, and builds every index again.
  void rewrite(const Record& record, std::string_view why);
  // Copies the file of a relation to another place, as it is.
  void copy_file(const Record& record);
  // Fills a new heap from a query: nothing of the old one is read.
  void fill(const Record& record, std::string_view why);
  void build_index(const Record& table, std::string_view index, std::string_view why);
  void rebuild_index(const Record& table, std::string_view index, std::string_view why);
  void fails(std::string reason, Effects::Failure failure = Effects::Failure::refused);
  void waits(Effects::WaitsFor what);

  // The relation itself and, without `only`, everything below it.
  std::vector<const Record*> tree(const Record& record, bool only = false) const;
  // The same, to lock or read them: none where failures alone are asked for.
  std::vector<const Record*> touched(const Record& record, bool only = false) const {
    return failures_alone ? std::vector<const Record*>() : tree(record, only);
  }
  // The relations that reading this one locks: a view's, down to tables.
  void lock_reads(List<Name> reads, bool scanned, std::string_view why);
};

// Locks what a query reads, and scans what it reads whole, as far as can be told without the plan.
void read_by_query(Evaluation& at, List<Name> reads, const QueryParts& query, std::string_view why);

// A unique index or key of a partitioned table must have every column of the partition key
// (DefineIndex in src/backend/commands/indexcmds.c).
void refuse_key(Evaluation& at, const Record& table, List<Text> columns);

// A primary key where there is one that the statement does not drop, by its name or with a column.
void refuse_second_key(Evaluation& at, const Record& table);

// What names a column that the table is known not to have.
void refuse_missing(Evaluation& at, const Record& table, List<Text> columns);

// What is not IMMUTABLE where it must be; `where`: `an index expression`. The table may be null
// where its columns are not known yet (effects_expressions.cpp).
void refuse_mutable(Evaluation& at, const Record* table, const Expression& expression,
                    std::string_view where);
// What cannot be the default of a column of the type.
void refuse_default(Evaluation& at, const ColumnType& type, const Expression& value);
// The same of a new column, and a type that PostgreSQL does not have.
void refuse_definition(Evaluation& at, const Record* table, const ColumnDefinition& column);

// Definitions that contradict themselves (effects_definitions.cpp).
void refuse_table(Evaluation& at, const CreateTable& op);
void refuse_policy(Evaluation& at, const CreatePolicy& op);
void refuse_labels(Evaluation& at, const CreateEnum& op);

// INSERT and UPDATE of columns that the table does not have.
void refuse_targets(Evaluation& at, const Op& op);

// Whether the relation has a heap of its own.
bool has_storage(const Record& record);
std::string_view in_words(FunctionUse::Part part);
bool has_rows_below(const Record& record);
std::string printed(const Record& record);
const Record* default_partition(const Evaluation& at, const Record& parent);
// What a new partition does to those beside it.
void add_partition(Evaluation& at, const Record& parent, const Name& partition,
                   const PartitionBound& bound);

// A change of a column's type (effects_types.cpp).
struct TypeChange {
  bool possible = true;  // false: there is no cast that applies by itself
  bool rewrites = true;
  bool certain = true;
};
TypeChange type_change(const Evaluation& at, const Column& column, const ChangeType& op);
// Whether values of one type become the other's in an assignment, without USING.
bool assigns(const Evaluation& at, const ColumnType& from, const ColumnType& to);
bool domain_is_constrained(const Evaluation& at, const ColumnType& type);
bool same_index_after(const Column& column, const ColumnType& changed, std::string_view collation);

// What the transaction has done before that makes the operation fail in it: an enum label that it
// added is used, or triggers of the table have yet to fire (effects_transaction.cpp).
void work_out_transaction(Evaluation& at, const Op& op);
// Who waits, from the locks.
void find_blocked(Effects& effects);

// One for each subject; what none of them knows touches no relation.
void work_out(Evaluation& at, const Op& op);
bool work_out_alter_table(Evaluation& at, const Op& op);
bool work_out_partition(Evaluation& at, const Op& op);
bool work_out_column(Evaluation& at, const Op& op);
bool work_out_constraint(Evaluation& at, const Op& op);
bool work_out_index(Evaluation& at, const Op& op);
bool work_out_object(Evaluation& at, const Op& op);
bool work_out_drop(Evaluation& at, const Op& op);
bool work_out_rows(Evaluation& at, const Op& op);

}  // namespace migguard::schema
