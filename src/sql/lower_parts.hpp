// What the files of lowering share: the statement at hand, and the small conversions from tree to
// operation. `lower` is overloaded for every statement of PostgreSQL's grammar; lower.cpp chooses
// by tag.
#pragma once

#include <sql/lower.hpp>
#include <sql/parse_tree.hpp>
//
#include <limits>
#include <memory_resource>
#include <optional>
#include <sql/clause.hpp>
#include <type_traits>

namespace migguard::sql {

// A statement on its way to operations.
struct Site {
  Lowering& out;
  Span range;              // of the statement in out.text
  std::uint16_t part = 0;  // of the next operation
  Text schema = {};        // CREATE SCHEMA: where its elements go
  unsigned depth = 0;      // of statements inside each other: EXPLAIN, COPY, WITH
  std::optional<bool> commented = {};

  std::string_view text() const { return out.text; }
  // Whether a comment may stand in the statement: looked for once, not for each of its clauses.
  bool may_hold_comment() {
    if (!commented) commented = sql::may_hold_comment(slice(text(), range));
    return *commented;
  }
  // From a location of the tree to the end of the statement; all of it where the location is not
  // known.
  Span from(ParseLoc location) const {
    if (location < 0 || static_cast<std::uint32_t>(location) > range.end) return range;
    return {static_cast<std::uint32_t>(location), range.end};
  }
  // A range of out.text as a range of the source file.
  Span in_source(Span part_of_text) const {
    if (!out.exact_positions) return out.statement;
    return {out.base + part_of_text.begin, out.base + part_of_text.end};
  }
};

// Appends an operation of the statement. The reference is good until the next one is appended.
template <class Operation>
Operation& emit(Site& site) {
  Operation& op = std::get<Operation>(site.out.ops.emplace_back(std::in_place_type<Operation>));
  op.span = site.out.statement;
  op.part = site.part;
  op.within = site.out.within;
  if (site.part < std::numeric_limits<std::uint16_t>::max()) ++site.part;
  return op;
}

// A list of what `make` makes of each item of a list of the tree.
template <class T, class Node, class Make>
List<T> each(Site& site, const ::List* list, Make make) {
  const Items<Node> nodes(list);
  if (nodes.empty()) return {};
  T* place = static_cast<T*>(site.out.arena.allocate(nodes.size() * sizeof(T), alignof(T)));
  const T* const first = place;
  for (const Node* node : nodes) std::construct_at(place++, make(*node));
  return {first, nodes.size()};
}

// A list in the arena whose items are made where they stay. `most`: how many there can be.
template <class T>
class ListInPlace {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  ListInPlace(Site& site, std::size_t most)
      : first_(most == 0 ? nullptr
                         : static_cast<T*>(site.out.arena.allocate(most * sizeof(T), alignof(T)))) {
  }
  // What `make` returns is made in its place, not copied there.
  template <class Make>
  T& add(Make make) {
    return *new (first_ + size_++) T(make());
  }
  T& back() { return first_[size_ - 1]; }
  List<T> list() const { return {first_, size_}; }

 private:
  T* first_;
  std::size_t size_ = 0;
};

// A list that grows in the arena, which frees nothing: what was grown out of stays there until the
// arena ends.
template <class T>
class ListBuilder {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit ListBuilder(Site& site) : items_(&site.out.arena) {}
  void reserve(std::size_t size) { items_.reserve(size); }
  T& add(const T& item) { return items_.emplace_back(item); }
  bool empty() const { return items_.empty(); }
  T& back() { return items_.back(); }
  // Good for as long as the arena is; the builder has done its work.
  List<T> list() const { return {items_.data(), items_.size()}; }

