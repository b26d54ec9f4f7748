// What a migration does, statement by statement: the operations that libpg_query's tree is lowered
// to. Rules, replay, lock effects, pattern rules and plugins all read these and never a parse tree.
//
// An operation owns nothing: its text and lists are views into the source file or into the arena of
// its migration. Names are as PostgreSQL sees them (folded to lower case unless quoted, quotes
// removed). One ALTER TABLE with three clauses is three operations; DROP TABLE a, b is two.
#pragma once

#include <compare>
#include <cstdint>
#include <migguard/text.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

namespace migguard {

template <class T>
using List = std::span<const T>;
using Text = std::string_view;

// One member of an operation, for everything that walks operations without knowing them
// (`migguard dump`, pattern rules, plugins).
template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};
template <class Struct, class Member>
Field(std::string_view, Member Struct::*) -> Field<Struct, Member>;
#define MIGGUARD_FIELD(Struct, member) \
  ::migguard::Field { #member, &Struct::member }

// A possibly qualified name. `schema` is empty where the SQL names none; search_path decides then.
struct Name {
  Text schema;
  Text name;
  // Sorts by schema, then by name.
  friend auto operator<=>(const Name&, const Name&) = default;
  friend bool operator==(const Name&, const Name&) = default;
  template <class That = Name>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, schema), MIGGUARD_FIELD(That, name)};
  }
};

// As regclass prints it with search_path = public: `invoices`, `billing.invoices`, `"Order"`.
std::string to_string(const Name& name);
// The same without any quotes: `Order`, `app.quotes`.
std::string plain(const Name& name);

// Where an operation stands. What a DO block does is done; what a function body does is only
// defined.
enum class Within : std::uint8_t { statement, do_block, dynamic_sql };

// What every operation has.
struct Node {
  Span span;  // of its statement, or of its clause where that is known without scanning:
              // Context::report narrows it to the clause or name to blame
  std::uint16_t part = 0;  // its place among the clauses or objects of its statement, from 0
  Within within = Within::statement;
  bool only = false;  // ONLY: inheriting tables and partitions are left out
};

enum class Persistence : std::uint8_t { permanent, unlogged, temporary };
enum class OnCommit : std::uint8_t { preserve_rows, delete_rows, drop };
enum class ReferentialAction : std::uint8_t { no_action, restrict, cascade, set_null, set_default };
enum class Identity : std::uint8_t { none, always, by_default };
enum class Generated : std::uint8_t { none, stored, virtual_ };
enum class ConstraintKind : std::uint8_t {
  not_null,
  check,
  primary_key,
  unique,
  foreign_key,
  exclusion
};
enum class ObjectKind : std::uint8_t {
  table,
  view,
  materialized_view,
  foreign_table,
  index,
  sequence,
  column,
  constraint,
  schema,
  database,
  type,
  domain,
  function,
  procedure,
  aggregate,
  operator_,
  operator_class,
  operator_family,
  collation,
  conversion,
  extension,
  trigger,
  event_trigger,
  rule,
  policy,
  role,
  tablespace,
  publication,
  subscription,
  statistics,
  text_search,
  foreign_server,
  foreign_data_wrapper,
  language,
  cast,
  transform,
  access_method,
  large_object,
  other
};
std::string_view to_string(ObjectKind kind);  // as SQL spells it: "MATERIALIZED VIEW"

// A type as written, its name normalised as the grammar does (int -> pg_catalog.int4 -> `int4`).
struct TypeName {
  Name name;
  List<std::int32_t> modifiers;  // varchar(50): {50}; numeric(10,2): {10,2}; interval: the mask of
                                 // its fields, precision
  std::uint8_t array_dimensions = 0;
  Text text;  // for people: `character varying(50)`, as format_type would print it
  template <class That = TypeName>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, name), MIGGUARD_FIELD(That, modifiers),
                      MIGGUARD_FIELD(That, array_dimensions), MIGGUARD_FIELD(That, text)};
  }
};

struct FunctionCall {
  Name name;
  std::uint16_t arguments = 0;
  Text literal;  // the first argument, where it is a string constant: of nextval('invoice_numbers')
  template <class That = FunctionCall>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, name), MIGGUARD_FIELD(That, arguments)};
  }
};

enum class ExpressionKind : std::uint8_t { none, null, constant, column, call, other };

