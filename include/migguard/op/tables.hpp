// Operations on tables: CREATE, DROP and every clause of ALTER TABLE.
#pragma once

#include <migguard/op/parts.hpp>

namespace migguard {

struct CreateTable : Node {
  using Self = CreateTable;
  Name table;
  Persistence persistence = Persistence::permanent;
  OnCommit on_commit = OnCommit::preserve_rows;
  bool if_not_exists = false;
  bool foreign = false;
  List<ColumnDefinition> columns;
  List<ConstraintDefinition> constraints;  // written at the table
  Rarely<List<LikeClause>> likes;
  Rarely<List<Name>> inherits;
  Name partition_of;             // empty where it is no partition
  Text partition_bound;          // as written; `DEFAULT` for the default partition
  Rarely<PartitionBound> bound;  // what it says
  Text partition_strategy;       // `range`, `list`, `hash` where it is partitioned itself
  Rarely<List<Text>> partition_columns;
  Name of_type;
  Text tablespace;
  MIGGUARD_OPERATION("create_table", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(persistence),
                     MIGGUARD_MEMBER(on_commit), MIGGUARD_MEMBER(if_not_exists),
                     MIGGUARD_MEMBER(foreign), MIGGUARD_MEMBER(columns),
                     MIGGUARD_MEMBER(constraints), MIGGUARD_MEMBER(likes),
                     MIGGUARD_MEMBER(inherits), MIGGUARD_MEMBER(partition_of),
                     MIGGUARD_MEMBER(partition_bound), MIGGUARD_MEMBER(partition_strategy),
                     MIGGUARD_MEMBER(partition_columns), MIGGUARD_MEMBER(of_type))
};

// CREATE TABLE AS and SELECT INTO.
struct CreateTableAs : Node {
  using Self = CreateTableAs;
  Name table;
  Persistence persistence = Persistence::permanent;
  OnCommit on_commit = OnCommit::preserve_rows;
  bool if_not_exists = false;
  bool with_data = true;
  List<Text> columns;  // output names where they can be told, else empty text
  List<Name> reads;    // relations named in the query
  List<Text> reads_columns;
  QueryParts query;
  Text tablespace;
  MIGGUARD_OPERATION("create_table_as", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(persistence),
                     MIGGUARD_MEMBER(on_commit), MIGGUARD_MEMBER(if_not_exists),
                     MIGGUARD_MEMBER(with_data), MIGGUARD_MEMBER(columns), MIGGUARD_MEMBER(reads))
};

struct DropTable : Node {
  using Self = DropTable;
  Name table;
  bool foreign = false;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_table", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(foreign),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct RenameTable : Node {
  using Self = RenameTable;
  Name table;
  Text new_name;
  bool if_exists = false;
  MIGGUARD_OPERATION("rename_table", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(new_name),
                     MIGGUARD_MEMBER(if_exists))
};

// ALTER ... SET SCHEMA of a table, view, sequence, type, function or any other object.
struct SetSchema : Node {
  using Self = SetSchema;
  ObjectKind object = ObjectKind::table;
  Name name;
  Text new_schema;
  bool if_exists = false;
  MIGGUARD_OPERATION("set_schema", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(new_schema), MIGGUARD_MEMBER(if_exists))
};

struct AddColumn : Node {
  using Self = AddColumn;
  Name table;
  bool if_not_exists = false;
  ColumnDefinition column;
  MIGGUARD_OPERATION("add_column", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(if_not_exists),
                     MIGGUARD_MEMBER(only), MIGGUARD_MEMBER(column))
};

struct DropColumn : Node {
  using Self = DropColumn;
  Name table;
  Text column;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_column", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct RenameColumn : Node {
  using Self = RenameColumn;
  Name table;
  Text column;
  Text new_name;
  MIGGUARD_OPERATION("rename_column", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(new_name))
};

// SET DEFAULT; DROP DEFAULT where `value` is none.
struct SetDefault : Node {
  using Self = SetDefault;
  Name table;
  Text column;
  Expression value;
  MIGGUARD_OPERATION("set_default", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(value))
};

struct SetNotNull : Node {
  using Self = SetNotNull;
  Name table;
  Text column;
  MIGGUARD_OPERATION("set_not_null", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column))
};

struct DropNotNull : Node {
  using Self = DropNotNull;
  Name table;
  Text column;
  MIGGUARD_OPERATION("drop_not_null", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column))
};

struct ChangeType : Node {
  using Self = ChangeType;
  Name table;
  Text column;
  TypeName type;
  Text collation;
  Expression using_;
  MIGGUARD_OPERATION("change_type", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(collation), MIGGUARD_MEMBER(using_))
};

// ADD GENERATED ... AS IDENTITY, SET GENERATED, DROP IDENTITY (`identity` none).
struct SetIdentity : Node {
  using Self = SetIdentity;
  Name table;
  Text column;
  Identity identity = Identity::none;
  bool add = false;
  MIGGUARD_OPERATION("set_identity", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(identity), MIGGUARD_MEMBER(add))
};

// SET EXPRESSION AS (...), DROP EXPRESSION (`expression` none).
struct SetGeneration : Node {
  using Self = SetGeneration;
  Name table;
  Text column;
  Expression expression;
  MIGGUARD_OPERATION("set_generation", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(expression))
};

