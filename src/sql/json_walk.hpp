// The walk that finds JSON keys in one statement: what names stand for (json_scope.cpp), what is
// written (json_write.cpp), what is read or depended on (json_read.cpp), and the statements
// themselves (json_keys.cpp).
#pragma once

#include <sql/lower.hpp>
#include <sql/parse_tree.hpp>
//
#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <util/json.hpp>
#include <utility>
#include <vector>

namespace migguard::sql {

// A JSON document by the column it lies in: `quotes.metadata` from `path` on.
struct JsonPlace {
  std::vector<Name> tables;  // the first that has the column; none where it cannot be told
  std::string column;        // empty where only the position is known
  std::int32_t position = -1;
  std::string path;
  bool indirect = false;
  Name trigger_function;
};

struct JsonScope;

// An entry of FROM, the target of a statement, or a WITH query.
struct JsonRelation {
  std::string_view alias;
  Name table;                              // a table or view; else empty
  const ::Node* query = nullptr;           // a sub-select or WITH query
  const JsonScope* query_scope = nullptr;  // where that query or function stands
  const ::List* column_names = nullptr;    // String nodes that rename the columns
  const ::Node* function = nullptr;        // a call in FROM
  bool silent = false;                     // EXCLUDED: the row that was to be inserted
  Name trigger_function;                   // NEW and OLD in a trigger function
  std::int32_t shift = 0;                  // of the tree that the query is part of: see JsonWalk
  // Variables of PL/pgSQL. A record's fields need its name in front.
  bool variable = false;
  bool record = false;
  std::int32_t output = -1;  // a variable that took this output of the query; -1: by its name
  const JsonScope* earlier = nullptr;  // where it may have kept the value that it had before
};

// What names mean at one level of a query.
struct JsonScope {
  const JsonScope* outer = nullptr;
  std::vector<JsonRelation> relations;
  std::vector<JsonRelation> with;  // by alias
  std::int32_t shift = 0;          // of the tree that it belongs to
};

// Where a string constant stands in the source, and how its decoded text maps to it.
struct LiteralPlace {
  Span whole;
  bool exact = false;       // a plain or dollar-quoted constant: its bytes are those of the text
  std::uint32_t begin = 0;  // of the first byte between the quotes
  std::vector<std::uint32_t>
      doubled;  // offsets in the decoded text of quotes that are written twice
  Span inside(
      Span decoded) const;  // a range of the decoded text in the source; `whole` where not exact
};

class JsonWalk {
 public:
  explicit JsonWalk(Lowering& out) : out_(out) {}
  void statement(const ::Node* node);

  // For bodies of PL/pgSQL, whose statements are trees of their own: nodes of a tree stand `shift`
  // bytes behind where its text says, in the text of the Lowering.
  void enter_tree(std::int32_t shift) { shift_ = shift; }
  // The tree is gone: nothing remembers its nodes.
  void leave_tree() { select_scopes_.clear(); }
  // What the next statements see as well: the variables so far.
  const JsonScope* variables() const { return around_; }
  void set_variables(const JsonScope* variables) { around_ = variables; }
  void declare(JsonRelation variable);
  const JsonRelation* variable(std::string_view name) const;
  // `NEW.metadata := ...`, written as an UPDATE: of the row of a trigger function, or of a variable
  // that has the columns of a table.
  void assignment(const ::Node* update, const Name& table, const Name& trigger_function);
  // What a query reads whose value only goes to variables. `guard`: of a condition that ends the
  // work where it holds. To be called when the rest is known: what is moved on to a typed column is
  // read for that.
  void read_for_variables(const ::Node* query, bool guard);

 private:
  struct Value {
    JsonValueKind kind = JsonValueKind::unknown;
    std::string text;
    JsonValueKind element = JsonValueKind::unknown;
    bool sibling_currency = false;
    bool money_shape = false;
  };
  struct Use {  // how an expression is used where it is read
    bool numeric = false;
    bool condition =
        false;  // of a CHECK, policy or trigger: existence tests depend on their polarity
    bool positive = true;
  };
  struct Feed {
    Name table;
    std::string column;
    std::int32_t position = -1;
  };
  struct Handled {  // a path that the statement moves to a typed column or removes
    std::string column;
    std::string path;
    std::optional<Feed> feed;
  };