// An expression: its text, and what can be asked of it without evaluating it.
struct Expression {
  ExpressionKind kind =
      ExpressionKind::none;      // of the outermost node, casts of a constant looked through
  Text text;                     // as written; empty where its end is not known
  Text value;                    // of a constant: its text, decoded
  bool always_true = false;      // true, 1=1, col=col: a WHERE that filters nothing
  List<Text> columns;            // every column named in it, last part, in order
  List<FunctionCall> functions;  // every function called in it, in order
  List<TypeName> casts;          // the type of every cast in it, outermost first
  List<Text> not_null_columns;   // columns it proves NOT NULL when it is a CHECK that holds:
                                 // `c IS NOT NULL`, and through AND
  explicit operator bool() const { return kind != ExpressionKind::none; }
  template <class That = Expression>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, kind),    MIGGUARD_FIELD(That, text),
                      MIGGUARD_FIELD(That, value),   MIGGUARD_FIELD(That, always_true),
                      MIGGUARD_FIELD(That, columns), MIGGUARD_FIELD(That, functions),
                      MIGGUARD_FIELD(That, casts),   MIGGUARD_FIELD(That, not_null_columns)};
  }
};

struct OptionValue {  // name = value of SET (...), WITH (...), SET name TO value
  Text name;
  Text value;
  template <class That = OptionValue>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, name), MIGGUARD_FIELD(That, value)};
  }
};

struct ConstraintDefinition {
  ConstraintKind kind = ConstraintKind::check;
  Span span;
  Text name;           // empty where PostgreSQL makes one
  List<Text> columns;  // of a column constraint: its column
  Expression check;
  Name references;  // foreign keys only
  List<Text> referenced_columns;
  ReferentialAction on_delete = ReferentialAction::no_action;
  ReferentialAction on_update = ReferentialAction::no_action;
  bool on_delete_written = false;
  Text using_index;
  List<Text> include;
  Text method;  // exclusion constraints: `gist`
  bool not_valid = false;
  bool not_enforced = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool no_inherit = false;
  bool nulls_not_distinct = false;
  bool without_overlaps = false;
  template <class That = ConstraintDefinition>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, kind),
                      MIGGUARD_FIELD(That, name),
                      MIGGUARD_FIELD(That, columns),
                      MIGGUARD_FIELD(That, check),
                      MIGGUARD_FIELD(That, references),
                      MIGGUARD_FIELD(That, referenced_columns),
                      MIGGUARD_FIELD(That, on_delete),
                      MIGGUARD_FIELD(That, on_update),
                      MIGGUARD_FIELD(That, on_delete_written),
                      MIGGUARD_FIELD(That, using_index),
                      MIGGUARD_FIELD(That, include),
                      MIGGUARD_FIELD(That, method),
                      MIGGUARD_FIELD(That, not_valid),
                      MIGGUARD_FIELD(That, not_enforced),
                      MIGGUARD_FIELD(That, deferrable),
                      MIGGUARD_FIELD(That, no_inherit),
                      MIGGUARD_FIELD(That, nulls_not_distinct),
                      MIGGUARD_FIELD(That, without_overlaps)};
  }
};

struct ColumnDefinition {
  Text name;
  Span span;
  TypeName type;
  Text collation;
  bool serial = false;    // smallserial, serial, bigserial: `type` is the integer beneath
  bool not_null = false;  // NOT NULL, PRIMARY KEY, identity or serial
  bool primary_key = false;
  bool unique = false;
  Expression default_value;
  Identity identity = Identity::none;
  Generated generated = Generated::none;
  Expression generation;
  List<ConstraintDefinition>
      constraints;  // CHECK, REFERENCES, UNIQUE, PRIMARY KEY, NOT NULL written at the column
  template <class That = ColumnDefinition>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, name),       MIGGUARD_FIELD(That, type),
                      MIGGUARD_FIELD(That, collation),  MIGGUARD_FIELD(That, serial),
                      MIGGUARD_FIELD(That, not_null),   MIGGUARD_FIELD(That, primary_key),
                      MIGGUARD_FIELD(That, unique),     MIGGUARD_FIELD(That, default_value),
                      MIGGUARD_FIELD(That, identity),   MIGGUARD_FIELD(That, generated),
                      MIGGUARD_FIELD(That, generation), MIGGUARD_FIELD(That, constraints)};
  }
};

struct LikeClause {
  Name table;
  bool columns_defaults = false;  // INCLUDING DEFAULTS, and so on; INCLUDING ALL sets each
  bool constraints = false;
  bool indexes = false;
  bool identity = false;
  bool generated = false;
  template <class That = LikeClause>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, table),       MIGGUARD_FIELD(That, columns_defaults),
                      MIGGUARD_FIELD(That, constraints), MIGGUARD_FIELD(That, indexes),
                      MIGGUARD_FIELD(That, identity),    MIGGUARD_FIELD(That, generated)};
  }
};

