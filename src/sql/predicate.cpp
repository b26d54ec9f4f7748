// What can be proved from: predicates of checks, and the bounds of partitions.
#include <sql/lower_parts.hpp>
//
#include <sql/predicate.hpp>
#include <vector>

namespace migguard::sql {
namespace {

using Kind = PredicateNode::Kind;

// No person writes a longer predicate, and nothing is proved from one.
constexpr std::size_t most_nodes = 2000;
constexpr unsigned deepest_nesting = 200;

// The same comparison with its sides exchanged.
Kind turned(Kind kind) {
  switch (kind) {
    case Kind::less:
      return Kind::greater;
    case Kind::less_or_equal:
      return Kind::greater_or_equal;
    case Kind::greater_or_equal:
      return Kind::less_or_equal;
    case Kind::greater:
      return Kind::less;
    default:
      return kind;
  }
}

Kind comparison(const char* name) {
  const std::string_view written = name ? name : "";
  if (written == "=") return Kind::equal;
  if (written == "<>") return Kind::not_equal;
  if (written == "<") return Kind::less;
  if (written == "<=") return Kind::less_or_equal;
  if (written == ">") return Kind::greater;
  if (written == ">=") return Kind::greater_or_equal;
  return Kind::unknown;
}

class PredicateReader {
 public:
  explicit PredicateReader(Site& site) : site_(site) {}

  List<PredicateNode> read(const ::Node* node) {
    add(node, false, 0);
    if (nodes_.size() > most_nodes) nodes_.assign(1, PredicateNode{});
    return sql::keep(site_.out, nodes_);
  }

 private:
  void add(const ::Node* node, bool negated, unsigned depth) {
    if (!node || depth > deepest_nesting || nodes_.size() > most_nodes) return unknown();
    if (const auto* logic = as<BoolExpr>(node)) return add_logic(*logic, negated, depth);
    if (const auto* test = as<NullTest>(node)) {
      const Text column = column_of(test->arg);
      if (column.empty()) return unknown();
      const Kind kind = test->nulltesttype == IS_NULL ? Kind::is_null : Kind::is_not_null;
      return leaf(negated ? opposite(kind) : kind, column, {});
    }
    if (const auto* constant = as<A_Const>(node)) {
      const auto* boolean = constant->isnull ? nullptr : as<Boolean>(&constant->val.node);
      if (!boolean) return unknown();
      return leaf(boolean->boolval != negated ? Kind::true_ : Kind::false_, {}, {});
    }
    // A column of type boolean: `active`, NOT active.
    if (const Text column = column_of(node); !column.empty())
      return leaf(Kind::equal, column, {negated ? "false" : "true", false, {}});
    if (const auto* expression = as<A_Expr>(node)) return add_comparison(*expression, negated);
    unknown();
  }

  void add_logic(const BoolExpr& logic, bool negated, unsigned depth) {
    const auto arms = items(logic.args);
    if (logic.boolop == NOT_EXPR) return add(arms.front(), !negated, depth + 1);
    const std::size_t place = open((logic.boolop == AND_EXPR) != negated);
    for (const ::Node* arm : arms) add(arm, negated, depth + 1);
    close(place);
  }

  void add_comparison(const A_Expr& expression, bool negated) {
    const Text left = column_of(expression.lexpr);
    const Kind kind = comparison(string_of(items(expression.name).back()));
    switch (expression.kind) {
      case AEXPR_OP: {
        if (kind == Kind::unknown) return unknown();
        const bool forwards = !left.empty();
        const Text column = forwards ? left : column_of(expression.rexpr);
        const auto value = literal(forwards ? expression.rexpr : expression.lexpr);
        if (column.empty() || !value) return unknown();
        const Kind said = forwards ? kind : turned(kind);
        return leaf(negated ? opposite(said) : said, column, *value);
      }
      case AEXPR_IN:
        return add_list(left, as<::List>(expression.rexpr), kind == Kind::equal, negated);
      case AEXPR_OP_ANY:
      case AEXPR_OP_ALL: {
        const bool any = expression.kind == AEXPR_OP_ANY;
        const ::Node* values = expression.rexpr;
        while (const auto* cast = as<TypeCast>(values)) values = cast->arg;
        const auto* array = as<A_ArrayExpr>(values);
        if (!array || kind != (any ? Kind::equal : Kind::not_equal)) return unknown();
        return add_list(left, array->elements, any, negated);
      }
      case AEXPR_BETWEEN:
      case AEXPR_NOT_BETWEEN: {
        const auto bounds = items(as<::List>(expression.rexpr));
        const bool inside = (expression.kind == AEXPR_BETWEEN) != negated;
        const auto low = bounds.size() == 2 ? literal(bounds[0]) : std::nullopt;
        const auto high = bounds.size() == 2 ? literal(bounds[1]) : std::nullopt;
        if (left.empty() || !low || !high) return unknown();
        const std::size_t place = open(inside);
        leaf(inside ? Kind::greater_or_equal : Kind::less, left, *low);
        leaf(inside ? Kind::less_or_equal : Kind::greater, left, *high);
        return close(place);
      }
      default:
        return unknown();
    }
  }