  // ---- scopes (json_scope.cpp)
  const JsonScope& scope_of(const SelectStmt& query, const JsonScope* outer);
  JsonScope& new_scope(const JsonScope* outer);
  // A scope with the rows `old` and `new` of a table.
  JsonScope& new_scope_of_rows(const RangeVar& table);
  void add_with(const WithClause* with, JsonScope& scope);
  void add_from(const ::List* from, JsonScope& scope, unsigned depth = 0);
  void add_from_item(const ::Node* node, JsonScope& scope, unsigned depth);
  void add_table(const RangeVar* table, JsonScope& scope, std::string_view fallback_alias = {});
  // An expression and where it stands.
  struct Placed {
    const ::Node* node = nullptr;
    const JsonScope* scope = nullptr;
  };
  // What a query's output column of that name is, in each arm of a UNION and each row of VALUES.
  std::vector<Placed> outputs(const JsonRelation& relation, std::string_view column, bool& star);
  void add_arms(const ::Node* query, const JsonScope* outer,
                std::vector<std::pair<const ::List*, const JsonScope*>>& arms, unsigned depth);
  const JsonScope& scope_of_change(const ::Node* query, const JsonScope* outer);
  std::optional<JsonPlace> resolve(const ::Node* node, const JsonScope& scope);
  std::optional<JsonPlace> resolve_column(const ColumnRef& ref, const JsonScope& scope);
  std::optional<JsonPlace> resolve_in(const JsonRelation& relation, std::string_view column);
  std::optional<JsonPlace> resolve_function(const JsonRelation& relation, std::string_view column);
  const JsonRelation* find_relation(std::string_view alias, const JsonScope& scope) const;
  // The sub-select's expression behind a column, where it is one.
  std::vector<Placed> behind(const ColumnRef& ref, const JsonScope& scope,
                             bool* variable = nullptr);

  // ---- reads (json_read.cpp)
  void read(const ::Node* node, const JsonScope& scope, Use use);
  void read_list(const ::List* list, const JsonScope& scope, Use use);
  void read_base(const ::Node* node, const JsonScope& scope);
  bool read_operator(const A_Expr& expression, const JsonScope& scope, Use use);
  bool read_function(const FuncCall& call, const JsonScope& scope, Use use);
  void read_json_function(const JsonFuncExpr& call, const JsonScope& scope, Use use);
  void read_json_table(const JsonTable& table, const JsonScope& scope);
  void read_json_table_columns(const ::List* columns, const JsonPlace& place,
                               const std::string& path, unsigned depth);
  void read_from(const ::List* from, const JsonScope& scope);
  void read_from_item(const ::Node* node, const JsonScope& scope);
  void read_range_function(const RangeFunction& function, const JsonScope& scope);
  void read_with(const JsonScope& scope);
  void read_query(const ::Node* query, const JsonScope* outer);
  void read_select(const SelectStmt& select, const JsonScope* outer);
  void read_jsonpath(const ::Node* document, const ::Node* path, const JsonScope& scope, Use use);
  void read_contained(const ::Node* document, const ::Node* literal, const JsonScope& scope,
                      Use use);
  // What `- 'key'` and `#- '{path}'` take out of a document at `base`.
  static std::vector<std::string> removed_paths(const A_Expr& expression, const std::string& base);
  void existence(const ::Node* document, const std::vector<std::string>& keys,
                 const ::Node* literal, const JsonScope& scope, Use use);
  std::optional<JsonPlace> step(const ::Node* node, const JsonScope& scope);