struct IndexColumn {
  Text name;  // empty for an expression
  Expression expression;
  Text operator_class;
  Text collation;
  bool descending = false;
  bool nulls_first = false;  // as written, or because it is descending
  template <class That = IndexColumn>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, name), MIGGUARD_FIELD(That, expression),
                      MIGGUARD_FIELD(That, operator_class), MIGGUARD_FIELD(That, collation),
                      MIGGUARD_FIELD(That, descending)};
  }
};

// An operation: `kind` is its public name in `dump`, pattern rules and plugins.
// Its fields are a template so that only who walks them compiles them: eagerly, they are two thirds
// of this header's cost.
#define MIGGUARD_OPERATION(Kind, ...)            \
  static constexpr std::string_view kind = Kind; \
  template <class That = Self>                   \
  static constexpr auto fields() {               \
    return std::tuple{__VA_ARGS__};              \
  }
#define MIGGUARD_MEMBER(member) MIGGUARD_FIELD(That, member)

// ---------------------------------------------------------------- tables

struct CreateTable : Node {
  using Self = CreateTable;
  Name table;
  Persistence persistence = Persistence::permanent;
  OnCommit on_commit = OnCommit::preserve_rows;
  bool if_not_exists = false;
  bool foreign = false;
  List<ColumnDefinition> columns;
  List<ConstraintDefinition> constraints;  // written at the table
  List<LikeClause> likes;
  List<Name> inherits;
  Name partition_of;        // empty where it is no partition
  Text partition_bound;     // as written; `DEFAULT` for the default partition
  Text partition_strategy;  // `range`, `list`, `hash` where it is partitioned itself
  List<Text> partition_columns;
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
  Text bound;  // as written; `DEFAULT` for the default partition
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
  bool cascade = false;
  MIGGUARD_OPERATION("alter_table_other", MIGGUARD_MEMBER(object), MIGGUARD_MEMBER(table),
                     MIGGUARD_MEMBER(column), MIGGUARD_MEMBER(clause), MIGGUARD_MEMBER(value))
};

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
  ConstraintDefinition constraint;  // of add_constraint
  Text constraint_name;             // of drop_ and validate_constraint
  Expression default_value;
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
  Name from;  // of a constraint trigger: the other table
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
  Expression using_;
  Expression with_check;
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
  List<Name> tables;          // of publications: those added, set or dropped
  Text action;                // `reassign_owned` of roles, whose `options` name the new owner
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

// ---------------------------------------------------------------- rows

struct Insert : Node {
  using Self = Insert;
  Name table;
  List<Text> columns;
  bool on_conflict_update = false;
  bool on_conflict_nothing = false;
  bool from_query = false;     // INSERT ... SELECT from a relation
  List<Name> reads;            // relations named in its query
  std::uint32_t rows = 0;      // of VALUES
  bool into_elements = false;  // some target is an element or a field: `a[1]`, `c.x`
  List<Text> constants;        // every string constant in it, decoded (enum labels, for one)
  MIGGUARD_OPERATION("insert", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(columns),
                     MIGGUARD_MEMBER(on_conflict_update), MIGGUARD_MEMBER(on_conflict_nothing),
                     MIGGUARD_MEMBER(from_query), MIGGUARD_MEMBER(rows))
};

struct Update : Node {
  using Self = Update;
  Name table;
  Text alias;
  List<Text> columns;
  Expression where;
  List<Name> from;
  bool joined = false;  // a predicate ties the target to FROM / USING
  bool in_cte = false;
  bool into_elements = false;  // some target is an element or a field: `a[1]`, `c.x`
  List<Text> constants;
  List<Name> reads;  // relations named in subqueries of SET and WHERE
  MIGGUARD_OPERATION("update", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(columns),
                     MIGGUARD_MEMBER(where), MIGGUARD_MEMBER(from), MIGGUARD_MEMBER(joined),
                     MIGGUARD_MEMBER(in_cte))
};

struct Delete : Node {
  using Self = Delete;
  Name table;
  Text alias;
  Expression where;
  List<Name> using_;
  bool joined = false;
  bool in_cte = false;
  List<Name> reads;  // relations named in subqueries of WHERE
  MIGGUARD_OPERATION("delete", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(where),
                     MIGGUARD_MEMBER(using_), MIGGUARD_MEMBER(joined), MIGGUARD_MEMBER(in_cte))
};

