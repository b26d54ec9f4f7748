// The replay of operations: what each does to the facts, in its transaction, along its search_path.
#pragma once

#include <memory>
#include <migguard/project.hpp>
#include <optional>
#include <schema/facts.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace migguard::schema {

struct Replay {
  Replay();

  Store store;  // before what refers to it
  Facts facts{store};
  Origin now;              // the migration and statement at hand
  bool autocommit = true;  // statements outside BEGIN are transactions of their own
  bool complete = false;   // the history began with an empty database
  std::int32_t last_migration = -1;
  // The schema that the role or connection seems to put first in search_path, which no file says:
  // unqualified names have been found there and nowhere else. Empty: none.
  Text session_schema;
  // What the catalog was asked for last, until the next change: rules ask for one table again and
  // again.
  mutable const Record* asked_for = nullptr;
  mutable bool asked_without_schema = false;

  // ---- Transactions (transactions.cpp)

  // An open transaction or savepoint; `before` is kept only where the migration itself will go back
  // to it.
  struct Frame {
    Text savepoint;  // empty: the transaction itself
    std::unique_ptr<Facts> before;
    const TransactionControl* opened_by = nullptr;
  };
  std::vector<Frame> frames;
  // How many rollbacks ahead go back to what the operation began.
  std::unordered_map<const TransactionControl*, unsigned> rollbacks_ahead;
  bool drop_on_commit = false;  // there may be temporary tables ON COMMIT DROP

  bool in_transaction() const { return !frames.empty() && frames.front().savepoint.empty(); }
  void look_ahead(const Migration& migration);
  void open_frame(Text savepoint, const TransactionControl* op);
  void finish_transaction();
  void end_session();

  // ---- Names (resolution.cpp)

  void set_path();
  // A relation that an unqualified name did not find along the path, where it is in exactly one of
  // the schemas that the history made: that schema is on the path from then on. Else null.
  Record* find_in_session_schema(const Name& name);
  // To be told of whatever is made: the temporary schema is in the path only when there is one.
  void note_temporary(const Key& key) {
    if (key.schema != temporary_schema || facts.any_temporary) return;
    facts.any_temporary = true;
    set_path();
  }
  // Looks up a name, an unqualified one in each schema of the path, until something is found.
  template <class Look>
  auto along_path(const Name& name, Look look) const {
    if (!name.schema.empty()) return look(name);
    for (const Text schema : facts.lookup_path)
      if (const auto found = look(Name{schema, name.name})) return found;
    return decltype(look(name))();
  }
  std::string_view creation_schema() const;
  // The relation, type or function a name stands for, or null.
  Record* find(const Name& name);
  const Record* find(const Name& name) const;
  Type* find_type(const Name& name);
  const Type* find_type(const Name& name) const;
  const Function* find_function(const Name& name) const;
  Record* find_index(const Name& name);  // its table
  const Record* find_index(const Name& name) const;
  std::string_view index_schema(const Name& name) const;
  // The key a name stands for: of what is known by it, else where it would be created.
  Key key_of_relation(const Name& name) const;
  Key key_of_type(const Name& name) const;
  Key key_of_function(const Name& name) const;
  Key key_to_create(const Name& name, Persistence persistence = Persistence::permanent) const;
  // Whether something never seen may exist.
  Known relation_exists(const Name& name) const;
  Known type_exists(const Name& name) const;
  Known function_exists(const Name& name) const;
  ColumnType resolve(const TypeName& type) const;
  void resolve(const TypeName& type, ColumnType& resolved) const;

  // The relation that an ALTER speaks of. One never seen is known from now on; null where the
  // history dropped it.
  Record* altered(const Name& name, RelationKind kind = RelationKind::table);
  // A column of it; one never seen is known from now on, where not all columns are known.
  Column* altered_column(Record& record, std::string_view name);
  // Adds a relation with its origin. `certain`: whether the statement at hand certainly made it.
  Record& make(const Name& name, RelationKind kind, Known certain);
  // Whether an operation that makes something must leave alone what is there already: IF NOT
  // EXISTS, or in a block that asks first or catches the error.
  static bool lenient(const Node& op, bool if_not_exists) {
    return if_not_exists || op.within != Within::statement;
  }