struct AddConstraint : Node {
  using Self = AddConstraint;
  Name table;
  ConstraintDefinition constraint;
  MIGGUARD_OPERATION("add_constraint", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(constraint),
                     MIGGUARD_MEMBER(only))
};

struct DropConstraint : Node {
  using Self = DropConstraint;
  Name table;
  Text constraint;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_constraint", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(constraint),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct ValidateConstraint : Node {
  using Self = ValidateConstraint;
  Name table;
  Text constraint;
  MIGGUARD_OPERATION("validate_constraint", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(constraint))
};

struct AlterConstraint : Node {
  using Self = AlterConstraint;
  Name table;
  Text constraint;
  std::optional<bool> deferrable;
  std::optional<bool> initially_deferred;
  std::optional<bool> enforced;
  std::optional<bool> inherit;
  MIGGUARD_OPERATION("alter_constraint", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(constraint),
                     MIGGUARD_MEMBER(deferrable), MIGGUARD_MEMBER(enforced),
                     MIGGUARD_MEMBER(inherit))
};

struct RenameConstraint : Node {
  using Self = RenameConstraint;
  Name table;
  Text constraint;
  Text new_name;
  MIGGUARD_OPERATION("rename_constraint", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(constraint),
                     MIGGUARD_MEMBER(new_name))
};

struct AttachPartition : Node {
  using Self = AttachPartition;
  Name table;
  Name partition;
  Text bound;             // as written; `DEFAULT` for the default partition
  PartitionBound values;  // what it says
  MIGGUARD_OPERATION("attach_partition", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(partition),
                     MIGGUARD_MEMBER(bound))
};

struct DetachPartition : Node {
  using Self = DetachPartition;
  Name table;
  Name partition;
  bool concurrently = false;
  bool finalize = false;
  MIGGUARD_OPERATION("detach_partition", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(partition),
                     MIGGUARD_MEMBER(concurrently), MIGGUARD_MEMBER(finalize))
};

// ENABLE / DISABLE [REPLICA|ALWAYS] TRIGGER or RULE. `trigger` is empty for ALL and USER.
struct SetTriggerState : Node {
  using Self = SetTriggerState;
  Name table;
  Text trigger;
  Text state;  // `enable`, `disable`, `enable_always`, `enable_replica`
  bool all = false;
  bool user = false;
  bool rule = false;
  MIGGUARD_OPERATION("set_trigger_state", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(trigger),
                     MIGGUARD_MEMBER(state), MIGGUARD_MEMBER(all), MIGGUARD_MEMBER(user),
                     MIGGUARD_MEMBER(rule))
};

struct SetRowSecurity : Node {
  using Self = SetRowSecurity;
  Name table;
  Text state;  // `enable`, `disable`, `force`, `no_force`
  MIGGUARD_OPERATION("set_row_security", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(state))
};

// SET (...) and RESET (...) of storage parameters of a table, index, view or column.
struct SetOptions : Node {
  using Self = SetOptions;
  ObjectKind object = ObjectKind::table;
  Name name;
  Text column;
  List<OptionValue> options;
  bool reset = false;
  MIGGUARD_OPERATION("set_options", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(column), MIGGUARD_MEMBER(options), MIGGUARD_MEMBER(reset))
};

struct SetLogged : Node {
  using Self = SetLogged;
  Name table;
  bool logged = true;
  MIGGUARD_OPERATION("set_logged", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(logged))
};

struct SetAccessMethod : Node {
  using Self = SetAccessMethod;
  Name table;
  Text method;
  MIGGUARD_OPERATION("set_access_method", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(method))
};

struct SetTablespace : Node {
  using Self = SetTablespace;
  ObjectKind object = ObjectKind::table;
  Name name;
  Text tablespace;
  Text from;  // ALL IN TABLESPACE: the one that is left; `name` is empty then
  List<Text> owned_by;
  MIGGUARD_OPERATION("set_tablespace", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(tablespace))
};

struct SetReplicaIdentity : Node {
  using Self = SetReplicaIdentity;
  Name table;
  Text identity;  // `default`, `full`, `nothing`, `index`
  Text index;
  MIGGUARD_OPERATION("set_replica_identity", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(identity),
                     MIGGUARD_MEMBER(index))
};

struct SetInheritance : Node {
  using Self = SetInheritance;
  Name table;
  Name parent;
  bool inherit = true;
  MIGGUARD_OPERATION("set_inheritance", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(parent),
                     MIGGUARD_MEMBER(inherit))
};

struct SetOwner : Node {
  using Self = SetOwner;
  ObjectKind object = ObjectKind::table;
  Name name;
  Text owner;
  MIGGUARD_OPERATION("set_owner", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(owner))
};

// SET STATISTICS, SET STORAGE, SET COMPRESSION, CLUSTER ON, SET WITHOUT CLUSTER, OF, NOT OF,
// and any other clause of ALTER TABLE that no operation of its own speaks of.
struct AlterTableOther : Node {
  using Self = AlterTableOther;
  ObjectKind object = ObjectKind::table;
  Name table;
  Text column;
  Text clause;  // `set_statistics`, `set_storage`, `set_compression`, `cluster_on`, ...
  Text value;
  TypeName type;  // of add_attribute and alter_attribute_type
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("alter_table_other", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(column), MIGGUARD_MEMBER(clause), MIGGUARD_MEMBER(value))
};

}  // namespace migguard
