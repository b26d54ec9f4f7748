// PostgreSQL's raw parse tree, read safely: lists as ranges, checked casts, and a walk over
// expressions and queries whose depth is bounded by memory only (`1 + 1 + ...` makes a tree as deep
// as the text is long).
#pragma once

#include <sql/postgres.hpp>
//
#include <cstddef>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migguard::sql {

// The items of a list as nodes of one type. The list may be null; the grammar tells what it holds.
template <class T>
class Items {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = const T*;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = value_type;

    explicit iterator(const ListCell* cell) : cell_(cell) {}
    const T* operator*() const { return static_cast<const T*>(cell_->ptr_value); }
    iterator& operator++() {
      ++cell_;
      return *this;
    }
    iterator operator++(int) { return iterator(cell_++); }
    bool operator==(const iterator&) const = default;

   private:
    const ListCell* cell_;
  };

  explicit Items(const ::List* list) : list_(list) {}
  iterator begin() const { return iterator(list_ ? list_->elements : nullptr); }
  iterator end() const { return iterator(list_ ? list_->elements + list_->length : nullptr); }
  std::size_t size() const { return list_ ? static_cast<std::size_t>(list_->length) : 0; }
  bool empty() const { return size() == 0; }
  const T* operator[](std::size_t place) const {
    return static_cast<const T*>(list_->elements[place].ptr_value);
  }
  const T* front() const { return empty() ? nullptr : (*this)[0]; }
  const T* back() const { return empty() ? nullptr : (*this)[size() - 1]; }

 private:
  const ::List* list_;
};

template <class T = ::Node>
Items<T> items(const ::List* list) {
  return Items<T>(list);
}

// The tag of a node type, for `as`.
template <class T>
inline constexpr NodeTag tag_of = T_Invalid;
#define MIGGUARD_TAG(Type) \
  template <>              \
  inline constexpr NodeTag tag_of<::Type> = T_##Type
MIGGUARD_TAG(A_ArrayExpr);
MIGGUARD_TAG(A_Const);
MIGGUARD_TAG(A_Expr);
MIGGUARD_TAG(A_Indices);
MIGGUARD_TAG(A_Indirection);
MIGGUARD_TAG(A_Star);
MIGGUARD_TAG(ATAlterConstraint);
MIGGUARD_TAG(BitString);
MIGGUARD_TAG(BoolExpr);
MIGGUARD_TAG(Boolean);
MIGGUARD_TAG(BooleanTest);
MIGGUARD_TAG(CollateClause);
MIGGUARD_TAG(ColumnDef);
MIGGUARD_TAG(ColumnRef);
MIGGUARD_TAG(CommonTableExpr);
MIGGUARD_TAG(Constraint);
MIGGUARD_TAG(DefElem);
MIGGUARD_TAG(DeleteStmt);
MIGGUARD_TAG(Float);
MIGGUARD_TAG(FuncCall);
MIGGUARD_TAG(IndexElem);
MIGGUARD_TAG(InsertStmt);
MIGGUARD_TAG(Integer);
MIGGUARD_TAG(JoinExpr);
MIGGUARD_TAG(JsonFuncExpr);
MIGGUARD_TAG(JsonTable);
MIGGUARD_TAG(List);
MIGGUARD_TAG(MergeStmt);
MIGGUARD_TAG(NullTest);
MIGGUARD_TAG(ObjectWithArgs);
MIGGUARD_TAG(PartitionCmd);
MIGGUARD_TAG(RangeFunction);
MIGGUARD_TAG(RangeSubselect);
MIGGUARD_TAG(RangeTableFunc);
MIGGUARD_TAG(RangeTableSample);
MIGGUARD_TAG(RangeVar);
MIGGUARD_TAG(ReplicaIdentityStmt);
MIGGUARD_TAG(ResTarget);
MIGGUARD_TAG(RoleSpec);
MIGGUARD_TAG(SQLValueFunction);
MIGGUARD_TAG(SelectStmt);
MIGGUARD_TAG(String);
MIGGUARD_TAG(SubLink);
MIGGUARD_TAG(TableLikeClause);
MIGGUARD_TAG(TypeCast);
MIGGUARD_TAG(TypeName);
MIGGUARD_TAG(UpdateStmt);
MIGGUARD_TAG(VariableSetStmt);
#undef MIGGUARD_TAG

// The node as a T, or null where it is null or something else.
template <class T>
const T* as(const void* node) {
  static_assert(tag_of<T> != T_Invalid, "give the type a tag above");
  return node && static_cast<const ::Node*>(node)->type == tag_of<T> ? static_cast<const T*>(node)
                                                                     : nullptr;
}

// The text of a String node, null otherwise.
inline const char* string_of(const void* node) {
  const auto* string = as<::String>(node);
  return string ? string->sval : nullptr;
}

// Visits every node of an expression or a query in the order of the text, parents first. Not
// visited: the table that INSERT, UPDATE, DELETE, MERGE, SELECT INTO or FOR UPDATE names, and what
// stands inside a type name.
//
//   Walk walk(root);
//   while (const ::Node* node = walk.next()) ...
class Walk {
 public:
  explicit Walk(const void* root) {
    steps_.reserve(usual_steps);
    push(root);
  }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  // The next node, null at the end.
  const ::Node* next();
  // Leaves out what is below the node that next() returned last.
  void skip() { steps_.resize(below_); }
  // Whether an unqualified table name at this place names a WITH query and no table.
  bool names_with_query(std::string_view name) const;

 private:
  // A node to visit; a list and the place of its next item; or, without a node, a WITH query that
  // comes into sight
  // (+1) or goes out of it (-1).
  struct Step {
    const ::Node* node;
    const char* name;
    int number;
  };

  void push(const void* node) {
    if (node) steps_.push_back({static_cast<const ::Node*>(node), nullptr, 0});
  }
  template <class... Nodes>
  void push_all(const Nodes*... nodes) {
    (push(nodes), ...);
  }
  void push_sight(const ::List* queries, int change);
  void push_with(const WithClause* with);
  void push_children(const ::Node& node);
  void push_query_children(const ::Node& node);
  void push_json_children(const ::Node& node);

  // Most walks are over a handful of nodes: their steps need no memory from the heap.
  static constexpr std::size_t usual_steps = 32;
  alignas(Step) std::byte first_steps_[usual_steps * sizeof(Step)];
  std::pmr::monotonic_buffer_resource memory_{first_steps_, sizeof first_steps_};
  std::pmr::vector<Step> steps_{&memory_};
  std::size_t below_ = 0;
  std::optional<std::unordered_map<std::string_view, int>> in_sight_;  // looked up, never iterated
};

}  // namespace migguard::sql