struct Merge : Node {
  using Self = Merge;
  Name table;
  bool deletes = false;
  bool updates = false;
  bool inserts = false;
  List<Name> reads;  // its source, and relations named in subqueries
  MIGGUARD_OPERATION("merge", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(deletes),
                     MIGGUARD_MEMBER(updates), MIGGUARD_MEMBER(inserts))
};

// One per table of the statement.
struct Truncate : Node {
  using Self = Truncate;
  Name table;
  bool cascade = false;
  bool restart_identity = false;
  MIGGUARD_OPERATION("truncate", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(cascade),
                     MIGGUARD_MEMBER(restart_identity))
};

struct Copy : Node {
  using Self = Copy;
  Name table;
  List<Text> columns;
  bool from = true;
  Span data;  // the lines that follow COPY ... FROM STDIN, without the final \.
  MIGGUARD_OPERATION("copy", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(columns),
                     MIGGUARD_MEMBER(from))
};

struct Select : Node {
  using Self = Select;
  List<Name> reads;
  List<FunctionCall> functions;
  bool locking = false;  // FOR UPDATE and the like
  // Of the outermost query: whether WHERE or LIMIT keep it from reading all, and WHERE's columns.
  bool filtered = false;
  bool limited = false;
  List<Text> filter_columns;
  List<TypeName> casts;  // the type of every cast in it
  List<Text> constants;  // every string constant in it, decoded
  MIGGUARD_OPERATION("select", MIGGUARD_MEMBER(reads), MIGGUARD_MEMBER(functions),
                     MIGGUARD_MEMBER(locking))
};

// ---------------------------------------------------------------- session, transactions,
// maintenance

// SET, SET LOCAL, RESET, and set_config() with constant arguments. `value` is empty for RESET and
// TO DEFAULT.
struct SetVariable : Node {
  using Self = SetVariable;
  Text variable;  // `all` for RESET ALL and DISCARD ALL
  List<Text> values;
  bool local = false;
  bool reset = false;
  MIGGUARD_OPERATION("set_variable", MIGGUARD_MEMBER(variable), MIGGUARD_MEMBER(values),
                     MIGGUARD_MEMBER(local), MIGGUARD_MEMBER(reset))
};

enum class TransactionStep : std::uint8_t {
  begin,
  commit,
  rollback,
  savepoint,
  release,
  rollback_to,
  prepare,
  commit_prepared,
  rollback_prepared
};

struct TransactionControl : Node {
  using Self = TransactionControl;
  TransactionStep step = TransactionStep::begin;
  Text savepoint;
  bool chain = false;
  MIGGUARD_OPERATION("transaction_control", MIGGUARD_MEMBER(step), MIGGUARD_MEMBER(savepoint),
                     MIGGUARD_MEMBER(chain))
};

struct LockTable : Node {
  using Self = LockTable;
  Name table;
  Text mode;  // `AccessExclusiveLock`
  bool nowait = false;
  MIGGUARD_OPERATION("lock_table", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(mode),
                     MIGGUARD_MEMBER(nowait))
};

// VACUUM and ANALYZE; `table` is empty for the whole database.
struct Vacuum : Node {
  using Self = Vacuum;
  Name table;
  bool vacuum = true;
  bool full = false;
  bool analyze = false;
  MIGGUARD_OPERATION("vacuum", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(vacuum),
                     MIGGUARD_MEMBER(full), MIGGUARD_MEMBER(analyze))
};

struct Cluster : Node {
  using Self = Cluster;
  Name table;  // empty: every table clustered before
  Text index;
  MIGGUARD_OPERATION("cluster", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(index))
};

// ALTER SYSTEM, CREATE/DROP TABLESPACE, CREATE SUBSCRIPTION ...: statements that refuse a
// transaction block and have no operation of their own.
struct NonTransactional : Node {
  using Self = NonTransactional;
  Text command;
  MIGGUARD_OPERATION("non_transactional", MIGGUARD_MEMBER(command))
};

// The block itself; what could be read of its body follows as operations of their own.
struct DoBlock : Node {
  using Self = DoBlock;
  Text language;
  bool opaque = false;  // another language, or SQL that cannot be known
  MIGGUARD_OPERATION("do_block", MIGGUARD_MEMBER(language), MIGGUARD_MEMBER(opaque))
};

// SQL that cannot be read: EXECUTE of an expression, CALL, an unknown statement. The schema answers
// `unknown` for what it may have touched.
struct Opaque : Node {
  using Self = Opaque;
  Text reason;
  bool may_change_schema = true;
  MIGGUARD_OPERATION("opaque", MIGGUARD_MEMBER(reason), MIGGUARD_MEMBER(may_change_schema))
};

