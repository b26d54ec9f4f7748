// Operations on rows, on the session and its transactions, maintenance, and keys of JSON.
#pragma once

#include <migguard/op/parts.hpp>

namespace migguard {

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
  QueryParts query;            // of INSERT ... SELECT, but for its constants
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
  List<Name> reads;        // relations named in subqueries of SET and WHERE
  List<Name> reads_whole;  // of these, what is read without WHERE or LIMIT
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
  List<Name> reads;        // relations named in subqueries of WHERE
  List<Name> reads_whole;  // of these, what is read without WHERE or LIMIT
  MIGGUARD_OPERATION("delete", MIGGUARD_MEMBER(table), MIGGUARD_MEMBER(where),
                     MIGGUARD_MEMBER(using_), MIGGUARD_MEMBER(joined), MIGGUARD_MEMBER(in_cte))
};

struct Merge : Node {
  using Self = Merge;
  Name table;
  bool deletes = false;
  bool updates = false;
  bool inserts = false;
  List<Name> reads;        // its source, and relations named in subqueries
  List<Name> reads_whole;  // of these, what is read without WHERE or LIMIT
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
  Rarely<Name> trigger_function;  // NEW and OLD in a trigger function: the table is its trigger's
  MIGGUARD_OPERATION("json_key", MIGGUARD_MEMBER(tables), MIGGUARD_MEMBER(column),
                     MIGGUARD_MEMBER(position), MIGGUARD_MEMBER(path), MIGGUARD_MEMBER(key),
                     MIGGUARD_MEMBER(access), MIGGUARD_MEMBER(value_kind), MIGGUARD_MEMBER(value),
                     MIGGUARD_MEMBER(numeric_use), MIGGUARD_MEMBER(remedy),
                     MIGGUARD_MEMBER(sibling_currency), MIGGUARD_MEMBER(indirect))
};

}  // namespace migguard