  // ---- writes (json_write.cpp)
  void write(const ::Node* node, const JsonScope& scope, const JsonPlace& target);
  bool write_function(const FuncCall& call, const JsonScope& scope, const JsonPlace& target);
  void write_pairs(const ::List* arguments, bool variadic, const JsonScope& scope,
                   const JsonPlace& target);
  void write_member(const ::Node* key, const ::Node* value, const JsonScope& scope,
                    const JsonPlace& target, bool sibling_currency);
  // A value of SQL's own under a key that was emitted.
  void write_value(const ::Node* node, const JsonScope& scope, const JsonPlace& target);
  void write_text(std::string_view text, const ::Node* origin, const JsonPlace& target,
                  JsonAccess access);
  void write_json(const json::Value& value, const JsonPlace& target, std::string& path,
                  JsonAccess access, const LiteralPlace& where, bool known_values);
  void write_row(const ::Node* argument, const JsonScope& scope, const JsonPlace& target);
  bool write_assembled(const ::Node* node, const JsonPlace& target);
  void write_query(const ::Node* query, const JsonScope& outer, const JsonPlace& target);
  Value value_of(const ::Node* node) const;
  Value json_value_of(const ::Node* node) const;
  // The same of an expression that stands in a query: what it computes is followed to where it
  // comes from.
  Value value_in(const ::Node* node, const JsonScope& scope);
  Value json_value_in(const ::Node* node, const JsonScope& scope);
  bool is_number(const ::Node* node, const JsonScope& scope);

  // ---- statements (json_keys.cpp)
  void insert(const InsertStmt& statement, const JsonScope* outer);
  void insert_query(const SelectStmt& query, const JsonScope* outer,
                    const std::vector<JsonPlace>& targets, bool by_position, const JsonPlace& base);
  void insert_item(const ::Node* node, const JsonScope& scope, const JsonPlace& target);
  void update(const UpdateStmt& statement, const JsonScope* outer);
  void set_items(const ::List* list, const JsonScope& scope, const Name& table,
                 const Name& trigger_function = {});
  void remove(const DeleteStmt& statement, const JsonScope* outer);
  void merge(const MergeStmt& statement, const JsonScope* outer);
  void create_table(const CreateStmt& statement);
  void alter_table(const AlterTableStmt& statement);
  void column(const ColumnDef& column, const Name& table, const JsonScope& scope);
  void constraints(const ::List* constraints, const Name& table, std::string_view column,
                   const JsonScope& scope);
  void constraint(const ::Constraint& constraint, const Name& table, std::string_view column,
                  const JsonScope& scope);
  void create_index(const IndexStmt& statement);
  void create_trigger(const CreateTrigStmt& statement);
  void create_rule(const RuleStmt& statement);
  void create_function(const CreateFunctionStmt& statement);
  void create_as_query(const IntoClause& into, const ::Node* query);
  void write_default(const ::Node* value, const Name& table, std::string_view column,
                     const JsonScope& scope);
  void define_query(const ::Node* query);
  void define(const ::Node* node, const JsonScope& scope, bool condition);
  JsonScope& table_scope(const RangeVar* table);

  // ---- emission (json_keys.cpp)
  // Appends a key with what its place says of it.
  JsonKey& add_key(const JsonPlace& place);
  void emit(const JsonPlace& place, JsonAccess access, const Value& value, bool numeric, Span span);
  void emit_row(const JsonPlace& place, const Name& row);
  // Whether an expression behind a column is to be followed once more: variables that hold each
  // other twice would otherwise be followed without end.
  bool follows(const ::Node* node) {
    constexpr unsigned most_times = 16;
    return ++followed_[node] <= most_times;
  }
  // A key that is worked out when the statement runs: `pricing.?`.
  void emit_unknown(JsonPlace place, const ::Node* origin);
  LiteralPlace literal_place(const A_Const* constant, std::string_view decoded) const;
  Span span_at(const ::Node* node) const;
  // A number that no document of the statement has yet.
  std::uint16_t new_document() { return static_cast<std::uint16_t>(out_.ops.size() + 1); }

