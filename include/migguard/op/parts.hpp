// What operations are made of: names, types, expressions, definitions of columns and constraints,
// and the macros that list the fields of a struct.
#pragma once

#include <compare>
#include <cstdint>
#include <migguard/text.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace migguard {

template <class T>
using List = std::span<const T>;
using Text = std::string_view;

// What few things of its kind have: it lies in the arena where it is there, and takes no more room
// than a pointer where it is not. Read like a pointer that always leads to a value, and a list also
// like the list.
template <class T>
class Rarely {
  static constexpr bool is_list = requires(T value) { value.begin(); };

 public:
  Rarely() = default;
  explicit Rarely(const T* value) : value_(value) {}
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_; }
  operator const T&() const { return *value_; }
  explicit operator bool() const { return static_cast<bool>(*value_); }

  auto begin() const requires is_list { return value_->begin(); }
  auto end() const requires is_list { return value_->end(); }
  std::size_t size() const requires is_list { return value_->size(); }
  bool empty() const requires is_list { return value_->empty(); }
  const auto& front() const requires is_list { return value_->front(); }
  const auto& back() const requires is_list { return value_->back(); }
  const auto& operator[](std::size_t place) const requires is_list { return (*value_)[place]; }

 private:
  static constexpr T none{};
  const T* value_ = &none;
};

// One member of an operation, for everything that walks operations without knowing them
// (`migguard dump`, pattern rules, plugins).
template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
  constexpr const auto& of(const Struct& value) const { return plain(value.*member); }

 private:
  template <class T>
  static constexpr const T& plain(const T& value) {
    return value;
  }
  template <class T>
  static constexpr const T& plain(const Rarely<T>& value) {
    return *value;
  }
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
// As SQL writes it: `SET NULL`.
std::string_view sql_name(ReferentialAction action);
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
  // varchar(50): {50}; numeric(10,2): {10,2}; interval: the mask of its fields, precision
  Rarely<List<std::int32_t>> modifiers;
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
      ExpressionKind::none;  // of the outermost node, casts of a constant looked through
  bool always_true = false;  // true, 1=1, col=col: a WHERE that filters nothing
  Text text;                 // as written; empty where its end is not known
  Text value;                // of a constant: its text, decoded
  List<Text> columns;        // every column named in it, last part, in order
  Rarely<List<FunctionCall>> functions;  // every function called in it, in order
  Rarely<List<TypeName>> casts;          // the type of every cast in it, outermost first
  Rarely<List<Text>> not_null_columns;   // columns it proves NOT NULL when it is a CHECK that
                                         // holds: `c IS NOT NULL`, and through AND
  explicit operator bool() const { return kind != ExpressionKind::none; }
  template <class That = Expression>
  static constexpr auto fields() {
    return std::tuple{MIGGUARD_FIELD(That, kind),    MIGGUARD_FIELD(That, text),
                      MIGGUARD_FIELD(That, value),   MIGGUARD_FIELD(That, always_true),
                      MIGGUARD_FIELD(That, columns), MIGGUARD_FIELD(That, functions),
                      MIGGUARD_FIELD(That, casts),   MIGGUARD_FIELD(That, not_null_columns)};
  }
};

// A constant as written: `5`, `'2024-01-01'`.
struct Literal {
  Text text;            // decoded
  bool quoted = false;  // a string
  Text type;            // what it is cast to by hand, if anything: `date`
};

// A predicate as far as something can be proved from it: comparisons of columns with constants and
// tests for NULL, tied by AND and OR; NOT is pushed down to them. In a list a node stands before
// its arms, as the server would have them after canonicalize_qual.
struct PredicateNode {
  enum class Kind : std::uint8_t {
    unknown,  // whatever else can stand in an expression
    true_,
    false_,
    all_of,
    any_of,
    is_null,
    is_not_null,
    less,
    less_or_equal,
    equal,
    greater_or_equal,
    greater,
    not_equal
  };
  Kind kind = Kind::unknown;
  Text column;
  Literal value;
  std::uint32_t size = 1;  // itself and everything below it
};

// One value of a partition's bound.
struct BoundValue {
  enum class Kind : std::uint8_t { constant, null, minimum, maximum, unknown };
  Kind kind = Kind::unknown;
  Literal value;
};

// FOR VALUES ... of a partition.
struct PartitionBound {
  enum class Form : std::uint8_t { none, default_, list, range, hash };
  Form form = Form::none;
  List<BoundValue> values;  // of a list; of a range where it begins
  List<BoundValue> end;     // of a range, exclusive
  std::int32_t modulus = 0;
  std::int32_t remainder = 0;
};

// What a query names besides relations, and what keeps it from reading all of them.
struct QueryParts {
  List<FunctionCall> functions;
  List<TypeName> casts;  // the type of every cast in it
  List<Text> constants;  // every string constant in it, decoded
  // Of the outermost query: whether WHERE or LIMIT keep it from reading all, and WHERE's columns.
  bool filtered = false;
  bool limited = false;
  List<Text> filter_columns;
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
  ReferentialAction on_delete = ReferentialAction::no_action;
  ReferentialAction on_update = ReferentialAction::no_action;
  bool on_delete_written = false;
  Span span;
  Text name;           // empty where PostgreSQL makes one
  List<Text> columns;  // of a column constraint: its column
  Rarely<Expression> check;
  Rarely<List<PredicateNode>> predicate;  // what `check` says
  Name references;                        // foreign keys only
  Rarely<List<Text>> referenced_columns;
  Text using_index;
  Rarely<List<Text>> include;
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
  Identity identity = Identity::none;
  Generated generated = Generated::none;
  Rarely<Expression> default_value;
  Rarely<Expression> generation;
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
  Rarely<Expression> expression;
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

}  // namespace migguard