  // ---- What each operation does. Operations without an overload change nothing in the schema.

  template <class Other>
  void effect(const Other&) {}

  // tables.cpp
  void effect(const CreateTable& op);
  void effect(const CreateTableAs& op);
  void effect(const DropTable& op);
  void effect(const RenameTable& op);
  void effect(const SetSchema& op);
  void effect(const AttachPartition& op);
  void effect(const DetachPartition& op);
  void effect(const SetInheritance& op);
  void effect(const SetRowSecurity& op);
  void effect(const SetLogged& op);
  void effect(const SetOptions& op);
  void effect(const SetAccessMethod& op) { altered(op.table); }
  void effect(const SetReplicaIdentity& op) { altered(op.table); }
  void effect(const AlterTableOther& op);
  void effect(const Cluster& op);
  void effect(const Update& op);
  void effect(const Delete& op);
  // Rows that others reference go: deferred foreign keys look at it at the end of the transaction.
  void note_parent_events(const Record& record);
  void effect(const Merge& op);
  void effect(const Copy& op);
  void effect(const Truncate& op);
  void wrote(const Name& table);
  void note_rows(Record& record);
  // No row of it, nor of what inherits from it, is left behind the statement at hand.
  void emptied(Record& record);
  // Values of the column change: what was unique before is not known to be any more.
  static void values_changed(Record& record, Text column);
  // The rows of a column were seen to: what is true of it now may be known to the author.
  void filled(const Name& table, List<Text> columns);
  void rename_relation(const Name& name, std::string_view new_name);
  // Gives a child what its parent has: checks, and a partition also indexes, foreign keys and
  // triggers. What it has of the same shape is taken for that.
  void inherit(Record& parent, Record& child);
  void copy_like(Record& record, const LikeClause& like);
  void copy_like_indexes(Record& record, const LikeClause& like);

  // columns.cpp
  void effect(const AddColumn& op);
  void effect(const DropColumn& op);
  void effect(const RenameColumn& op);
  void effect(const SetDefault& op);
  void effect(const SetNotNull& op);
  void effect(const DropNotNull& op);
  void effect(const ChangeType& op);
  void effect(const SetIdentity& op);
  void effect(const SetGeneration& op);
  bool only_without_rows(const AddColumn& op, const Record& table) const;
  Column column_from(const ColumnDefinition& definition) const;
  void define(Column& column, const ColumnDefinition& definition) const;
  // The name given to its NOT NULL, or none.
  static Text not_null_name(const ColumnDefinition& definition);
  // The sequence of a serial or identity column.
  void make_sequence(Record& table, const Column& column);
  // Remembers the sequence that the default of a column names.
  void note_default(const Record& record, std::string_view column, const Expression& value);

  // constraints.cpp
  void effect(const AddConstraint& op);
  void effect(const DropConstraint& op);
  void effect(const ValidateConstraint& op);
  void effect(const AlterConstraint& op);
  void effect(const RenameConstraint& op);
  struct Pending {
    const ConstraintDefinition* definition;
    List<Text> columns;
    Text name;  // empty where PostgreSQL makes one
  };
  // The constraints written at columns and at the table, in order.
  static std::vector<Pending> pending_constraints(List<ColumnDefinition> columns,
                                                  List<ConstraintDefinition> constraints);
  // Adds them in the order PostgreSQL does, which decides about the names it makes. `empty`: of a
  // new table, where nothing is left to validate.
  void add_constraints(Record& record, const std::vector<Pending>& constraints, bool empty);
  void add_check(Record& record, const Pending& pending, bool empty);
  void add_index_constraint(Record& record, const Pending& pending);
  void add_foreign_key(Record& record, const Pending& pending, bool empty);
  void spread_check(const Record& table, const Constraint& check);
  void spread_foreign_key(const Record& table, const Constraint& foreign_key);
  void inherit_foreign_key(Record& child, const Constraint& foreign_key);

  // indexes.cpp
  void effect(const CreateIndex& op);
  void effect(const DropIndex& op);
  // Remembers what an index that goes has kept unique.
  void keep_key(Record& table, std::string_view index_name);
  void effect(const RenameIndex& op);
  void effect(const AttachIndexPartition& op);
  // Makes an index of the partitioned table on every partition, or attaches the one that is there.
  void spread_index(const Key& table, Text index);
  // The name of the index of the partition.
  Text inherit_index(Record& child, const Index& index);