  Lowering& out_;
  std::deque<JsonScope> scopes_;
  std::unordered_map<const void*, const JsonScope*> select_scopes_;  // of queries, by node
  const JsonScope* around_ = nullptr;
  std::int32_t shift_ = 0;
  std::vector<const ::Node*> following_;  // expressions behind columns, from one to the next
  std::unordered_map<const ::Node*, unsigned> followed_;  // how often, for the row being written
  JsonAccess access_ = JsonAccess::read;                  // of reads: `define` within a definition
  std::optional<Feed> feed_;                              // the column that takes what is read
  std::vector<Handled> handled_;
  std::vector<std::string> removed_;  // paths taken out of what is being written: never stored
  bool after_handled_ = false;        // in the WHERE of a statement that moves or removes keys
  std::set<std::string> seen_;
  std::set<std::string> seen_paths_;
  std::size_t emitted_ = 0;
  std::uint16_t query_ = 0;  // parts of the statement: what is read, the row that is written
  std::uint16_t row_ = 0;
  bool defining_ = false;    // within a default
  bool as_created_ = false;  // CREATE TABLE AS: its columns are no typed columns yet
  unsigned depth_ = 0;
  unsigned work_ = 0;  // bounds what nested sub-selects can make us repeat

  static constexpr unsigned deepest = 300;
  static constexpr unsigned most_work = 200'000;
  static constexpr std::size_t most_keys = 20'000;

  struct Deeper {
    explicit Deeper(JsonWalk& owner) : walk(owner) {
      ++walk.depth_;
      ++walk.work_;
    }
    ~Deeper() { --walk.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    bool too_deep() const { return walk.depth_ > deepest || walk.work_ > most_work; }
    JsonWalk& walk;
  };
  // In the tree of another scope.
  struct InTree {
    InTree(JsonWalk& owner, std::int32_t shift) : walk(owner), before(owner.shift_) {
      walk.shift_ = shift;
    }
    ~InTree() { walk.shift_ = before; }
    InTree(const InTree&) = delete;
    InTree& operator=(const InTree&) = delete;
    JsonWalk& walk;
    std::int32_t before;
  };
  // Follows an expression behind a column. A recursive query leads back to itself.
  struct Following {
    Following(JsonWalk& owner, const ::Node* node) : walk(owner) {
      again =
          std::find(walk.following_.begin(), walk.following_.end(), node) != walk.following_.end();
      walk.following_.push_back(node);
    }
    ~Following() { walk.following_.pop_back(); }
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;
    JsonWalk& walk;
    bool again = false;
  };
};

// ---------------------------------------------------------------- small questions about nodes

// The node as a T where its tag is `tag`, else null: for the types that `as` has no tag for.
template <class T>
const T* tagged(const ::Node* node, NodeTag tag) {
  return node && node->type == tag ? reinterpret_cast<const T*>(node) : nullptr;
}
inline const ::Node* as_node(const void* node) { return static_cast<const ::Node*>(node); }

// The text of a constant, casts looked through and constants joined by || folded; none for anything
// else.
std::optional<std::string> constant_text(const ::Node* node);
// T_String, T_Integer ... of a constant that is not NULL.
inline NodeTag kind_of(const A_Const& constant) {
  return constant.isnull ? T_Invalid : constant.val.node.type;
}
// The constant itself where the node is one, casts looked through.
const A_Const* constant_of(const ::Node* node);
bool is_null_constant(const ::Node* node);
std::optional<bool> boolean_constant(const ::Node* node);
std::optional<std::int64_t> integer_constant(const ::Node* node);
// The last part of a function's name: jsonb_set of pg_catalog.jsonb_set.
std::string_view function_name(const FuncCall& call);
bool is_json_builder(std::string_view function);  // jsonb_build_object
std::string_view operator_name(const A_Expr& expression);
std::string_view type_name_of(const TypeCast& cast);
bool is_json_type_name(std::string_view type);
bool is_number_type_name(std::string_view type);
// The steps of a text[] path: an array literal or ARRAY[...]; none where a step is not constant.
std::optional<std::vector<std::string>> text_array(const ::Node* node);
Name name_of(const RangeVar& table);
// The keys of a function's body, and of what is no SQL statement in a DO block (json_body.cpp).
void json_keys_of_body(const CreateFunctionStmt& statement, Lowering& out);
void json_keys_of_body(const DoStmt& statement, Lowering& out);
// Whether a member name can be a currency or an amount: for Money-shaped objects.
bool names_currency(std::string_view key);
bool names_amount(std::string_view key);

}  // namespace migguard::sql