// A statement that changes nothing a rule asks about (SHOW, EXPLAIN, NOTIFY, LISTEN ...).
struct OtherStatement : Node {
  using Self = OtherStatement;
  Text command;
  MIGGUARD_OPERATION("other", MIGGUARD_MEMBER(command))
};

// ---------------------------------------------------------------- JSON

enum class JsonAccess : std::uint8_t { write, read, define };
enum class JsonValueKind : std::uint8_t { unknown, null, boolean, number, text, object, array };

// One key that enters, leaves or is depended on in a json, jsonb or hstore column.
// The column is resolved against the schema by the rule: see `tables`, `column` and `position`.
struct JsonKey : Node {
  using Self = JsonKey;
  List<Name>
      tables;   // relations the column may belong to: one where an alias or the target tells, more
                // where an unqualified column stands in a join, none where it cannot be told
  Text column;  // empty where only the position is known
  std::int32_t position = -1;  // INSERT without a column list: the index of the column in the table
  Text path;                   // full path in the notation of jsonb paths: `pricing.items[0].price`
  Text key;                    // the last member name of the path, decoded
  JsonAccess access = JsonAccess::write;
  JsonValueKind value_kind = JsonValueKind::unknown;
  Text value;                // text of a scalar constant, decoded
  bool numeric_use = false;  // cast to a number, summed, compared with a number
  bool remedy = false;       // moves the value into a typed column, removes the key, or forbids it
  bool sibling_currency = false;  // the same object holds a currency beside it
  bool indirect =
      false;  // in dynamic SQL, a folded constant, a view's or subquery's output: less certain
  JsonValueKind element_kind =
      JsonValueKind::unknown;  // of an array constant: the kind of its first element
  bool money_shape = false;    // an object constant with an amount beside a currency
  Name row;  // to_jsonb(t): the keys are the columns of this relation or type, below `path`
  bool repeated = false;  // an earlier key of the statement has the same column, path and access
  bool defined =
      false;           // of a default or a function body: it writes or reads whenever that is used
  bool feeds = false;  // a read whose value goes to the column `feeds_column` of `feeds_table`
  Name feeds_table;
  Text feeds_column;  // empty where only the position is known
  std::int32_t feeds_position = -1;
  Name trigger_function;  // NEW and OLD in a trigger function: the table is its trigger's
  MIGGUARD_OPERATION("json_key", MIGGUARD_MEMBER(tables), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(position), MIGGUARD_MEMBER(path), MIGGUARD_MEMBER(key),
                     MIGGUARD_MEMBER(access), MIGGUARD_MEMBER(value_kind), MIGGUARD_MEMBER(value),
                     MIGGUARD_MEMBER(numeric_use), MIGGUARD_MEMBER(remedy),
                     MIGGUARD_MEMBER(sibling_currency), MIGGUARD_MEMBER(indirect))
};

#undef MIGGUARD_MEMBER

using Op = std::variant<
    CreateTable, CreateTableAs, DropTable, RenameTable, SetSchema, AddColumn, DropColumn,
    RenameColumn, SetDefault, SetNotNull, DropNotNull, ChangeType, SetIdentity, SetGeneration,
    AddConstraint, DropConstraint, ValidateConstraint, AlterConstraint, RenameConstraint,
    AttachPartition, DetachPartition, SetTriggerState, SetRowSecurity, SetOptions, SetLogged,
    SetAccessMethod, SetTablespace, SetReplicaIdentity, SetInheritance, SetOwner, AlterTableOther,
    CreateIndex, DropIndex, RenameIndex, AttachIndexPartition, Reindex, CreateView,
    CreateMaterializedView, DropView, RenameView, RefreshMaterializedView, CreateEnum, AddEnumValue,
    RenameEnumValue, CreateDomain, AlterDomain, CreateType, DropType, RenameType, CreateSequence,
    AlterSequence, DropSequence, RenameSequence, CreateFunction, DropFunction, CreateSchema,
    DropSchema, RenameSchema, CreateExtension, DropExtension, CreateTrigger, CreatePolicy,
    CreateRule, DropTableObject, RenameObject, CreateObject, DropObject, AlterObject,
    CreateDatabase, DropDatabase, DropOwned, Grant, Comment, Insert, Update, Delete, Merge,
    Truncate, Copy, Select, SetVariable, TransactionControl, LockTable, Vacuum, Cluster,
    NonTransactional, DoBlock, Opaque, OtherStatement, JsonKey>;

// What every operation has, and its public name.
const Node& node(const Op& op);
std::string_view kind(const Op& op);

}  // namespace migguard