  // objects.cpp
  void effect(const CreateView& op);
  void effect(const CreateMaterializedView& op);
  void effect(const DropView& op);
  void effect(const RenameView& op) { rename_relation(op.view, op.new_name); }
  void effect(const CreateSequence& op);
  void effect(const AlterSequence& op);
  void effect(const DropSequence& op);
  void effect(const RenameSequence& op) { rename_relation(op.sequence, op.new_name); }
  void effect(const CreateFunction& op);
  // Whether the planner must work it out anew for every row.
  bool is_volatile(const FunctionCall& call) const;
  bool is_volatile(const Expression& expression) const;
  void effect(const DropFunction& op);
  void effect(const CreateTrigger& op);
  void effect(const CreatePolicy& op);
  void effect(const CreateRule& op);
  void effect(const DropTableObject& op);
  void effect(const RenameObject& op);
  void effect(const DoBlock& op);
  void effect(const Opaque& op);
  void drop_relation(const Name& name, bool cascade);
  void forget_absences();
  void make_view(const Key& key, RelationKind kind, Known certain, List<Text> columns,
                 List<Name> reads, List<Text> reads_columns, Persistence persistence);

  // belongings.cpp
  void effect(const DropExtension& op);
  void effect(const SetOwner& op);
  void effect(const SetTablespace& op);
  void effect(const DropOwned& op);
  void effect(const CreateObject& op);
  void effect(const AlterObject& op);
  void effect(const DropObject& op);
  void effect(const OtherStatement& op);
  void effect(const Insert& op);
  // Remembers the functions of the history that an expression calls.
  // The part is gone or made anew: what it called before, it calls no more.
  void forget_calls(const Record& record, FunctionUse::Part part, Text name);
  void note_calls(const Record& record, FunctionUse::Part part, Text name,
                  const Expression& expression) {
    note_calls(record, part, name, expression.functions);
  }
  void note_calls(const Record& record, FunctionUse::Part part, Text name,
                  List<FunctionCall> calls) {
    if (!calls.empty() && !facts.functions.never_used())
      note_known_calls(record, part, name, calls);
  }
  void note_known_calls(const Record& record, FunctionUse::Part part, Text name,
                        List<FunctionCall> calls);
  // The owner and tablespace that the session's settings give a new relation.
  void note_owner(const Record& record);
  // What ALTER TABLE ALL IN TABLESPACE moves.
  std::vector<Key> in_tablespace(const SetTablespace& op) const;
  std::vector<Key> owned_by(List<Text> roles) const;
  std::vector<Key> keys_of(List<Name> names) const;
  // Remembers that a change of rows leaves triggers for the end of the transaction.
  void note_events(const Record& record, bool of_columns, List<Text> columns);
  // After COMMIT or ROLLBACK nothing waits for the end of the transaction.
  void begin_transaction_anew();

  // types.cpp
  void effect(const CreateEnum& op);
  void effect(const AddEnumValue& op);
  void effect(const RenameEnumValue& op);
  void effect(const CreateDomain& op);
  void effect(const AlterDomain& op);
  void effect(const CreateType& op);
  void effect(const DropType& op);
  void effect(const RenameType& op);
  void effect(const CreateSchema& op);
  void effect(const DropSchema& op);
  void effect(const RenameSchema& op);
  void effect(const CreateExtension& op);
  void alter_attribute(const AlterTableOther& op);
  std::vector<Key> tables_of(const Key& type) const;  // CREATE TABLE ... OF
  // Relations with a column of the type, or of composite types and domains that are made of it
  // (find_composite_type_dependencies). `wrapped`: only where it is not the column's own type.
  std::vector<const Record*> holders_of(const Key& type, bool wrapped = false) const;
  void rename_attribute(const Name& type, Text attribute, Text new_name);
  Type* make_type(const Name& name, TypeKind kind, const Node& op);

  // transactions.cpp
  void effect(const SetVariable& op);
  void effect(const TransactionControl& op);
};

}  // namespace migguard::schema