 private:
  std::pmr::vector<T> items_;
};

// ---------------------------------------------------------------- names (lower_names.cpp)

// Every one of them answers empty text where the tree has none.
Text keep(Site& site, const char* text);
Text keep(Site& site, std::string_view text);
// A name that the parser found at a place. Where it stands there as it is, nothing is copied.
Text name_at(Site& site, ParseLoc location, const char* name);
// A String node.
Text text_of(Site& site, const ::Node* string);
// A list of String nodes.
List<Text> texts(Site& site, const ::List* strings);
// The names of ColumnDefs, IndexElems or ResTargets.
List<Text> result_names(Site& site, const ::List* results);
// The last part of a qualified name: of a collation, an operator class.
Text last_part(Site& site, const ::List* names);

// A table the statement creates or changes: the elements of CREATE SCHEMA take its schema.
Name name(Site& site, const RangeVar* relation);
// A name as it is written.
Name written_name(Site& site, const RangeVar* relation);
// A list of String nodes: database, schema and name, or the last of these. Other nodes in it are
// left out.
Name name(Site& site, const ::List* names);
bool temporary(const RangeVar& relation);
Persistence persistence(const RangeVar* relation);

Text role(Site& site, const RoleSpec* role);
List<Text> roles(Site& site, const ::List* roles);

// The name of what COMMENT, DROP, RENAME, OWNER TO and the like speak of, whatever node it is. What
// belongs to a table (a column, constraint, trigger, policy, rule) has the table in front, as
// `schema`.
Name object_name(Site& site, ObjectType type, const ::Node* object);
ObjectKind object_kind(ObjectType type);

// The value of an option (SET, WITH, sequence options) as text.
Text option_value(Site& site, const ::Node* value);
List<OptionValue> options(Site& site, const ::List* options);
const DefElem* option(const ::List* options, std::string_view option_name);
// Whether a boolean option is there and on: `FULL`, `FULL true`, `CONCURRENTLY on`.
bool option_on(const ::List* options, std::string_view option_name);

// ---------------------------------------------------------------- types, expressions

// A type; empty without one.
TypeName type_name(Site& site, const ::TypeName* type);
// The type beneath smallserial, serial and bigserial and their other names; null for any other type
// (transformColumnDefinition in src/backend/parser/parse_utilcmd.c).
const char* serial_base(const ::TypeName* type);

// An expression with its text, if any, where the caller found it in the statement. None for a null
// node. `own`: what the statement calls the table whose rows it filters.
Expression expression(Site& site, const ::Node* node, Span text = {}, std::string_view own = {});
// The same for members that are rarely there: in the arena.
Rarely<Expression> kept_expression(Site& site, const ::Node* node, Span text = {});
// The decoded text of a constant: of a string, number, bit string, or true and false.
Text constant_text(Site& site, const A_Const& constant);

// A constant, or a cast of one; none for anything else, NULL included.
std::optional<Literal> constant_literal(Site& site, const ::Node* node);
// What the expression of a check says (predicate.cpp); empty for a null node.
List<PredicateNode> predicate(Site& site, const ::Node* node);
PartitionBound partition_values(Site& site, const PartitionBoundSpec* bound);

// A column; `clause` is its range in the text, from its name on.
ColumnDefinition column_definition(Site& site, const ColumnDef& column, Span clause);
// A constraint of a table or domain; `clause` is its range in the text.
ConstraintDefinition constraint_definition(Site& site, const ::Constraint& constraint, Span clause);
// Column constraints as constraints of `column`, each with the attributes that follow it
// (DEFERRABLE ...). Only those that PostgreSQL keeps as a constraint: neither defaults nor
// identity.
List<ConstraintDefinition> column_constraints(Site& site, const ::List* constraints, Text column,
                                              Span clause);
// The range of a column constraint: to the next one, or to the end of the clause. What follows it
// without being a constraint of its own (DEFERRABLE, NOT ENFORCED) belongs to it.
Span column_constraint_range(const Items<::Constraint>& constraints, std::size_t place,
                             Span clause);
// `FOR VALUES ...` as written, or `DEFAULT`.
Text partition_bound(Site& site, const PartitionBoundSpec* bound);

// ---------------------------------------------------------------- queries (lower_query.cpp)

// The relations named below any of the roots, each once, in order.
List<Name> relations_below(Site& site, std::initializer_list<const void*> roots);
// What a query reads. WITH queries are no relations.
struct Reads {
  List<Name> relations;  // each once, in order
  List<Text> columns;    // last parts, each once, in order
  List<FunctionCall> functions;
  bool locking = false;
};
Reads reads(Site& site, const ::Node* query);
// What keeps the outermost query from reading all, and the columns of its WHERE.
QueryParts query_filter(Site& site, const SelectStmt& select);
// The same with what a query names besides; `functions` are those of `reads`.
QueryParts query_parts(Site& site, const ::Node* query, List<FunctionCall> functions);
// The relations that queries below any of the roots read without WHERE, LIMIT or a join; a root may
// be a relation itself.
List<Name> relations_read_whole(Site& site, std::initializer_list<const void*> roots);
// The names of a query's output columns, `aliases` first (FigureColname in
// src/backend/parser/parse_target.c).
List<Text> output_columns(Site& site, const ::Node* query, const ::List* aliases);
FunctionCall function_call(Site& site, const FuncCall& call);
// `current_date`, `user`: functions that are keywords.
std::string_view spelling(SQLValueFunctionOp operation);

// CREATE TABLE AS and SELECT INTO.
void create_table_as(Site& site, const ::Node* query, const IntoClause* into, bool if_not_exists);
// A statement inside another one: a WITH query, an EXPLAINed or a copied one.
void lower_inner(const ::Node* statement, Site& site);
// The INSERT, UPDATE, DELETE and MERGE statements among WITH queries.
void lower_with(const WithClause* with, Site& site);

// ---------------------------------------------------------------- statements

// `in_cte`: the statement is a WITH query.
void lower(const InsertStmt&, Site&);
void lower(const UpdateStmt&, Site&, bool in_cte = false);
void lower(const DeleteStmt&, Site&, bool in_cte = false);
void lower(const MergeStmt&, Site&);

#define MIGGUARD_LOWER(Statement) void lower(const ::Statement&, Site&)
// lower_table.cpp, lower_alter_table.cpp
MIGGUARD_LOWER(CreateStmt);
MIGGUARD_LOWER(CreateForeignTableStmt);
MIGGUARD_LOWER(CreateTableAsStmt);
MIGGUARD_LOWER(AlterTableStmt);
MIGGUARD_LOWER(AlterTableMoveAllStmt);
MIGGUARD_LOWER(TruncateStmt);
// lower_index_view.cpp
MIGGUARD_LOWER(IndexStmt);
MIGGUARD_LOWER(ReindexStmt);
MIGGUARD_LOWER(ViewStmt);
MIGGUARD_LOWER(RefreshMatViewStmt);
MIGGUARD_LOWER(ClusterStmt);
MIGGUARD_LOWER(VacuumStmt);
// lower_drop_rename.cpp
MIGGUARD_LOWER(DropStmt);
MIGGUARD_LOWER(RenameStmt);
MIGGUARD_LOWER(AlterObjectSchemaStmt);
MIGGUARD_LOWER(AlterOwnerStmt);
MIGGUARD_LOWER(AlterObjectDependsStmt);
MIGGUARD_LOWER(CommentStmt);
MIGGUARD_LOWER(GrantStmt);
MIGGUARD_LOWER(GrantRoleStmt);
MIGGUARD_LOWER(DropRoleStmt);
MIGGUARD_LOWER(DropOwnedStmt);
MIGGUARD_LOWER(ReassignOwnedStmt);
MIGGUARD_LOWER(DropUserMappingStmt);
// lower_type_function.cpp
MIGGUARD_LOWER(CreateEnumStmt);
MIGGUARD_LOWER(AlterEnumStmt);
MIGGUARD_LOWER(CreateDomainStmt);
MIGGUARD_LOWER(AlterDomainStmt);
MIGGUARD_LOWER(CompositeTypeStmt);
MIGGUARD_LOWER(CreateRangeStmt);
MIGGUARD_LOWER(DefineStmt);
MIGGUARD_LOWER(CreateSeqStmt);
MIGGUARD_LOWER(AlterSeqStmt);
MIGGUARD_LOWER(CreateFunctionStmt);
MIGGUARD_LOWER(AlterFunctionStmt);
MIGGUARD_LOWER(DoStmt);
// lower_object.cpp
MIGGUARD_LOWER(CreateSchemaStmt);
MIGGUARD_LOWER(CreateExtensionStmt);
MIGGUARD_LOWER(CreateTrigStmt);
MIGGUARD_LOWER(CreatePolicyStmt);
MIGGUARD_LOWER(AlterPolicyStmt);
MIGGUARD_LOWER(RuleStmt);
MIGGUARD_LOWER(CreateStatsStmt);
MIGGUARD_LOWER(CreatePublicationStmt);
MIGGUARD_LOWER(AlterPublicationStmt);
MIGGUARD_LOWER(CreatePLangStmt);
MIGGUARD_LOWER(CreateTransformStmt);
MIGGUARD_LOWER(CreateForeignServerStmt);
MIGGUARD_LOWER(CreateUserMappingStmt);
MIGGUARD_LOWER(CreateCastStmt);
MIGGUARD_LOWER(CreateSubscriptionStmt);
MIGGUARD_LOWER(AlterSubscriptionStmt);
MIGGUARD_LOWER(AlterDatabaseStmt);
// lower_session.cpp
MIGGUARD_LOWER(VariableSetStmt);
MIGGUARD_LOWER(DiscardStmt);
MIGGUARD_LOWER(TransactionStmt);
MIGGUARD_LOWER(LockStmt);
MIGGUARD_LOWER(ExplainStmt);
MIGGUARD_LOWER(ExecuteStmt);
MIGGUARD_LOWER(CallStmt);
// lower_query.cpp, lower_rows.cpp
MIGGUARD_LOWER(SelectStmt);
MIGGUARD_LOWER(CopyStmt);
#undef MIGGUARD_LOWER

// SET TO and FROM: the values of a variable as text.
List<Text> variable_values(Site& site, const VariableSetStmt& set);
// Operations that several subjects use.
void alter_object(Site& site, ObjectKind kind, Name name, List<OptionValue> options = {});
void create_object(Site& site, ObjectKind kind, Name name, bool if_not_exists = false,
                   bool or_replace = false, List<OptionValue> options = {});
void other_statement(Site& site, std::string_view command);
void non_transactional(Site& site, std::string_view command);
void opaque(Site& site, std::string_view reason, bool may_change_schema);

}  // namespace migguard::sql
