// Operations on indexes, views, types, sequences, functions, schemas and all other objects.
#pragma once

#include <migguard/op/parts.hpp>

namespace migguard {

// ---------------------------------------------------------------- indexes

struct CreateIndex : Node {
  using Self = CreateIndex;
  Text index;  // empty where PostgreSQL makes the name; it lies in the table's schema
  Name table;
  Text method;
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  bool nulls_not_distinct = false;
  List<IndexColumn> columns;
  List<Text> include;
  Expression where;
  List<OptionValue> options;
  Text tablespace;
  MIGGUARD_OPERATION("create_index", MIGGUARD_MEMBER(index), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(method), MIGGUARD_MEMBER(unique),
                     MIGGUARD_MEMBER(concurrently), MIGGUARD_MEMBER(if_not_exists),
                     MIGGUARD_MEMBER(only), MIGGUARD_MEMBER(nulls_not_distinct),
                     MIGGUARD_MEMBER(columns), MIGGUARD_MEMBER(include), MIGGUARD_MEMBER(where),
                     MIGGUARD_MEMBER(options))
};

struct DropIndex : Node {
  using Self = DropIndex;
  Name index;
  bool concurrently = false;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_index", MIGGUARD_MEMBER(index), MIGGUARD_MEMBER(concurrently),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct RenameIndex : Node {
  using Self = RenameIndex;
  Name index;
  Text new_name;
  MIGGUARD_OPERATION("rename_index", MIGGUARD_MEMBER(index), MIGGUARD_MEMBER(new_name))
};

struct AttachIndexPartition : Node {
  using Self = AttachIndexPartition;
  Name index;
  Name partition;
  MIGGUARD_OPERATION("attach_index_partition", MIGGUARD_MEMBER(index), MIGGUARD_MEMBER(partition))
};

struct Reindex : Node {
  using Self = Reindex;
  ObjectKind object =
      ObjectKind::index;  // index, table, schema, database; `system` for REINDEX SYSTEM
  Name name;
  bool system = false;
  bool concurrently = false;
  MIGGUARD_OPERATION("reindex", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(system), MIGGUARD_MEMBER(concurrently))
};

// ---------------------------------------------------------------- views

struct CreateView : Node {
  using Self = CreateView;
  Name view;
  bool or_replace = false;
  Persistence persistence = Persistence::permanent;
  List<Text> columns;        // output names where they can be told, else empty text
  List<Name> reads;          // relations named in the query
  List<Text> reads_columns;  // columns named anywhere in the query, last part
  QueryParts query;
  MIGGUARD_OPERATION("create_view", MIGGUARD_MEMBER(view), MIGGUARD_MEMBER(or_replace),
                     MIGGUARD_MEMBER(persistence), MIGGUARD_MEMBER(columns), MIGGUARD_MEMBER(reads),
                     MIGGUARD_MEMBER(reads_columns))
};

struct CreateMaterializedView : Node {
  using Self = CreateMaterializedView;
  Name view;
  bool if_not_exists = false;
  bool with_data = true;
  List<Text> columns;
  List<Name> reads;
  List<Text> reads_columns;
  QueryParts query;
  Text tablespace;
  MIGGUARD_OPERATION("create_materialized_view", MIGGUARD_MEMBER(view),
                     MIGGUARD_MEMBER(if_not_exists), MIGGUARD_MEMBER(with_data),
                     MIGGUARD_MEMBER(columns), MIGGUARD_MEMBER(reads),
                     MIGGUARD_MEMBER(reads_columns))
};

struct DropView : Node {
  using Self = DropView;
  Name view;
  bool materialized = false;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_view", MIGGUARD_MEMBER(view), MIGGUARD_MEMBER(materialized),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct RenameView : Node {
  using Self = RenameView;
  Name view;
  Text new_name;
  bool materialized = false;
  MIGGUARD_OPERATION("rename_view", MIGGUARD_MEMBER(view), MIGGUARD_MEMBER(new_name),
                     MIGGUARD_MEMBER(materialized))
};

struct RefreshMaterializedView : Node {
  using Self = RefreshMaterializedView;
  Name view;
  bool concurrently = false;
  bool with_data = true;
  MIGGUARD_OPERATION("refresh_materialized_view", MIGGUARD_MEMBER(view),
                     MIGGUARD_MEMBER(concurrently), MIGGUARD_MEMBER(with_data))
};

// ---------------------------------------------------------------- types, sequences, functions

struct CreateEnum : Node {
  using Self = CreateEnum;
  Name type;
  List<Text> labels;
  MIGGUARD_OPERATION("create_enum", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(labels))
};

struct AddEnumValue : Node {
  using Self = AddEnumValue;
  Name type;
  Text value;
  Text neighbour;  // of BEFORE or AFTER
  bool after = true;
  bool if_not_exists = false;
  MIGGUARD_OPERATION("add_enum_value", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(value),
                     MIGGUARD_MEMBER(neighbour), MIGGUARD_MEMBER(after),
                     MIGGUARD_MEMBER(if_not_exists))
};

struct RenameEnumValue : Node {
  using Self = RenameEnumValue;
  Name type;
  Text value;
  Text new_value;
  MIGGUARD_OPERATION("rename_enum_value", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(value),
                     MIGGUARD_MEMBER(new_value))
};

struct CreateDomain : Node {
  using Self = CreateDomain;
  Name domain;
  TypeName type;
  bool not_null = false;
  Expression default_value;
  List<ConstraintDefinition> constraints;
  MIGGUARD_OPERATION("create_domain", MIGGUARD_MEMBER(domain), MIGGUARD_MEMBER(type),
                     MIGGUARD_MEMBER(not_null), MIGGUARD_MEMBER(default_value),
                     MIGGUARD_MEMBER(constraints))
};

struct AlterDomain : Node {
  using Self = AlterDomain;
  Name domain;
  Text action;  // `add_constraint`, `drop_constraint`, `validate_constraint`, `set_not_null`,
                // `drop_not_null`, `set_default`
  Rarely<ConstraintDefinition> constraint;  // of add_constraint
  Text constraint_name;                     // of drop_ and validate_constraint
  Rarely<Expression> default_value;
  bool cascade = false;
  bool if_exists = false;
  MIGGUARD_OPERATION("alter_domain", MIGGUARD_MEMBER(domain), MIGGUARD_MEMBER(action),
                     MIGGUARD_MEMBER(constraint), MIGGUARD_MEMBER(constraint_name),
                     MIGGUARD_MEMBER(default_value), MIGGUARD_MEMBER(cascade),
                     MIGGUARD_MEMBER(if_exists))
};

// A composite type with its columns; a range, base or shell type without.
struct CreateType : Node {
  using Self = CreateType;
  Name type;
  Text form;  // `composite`, `range`, `base`
  List<ColumnDefinition> columns;
  MIGGUARD_OPERATION("create_type", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(form),
                     MIGGUARD_MEMBER(columns))
};

// DROP TYPE and DROP DOMAIN.
struct DropType : Node {
  using Self = DropType;
  Name type;
  bool domain = false;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_type", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(domain),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

struct RenameType : Node {
  using Self = RenameType;
  Name type;
  Text new_name;
  bool domain = false;
  MIGGUARD_OPERATION("rename_type", MIGGUARD_MEMBER(type), MIGGUARD_MEMBER(new_name),
                     MIGGUARD_MEMBER(domain))
};

struct CreateSequence : Node {
  using Self = CreateSequence;
  Name sequence;
  bool if_not_exists = false;
  Persistence persistence = Persistence::permanent;
  Name owned_by_table;
  Text owned_by_column;
  MIGGUARD_OPERATION("create_sequence", MIGGUARD_MEMBER(sequence), MIGGUARD_MEMBER(if_not_exists),
                     MIGGUARD_MEMBER(persistence), MIGGUARD_MEMBER(owned_by_table),
                     MIGGUARD_MEMBER(owned_by_column))
};

struct AlterSequence : Node {
  using Self = AlterSequence;
  Name sequence;
  Name owned_by_table;
  Text owned_by_column;
  List<OptionValue> options;
  MIGGUARD_OPERATION("alter_sequence", MIGGUARD_MEMBER(sequence), MIGGUARD_MEMBER(owned_by_table),
                     MIGGUARD_MEMBER(owned_by_column), MIGGUARD_MEMBER(options))
};

struct DropSequence : Node {
  using Self = DropSequence;
  Name sequence;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_sequence", MIGGUARD_MEMBER(sequence), MIGGUARD_MEMBER(if_exists),
                     MIGGUARD_MEMBER(cascade))
};

struct RenameSequence : Node {
  using Self = RenameSequence;
  Name sequence;
  Text new_name;
  MIGGUARD_OPERATION("rename_sequence", MIGGUARD_MEMBER(sequence), MIGGUARD_MEMBER(new_name))
};

enum class Volatility : std::uint8_t { volatile_, stable, immutable };

struct CreateFunction : Node {
  using Self = CreateFunction;
  Name function;
  bool procedure = false;
  bool or_replace = false;
  bool security_definer = false;
  Volatility volatility = Volatility::volatile_;
  Text language;
  Text body;       // decoded; empty for BEGIN ATOMIC and C functions
  Span body_span;  // of the text between the quotes; empty where it is not verbatim in the source
  List<TypeName> argument_types;
  TypeName returns;
  List<OptionValue> settings;  // SET search_path = ...
  // A SQL function that is one expression, which the planner can put in the place of a call
  // (inline_function in src/backend/optimizer/util/clauses.c), and the functions that it calls.
  bool one_expression = false;
  List<FunctionCall> calls;
  MIGGUARD_OPERATION("create_function", MIGGUARD_MEMBER(function), MIGGUARD_MEMBER(procedure),
                     MIGGUARD_MEMBER(or_replace), MIGGUARD_MEMBER(security_definer),
                     MIGGUARD_MEMBER(volatility), MIGGUARD_MEMBER(language),
                     MIGGUARD_MEMBER(argument_types), MIGGUARD_MEMBER(returns),
                     MIGGUARD_MEMBER(settings))
};

// DROP FUNCTION, PROCEDURE, ROUTINE, AGGREGATE.
struct DropFunction : Node {
  using Self = DropFunction;
  ObjectKind object = ObjectKind::function;
  Name function;
  bool if_exists = false;
  bool cascade = false;
  bool with_arguments = false;  // argument types are written, maybe none: `f()`
  List<TypeName> argument_types;
  MIGGUARD_OPERATION("drop_function", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(function),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

// ---------------------------------------------------------------- schemas, extensions, triggers,
// policies, rules

struct CreateSchema : Node {
  using Self = CreateSchema;
  Text schema;
  bool if_not_exists = false;
  MIGGUARD_OPERATION("create_schema", MIGGUARD_MEMBER(schema), MIGGUARD_MEMBER(if_not_exists))
};

struct DropSchema : Node {
  using Self = DropSchema;
  Text schema;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_schema", MIGGUARD_MEMBER(schema), MIGGUARD_MEMBER(if_exists),
                     MIGGUARD_MEMBER(cascade))
};

struct RenameSchema : Node {
  using Self = RenameSchema;
  Text schema;
  Text new_name;
  MIGGUARD_OPERATION("rename_schema", MIGGUARD_MEMBER(schema), MIGGUARD_MEMBER(new_name))
};

struct CreateExtension : Node {
  using Self = CreateExtension;
  Text extension;
  Text schema;
  bool if_not_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("create_extension", MIGGUARD_MEMBER(extension), MIGGUARD_MEMBER(schema),
                     MIGGUARD_MEMBER(if_not_exists), MIGGUARD_MEMBER(cascade))
};

struct DropExtension : Node {
  using Self = DropExtension;
  Text extension;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_extension", MIGGUARD_MEMBER(extension), MIGGUARD_MEMBER(if_exists),
                     MIGGUARD_MEMBER(cascade))
};

struct CreateTrigger : Node {
  using Self = CreateTrigger;
  Text trigger;
  Name table;
  Name function;
  bool or_replace = false;
  bool constraint = false;
  bool row = false;
  List<Text> columns;  // of UPDATE OF
  Expression when;
  Rarely<Name> from;  // of a constraint trigger: the other table
  bool initially_deferred = false;
  MIGGUARD_OPERATION("create_trigger", MIGGUARD_MEMBER(trigger), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(function), MIGGUARD_MEMBER(or_replace),
                     MIGGUARD_MEMBER(constraint), MIGGUARD_MEMBER(row), MIGGUARD_MEMBER(columns),
                     MIGGUARD_MEMBER(when))
};

struct CreatePolicy : Node {
  using Self = CreatePolicy;
  Text policy;
  Name table;
  Text command;
  Rarely<Expression> using_;
  Rarely<Expression> with_check;
  List<Name> reads;    // relations named in subqueries of both
  bool alter = false;  // ALTER POLICY
  MIGGUARD_OPERATION("create_policy", MIGGUARD_MEMBER(policy), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(command), MIGGUARD_MEMBER(using_), MIGGUARD_MEMBER(with_check),
                     MIGGUARD_MEMBER(alter))
};

struct CreateRule : Node {
  using Self = CreateRule;
  Text rule;
  Name table;
  bool or_replace = false;
  bool instead = false;
  List<Text> columns;  // every column named in its condition and actions, last part
  List<Name> reads;    // relations named in them; OLD and NEW are none
  List<Name> writes;   // those that its actions insert into, update or delete from
  List<FunctionCall> functions;
  MIGGUARD_OPERATION("create_rule", MIGGUARD_MEMBER(rule), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(or_replace), MIGGUARD_MEMBER(instead))
};

// DROP TRIGGER, POLICY and RULE: objects that belong to a table.
struct DropTableObject : Node {
  using Self = DropTableObject;
  ObjectKind object = ObjectKind::trigger;
  Name table;
  Text name;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_table_object", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(name), MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

// ALTER ... RENAME of triggers, policies, rules, functions and whatever has no operation of its
// own.
struct RenameObject : Node {
  using Self = RenameObject;
  ObjectKind object = ObjectKind::other;
  Name name;
  Name table;  // where it belongs to one
  Text new_name;
  MIGGUARD_OPERATION("rename_object", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(new_name))
};

// CREATE and DROP of what no other operation speaks of: collations, operators, statistics,
// publications ...
struct CreateObject : Node {
  using Self = CreateObject;
  ObjectKind object = ObjectKind::other;
  Name name;
  bool if_not_exists = false;
  bool or_replace = false;
  List<OptionValue> options;  // of roles and collations
  List<Name> tables;          // of publications and statistics
  MIGGUARD_OPERATION("create_object", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(if_not_exists), MIGGUARD_MEMBER(or_replace),
                     MIGGUARD_MEMBER(options))
};

struct DropObject : Node {
  using Self = DropObject;
  ObjectKind object = ObjectKind::other;
  Name name;
  bool if_exists = false;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_object", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(if_exists), MIGGUARD_MEMBER(cascade))
};

// ALTER ... DEPENDS ON EXTENSION, ALTER FUNCTION, ALTER EXTENSION, ALTER ROLE and the like.
struct AlterObject : Node {
  using Self = AlterObject;
  ObjectKind object = ObjectKind::other;
  Name name;
  List<OptionValue> options;  // of roles; of functions `security` and what they SET
  List<Name> tables;          // of publications: those added, set or dropped; else where it belongs
  Text action;                // `reassign_owned` of roles, whose `options` name the new owner;
                              // `depends_on_extension`
  MIGGUARD_OPERATION("alter_object", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(options))
};

struct CreateDatabase : Node {
  using Self = CreateDatabase;
  Text database;
  MIGGUARD_OPERATION("create_database", MIGGUARD_MEMBER(database))
};

struct DropDatabase : Node {
  using Self = DropDatabase;
  Text database;
  bool if_exists = false;
  MIGGUARD_OPERATION("drop_database", MIGGUARD_MEMBER(database), MIGGUARD_MEMBER(if_exists))
};

struct DropOwned : Node {
  using Self = DropOwned;
  List<Text> roles;
  bool cascade = false;
  MIGGUARD_OPERATION("drop_owned", MIGGUARD_MEMBER(roles), MIGGUARD_MEMBER(cascade))
};

struct Grant : Node {
  using Self = Grant;
  bool grant = true;  // false: REVOKE
  ObjectKind object = ObjectKind::table;
  List<Name> objects;
  List<Text> privileges;
  List<Text> roles;  // `public` for PUBLIC
  MIGGUARD_OPERATION("grant", MIGGUARD_MEMBER(grant), MIGGUARD_MEMBER(object),
                     MIGGUARD_MEMBER(objects), MIGGUARD_MEMBER(privileges), MIGGUARD_MEMBER(roles))
};

struct Comment : Node {
  using Self = Comment;
  ObjectKind object = ObjectKind::other;
  Name name;
  Text text;
  Name table;  // of a column, constraint, trigger, policy or rule: where it belongs
  MIGGUARD_OPERATION("comment", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(name),
                     MIGGUARD_MEMBER(text))
};

}  // namespace migguard