  // column IN (values), or NOT IN.
  void add_list(Text column, const ::List* values, bool among, bool negated) {
    if (column.empty() || !values) return unknown();
    const bool any = among != negated;
    const std::size_t place = open(!any);
    for (const ::Node* value : items(values)) {
      const auto constant = literal(value);
      if (constant && nodes_.size() <= most_nodes)
        leaf(any ? Kind::equal : Kind::not_equal, column, *constant);
      else
        unknown();
    }
    close(place);
  }

  Text column_of(const void* node) {
    const auto* column = as<ColumnRef>(static_cast<const ::Node*>(node));
    return column ? last_part(site_, column->fields) : Text{};
  }

  std::optional<Literal> literal(const ::Node* node) { return constant_literal(site_, node); }

  void unknown() { nodes_.emplace_back(); }
  void leaf(Kind kind, Text column, Literal value) { nodes_.push_back({kind, column, value, 1}); }
  std::size_t open(bool all) {
    nodes_.push_back({all ? Kind::all_of : Kind::any_of, {}, {}, 1});
    return nodes_.size() - 1;
  }
  void close(std::size_t place) {
    nodes_[place].size = static_cast<std::uint32_t>(nodes_.size() - place);
  }

  Site& site_;
  std::vector<PredicateNode> nodes_;
};

BoundValue bound_value(Site& site, const ::Node& node) {
  // The grammar leaves MINVALUE and MAXVALUE as columns of that name.
  if (const auto* column = as<ColumnRef>(&node)) {
    const Text name = last_part(site, column->fields);
    if (name == "minvalue") return {BoundValue::Kind::minimum, {}};
    if (name == "maxvalue") return {BoundValue::Kind::maximum, {}};
    return {};
  }
  const auto* constant = as<A_Const>(&node);
  if (constant && constant->isnull) return {BoundValue::Kind::null, {}};
  if (const auto value = constant_literal(site, &node)) return {BoundValue::Kind::constant, *value};
  return {};
}

}  // namespace

PredicateNode::Kind opposite(PredicateNode::Kind kind) {
  switch (kind) {
    case Kind::true_:
      return Kind::false_;
    case Kind::false_:
      return Kind::true_;
    case Kind::all_of:
      return Kind::any_of;
    case Kind::any_of:
      return Kind::all_of;
    case Kind::is_null:
      return Kind::is_not_null;
    case Kind::is_not_null:
      return Kind::is_null;
    case Kind::less:
      return Kind::greater_or_equal;
    case Kind::less_or_equal:
      return Kind::greater;
    case Kind::equal:
      return Kind::not_equal;
    case Kind::greater_or_equal:
      return Kind::less;
    case Kind::greater:
      return Kind::less_or_equal;
    case Kind::not_equal:
      return Kind::equal;
    case Kind::unknown:
      break;
  }
  return Kind::unknown;
}

std::optional<Literal> constant_literal(Site& site, const ::Node* node) {
  Literal value;
  if (const auto* cast = as<TypeCast>(node)) {
    node = cast->arg;
    if (as<TypeCast>(node)) return std::nullopt;
    value.type = type_name(site, cast->typeName).name.name;
  }
  const auto* constant = as<A_Const>(node);
  if (!constant || constant->isnull) return std::nullopt;
  value.text = constant_text(site, *constant);
  value.quoted = string_of(&constant->val.node) != nullptr;
  return value;
}

List<PredicateNode> predicate(Site& site, const ::Node* node) {
  if (!node) return {};
  return PredicateReader(site).read(node);
}

PartitionBound partition_values(Site& site, const PartitionBoundSpec* bound) {
  PartitionBound said;
  if (!bound) return said;
  const auto values = [&](const ::List* list) {
    return each<BoundValue, ::Node>(site, list,
                                    [&](const ::Node& node) { return bound_value(site, node); });
  };
  if (bound->is_default) {
    said.form = PartitionBound::Form::default_;
  } else if (bound->strategy == PARTITION_STRATEGY_LIST) {
    said.form = PartitionBound::Form::list;
    said.values = values(bound->listdatums);
  } else if (bound->strategy == PARTITION_STRATEGY_RANGE) {
    said.form = PartitionBound::Form::range;
    said.values = values(bound->lowerdatums);
    said.end = values(bound->upperdatums);
  } else {
    said.form = PartitionBound::Form::hash;
    said.modulus = bound->modulus;
    said.remainder = bound->remainder;
  }
  return said;
}

}  // namespace migguard::sql
