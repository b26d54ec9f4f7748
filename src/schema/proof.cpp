#include <schema/proof.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <sql/predicate.hpp>

namespace migguard::schema {
namespace {

using Kind = PredicateNode::Kind;
using Form = PartitionBound::Form;

// Beyond this many steps nothing is proved: the worst case is a scan foretold that is spared.
constexpr std::size_t most_steps = 200'000;

// ---------------------------------------------------------------- constants

enum class Order : std::uint8_t { unknown, different, less, equal, greater };

template <class Value>
Order order_of(const Value& one, const Value& other) {
  return one < other ? Order::less : other < one ? Order::greater : Order::equal;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

template <class Value, class... Values>
bool one_of(const Value& value, const Values&... values) {
  return ((value == values) || ...);
}

// Of up to 18 digits, which a long double holds exactly beside a fraction.
std::optional<long double> number(std::string_view text) {
  constexpr std::size_t exact_digits = 18;
  if (text.empty() || text.size() > exact_digits) return std::nullopt;
  if (text.find_first_not_of("0123456789.-") != text.npos) return std::nullopt;
  long double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// `2024-01-31`, `2024-01-31 10:00[:00[.5]]`, with `T` for the space, and the zone if one is
// written.
struct Moment {
  std::string digits;  // of fields that sort like the moment: 20240131100000
  std::string zone;
};
std::optional<Moment> moment(std::string_view text) {
  constexpr std::size_t date_size = 10;
  constexpr std::size_t all_digits = 20;  // to the microsecond
  if (text.size() < date_size || text[4] != '-' || text[7] != '-') return std::nullopt;
  Moment found;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    const bool separates = at < date_size    ? c == '-'
                           : at == date_size ? c == ' ' || c == 'T'
                                             : c == ':' || c == '.';
    if (separates) continue;
    if (!std::isdigit(static_cast<unsigned char>(c))) break;
    found.digits += c;
  }
  if (at < date_size) return std::nullopt;
  const std::string_view rest = text.substr(at);
  if (rest.find_first_not_of("+-:0123456789Zz") != rest.npos) return std::nullopt;
  found.zone = lower(rest);
  if (found.zone == "z" || found.zone == "+00" || found.zone == "+00:00") found.zone = "utc";
  found.digits.resize(std::max(all_digits, found.digits.size()), '0');
  return found;
}

// The type that a literal has beside a column of `type`: its own where a cast says so.
bool compares_as_it_is(std::string_view type, const Literal& value) {
  if (one_of(type, "int2", "int4", "int8")) {
    // A numeric constant makes numbers of the column, and another expression of it.
    const bool whole = value.text.find_first_not_of("0123456789-+") == Text::npos;
    return whole && (value.type.empty() || one_of(value.type, "int2", "int4", "int8"));
  }
  if (one_of(type, "numeric", "float4", "float8"))
    return value.type.empty() || value.type == type ||
           one_of(value.type, "int2", "int4", "int8", "numeric");
  if (type == "date") return value.type.empty() || one_of(value.type, "date", "timestamp");
  if (type == "timestamp") return value.type.empty() || one_of(value.type, "date", "timestamp");
  // What depends on the session's time zone proves nothing.
  if (type == "timestamptz") return value.type.empty() || value.type == "timestamptz";
  if (one_of(type, "text", "varchar"))
    return value.type.empty() || one_of(value.type, "text", "varchar");
  return value.type.empty() || value.type == type;
}

std::optional<bool> boolean(const Literal& value) {
  const std::string text = lower(value.text);
  if (one_of(text, "true", "t", "1", "yes", "on")) return true;
  if (one_of(text, "false", "f", "0", "no", "off")) return false;
  return std::nullopt;
}

Order compare(const Replay& replay, const ColumnType& type, const Literal& one,
              const Literal& other) {
  if (type.array_dimensions > 0) return one.text == other.text ? Order::equal : Order::unknown;
  const std::string_view name = type.name;
  if (!compares_as_it_is(name, one) || !compares_as_it_is(name, other)) return Order::unknown;
  if (one_of(name, "int2", "int4", "int8", "numeric", "float4", "float8", "oid")) {
    const auto left = number(one.text);
    const auto right = number(other.text);
    return left && right ? order_of(*left, *right) : Order::unknown;
  }
  if (one_of(name, "date", "timestamp", "timestamptz")) {
    const auto left = moment(one.text);
    const auto right = moment(other.text);
    if (!left || !right || (name == "timestamptz" && left->zone != right->zone))
      return one.text == other.text ? Order::equal : Order::unknown;
    return order_of(left->digits, right->digits);
  }
  if (name == "bool") {
    const auto left = boolean(one);
    const auto right = boolean(other);
    return left && right ? order_of(*left, *right) : Order::unknown;
  }
  if (name == "uuid") return order_of(lower(one.text), lower(other.text));
  if (one.text == other.text) return Order::equal;
  if (one_of(name, "text", "varchar")) return Order::different;  // which is less the collation says
  const Type* known = replay.find_type(type.lookup_name());
  if (!known || known->kind != TypeKind::enum_) return Order::unknown;
  const auto place = [&](Text label) {
    return std::find(known->labels.begin(), known->labels.end(), label);
  };
  const auto left = place(one.text);
  const auto right = place(other.text);
  if (left == known->labels.end() || right == known->labels.end()) return Order::unknown;
  return order_of(left, right);
}

// ---------------------------------------------------------------- proofs

// Whether `column <clause> c` proves `column <wanted> w`, by the order of c and w
// (BT_implic_table).
bool comparison_proves(Kind clause, Kind wanted, Order order) {
  const bool less = order == Order::less;
  const bool equal = order == Order::equal;
  const bool greater = order == Order::greater;
  const bool differ = less || greater || order == Order::different;
  switch (clause) {
    case Kind::less:
      return one_of(wanted, Kind::less, Kind::less_or_equal, Kind::not_equal) && (less || equal);
    case Kind::less_or_equal:
      return (one_of(wanted, Kind::less, Kind::not_equal) && less) ||
             (wanted == Kind::less_or_equal && (less || equal));
    case Kind::greater:
      return one_of(wanted, Kind::greater, Kind::greater_or_equal, Kind::not_equal) &&
             (greater || equal);
    case Kind::greater_or_equal:
      return (one_of(wanted, Kind::greater, Kind::not_equal) && greater) ||
             (wanted == Kind::greater_or_equal && (greater || equal));
    case Kind::not_equal:
      return wanted == Kind::not_equal && equal;
    case Kind::equal:
      break;
    default:
      return false;
  }
  switch (wanted) {
    case Kind::less:
      return less;
    case Kind::less_or_equal:
      return less || equal;
    case Kind::equal:
      return equal;
    case Kind::greater_or_equal:
      return greater || equal;
    case Kind::greater:
      return greater;
    case Kind::not_equal:
      return differ;
    default:
      return false;
  }
}

// Weak implication: where the clause is not false, the wanted predicate is not either
// (predicate_implied_by_recurse).
class Proof {
 public:
  Proof(const Evaluation& at, const Record& table, const Predicate& clauses,
        const Predicate& wanted)
      : at_(at), table_(table), clauses_(clauses), wanted_(wanted) {}

  bool holds() { return !wanted_.empty() && !clauses_.empty() && recurse(0, 0); }

 private:
  // The places of a node's arms.
  template <class Each>
  static bool any_arm(const Predicate& nodes, std::size_t place, Each each) {
    const std::size_t end = place + nodes[place].size;
    for (std::size_t arm = place + 1; arm < end; arm += nodes[arm].size)
      if (each(arm)) return true;
    return false;
  }
  template <class Each>
  static bool every_arm(const Predicate& nodes, std::size_t place, Each each) {
    return !any_arm(nodes, place, [&](std::size_t arm) { return !each(arm); });
  }

  bool recurse(std::size_t clause, std::size_t wanted) {
    if (++steps_ > most_steps) return false;
    const Kind said = clauses_[clause].kind;
    const Kind asked = wanted_[wanted].kind;
    const auto by_clause = [&](std::size_t arm) { return recurse(arm, wanted); };
    const auto of_wanted = [&](std::size_t arm) { return recurse(clause, arm); };
    if (asked == Kind::all_of) return every_arm(wanted_, wanted, of_wanted);
    if (said == Kind::all_of) {
      if (asked == Kind::any_of && any_arm(wanted_, wanted, of_wanted)) return true;
      return any_arm(clauses_, clause, by_clause);
    }
    if (said == Kind::any_of) return every_arm(clauses_, clause, by_clause);
    if (asked == Kind::any_of) return any_arm(wanted_, wanted, of_wanted);
    return atom(clauses_[clause], wanted_[wanted]);
  }

  bool atom(const PredicateNode& clause, const PredicateNode& wanted) const {
    if (wanted.kind == Kind::true_ || clause.kind == Kind::false_) return true;
    if (clause.column.empty() || clause.column != wanted.column) return false;
    if (one_of(wanted.kind, Kind::is_null, Kind::is_not_null)) return clause.kind == wanted.kind;
    const Column* column = table_.facts.column(clause.column);
    if (!column || !column->type_known) return false;
    return comparison_proves(clause.kind, wanted.kind,
                             compare(at_.replay, column->type, clause.value, wanted.value));
  }

  const Evaluation& at_;
  const Record& table_;
  const Predicate& clauses_;
  const Predicate& wanted_;
  std::size_t steps_ = 0;
};

// ---------------------------------------------------------------- bounds

Predicate leaf(Kind kind, Text column, const Literal& value = {}) {
  return {{kind, column, value, 1}};
}

Predicate unknown() { return {PredicateNode{}}; }

Predicate group(Kind kind, const std::vector<Predicate>& arms) {
  if (arms.size() == 1) return arms.front();
  Predicate all{{kind, {}, {}, 1}};
  for (const Predicate& arm : arms) all.insert(all.end(), arm.begin(), arm.end());
  all.front().size = static_cast<std::uint32_t>(all.size());
  return all;
}

bool is_constant(const BoundValue& value) { return value.kind == BoundValue::Kind::constant; }

bool same_value(const BoundValue& one, const BoundValue& other) {
  return is_constant(one) && is_constant(other) && one.value.text == other.value.text;
}

Predicate one_in(Text column, List<BoundValue> values) {
  std::vector<Predicate> arms;
  for (const BoundValue& each : values)
    if (each.kind != BoundValue::Kind::null)
      arms.push_back(is_constant(each) ? leaf(Kind::equal, column, each.value) : unknown());
  return arms.empty() ? Predicate() : group(Kind::any_of, arms);
}

bool holds_null(List<BoundValue> values) {
  return std::any_of(values.begin(), values.end(),
                     [](const BoundValue& each) { return each.kind == BoundValue::Kind::null; });
}

// get_qual_for_list in src/backend/partitioning/partbounds.c.
Predicate rows_of_list(Text column, List<BoundValue> values) {
  const Predicate among = one_in(column, values);
  if (!holds_null(values)) return group(Kind::all_of, {not_null(column), among});
  if (among.empty()) return leaf(Kind::is_null, column);
  return group(Kind::any_of, {leaf(Kind::is_null, column), among});
}

// One side of a range: (a > 1) OR (a = 1 AND b >= 2), as far as the bound has values.
void add_side(std::vector<Predicate>& all, List<Text> columns, List<BoundValue> values,
              std::size_t first, bool lower) {
  std::vector<Predicate> arms;
  for (std::size_t last = first; last < columns.size() && is_constant(values[last]); ++last) {
    std::vector<Predicate> parts;
    for (std::size_t at = first; at < last; ++at)
      parts.push_back(leaf(Kind::equal, columns[at], values[at].value));
    const BoundValue* next = last + 1 < columns.size() ? &values[last + 1] : nullptr;
    Kind kind = Kind::less;
    if (lower)
      kind =
          !next || next->kind == BoundValue::Kind::minimum ? Kind::greater_or_equal : Kind::greater;
    else if (next && next->kind == BoundValue::Kind::maximum)
      kind = Kind::less_or_equal;
    parts.push_back(leaf(kind, columns[last], values[last].value));
    arms.push_back(group(Kind::all_of, parts));
  }
  if (!arms.empty()) all.push_back(group(Kind::any_of, arms));
}

// get_qual_for_range, without the tests for NULL.
std::vector<Predicate> sides_of_range(List<Text> columns, const PartitionBound& bound) {
  std::vector<Predicate> all;
  if (bound.values.size() != columns.size() || bound.end.size() != columns.size())
    return {unknown()};
  for (const List<BoundValue> side : {bound.values, bound.end})
    for (const BoundValue& each : side)
      if (each.kind == BoundValue::Kind::unknown) return {unknown()};
  std::size_t first = 0;
  while (first < columns.size() && same_value(bound.values[first], bound.end[first])) {
    all.push_back(leaf(Kind::equal, columns[first], bound.values[first].value));
    ++first;
  }
  add_side(all, columns, bound.values, first, true);
  add_side(all, columns, bound.end, first, false);
  return all;
}

struct PartitionKey {
  Form form = Form::none;
  List<Text> columns;
};

// How the parent is partitioned; of no form where that is not known or by an expression.
PartitionKey key_of(const Facts& facts, const Record& parent) {
  const Rarity* rarity = facts.rarity(parent.key());
  if (!rarity || rarity->partition_columns.empty()) return {};
  for (const Text& each : rarity->partition_columns)
    if (each.empty()) return {};
  if (rarity->partition_strategy == "list") return {Form::list, rarity->partition_columns};
  if (rarity->partition_strategy == "range") return {Form::range, rarity->partition_columns};
  return {};
}

// What no other partition takes.
Predicate rows_of_default(const Evaluation& at, const Record& parent, const PartitionKey& key) {
  std::vector<Predicate> others;
  std::vector<Predicate> values;
  bool null = false;
  for (const Key& name : parent.children) {
    const Record* child = at.find(name);
    if (!child || child->default_partition) continue;
    const Rarity* rarity = at.facts().rarity(name);
    if (!rarity || rarity->bound.form != key.form) return unknown();
    if (key.form == Form::list) {
      null |= holds_null(rarity->bound.values);
      if (Predicate among = one_in(key.columns.front(), rarity->bound.values); !among.empty())
        values.push_back(std::move(among));
    } else {
      others.push_back(group(Kind::all_of, sides_of_range(key.columns, rarity->bound)));
    }
  }
  if (key.form == Form::list) {
    if (values.empty() && !null) return {};
    const Text column = key.columns.front();
    std::vector<Predicate> arms;
    if (!values.empty()) arms.push_back(group(Kind::any_of, values));
    if (null) {
      arms.insert(arms.begin(), leaf(Kind::is_null, column));
      return negated(group(Kind::any_of, arms));
    }
    arms.insert(arms.begin(), not_null(column));
    return negated(group(Kind::all_of, arms));
  }
  if (others.empty()) return {};
  std::vector<Predicate> all;
  for (const Text& column : key.columns) all.push_back(not_null(column));
  all.push_back(group(Kind::any_of, others));
  return negated(group(Kind::all_of, all));
}

}  // namespace

Predicate negated(Predicate predicate) {
  for (PredicateNode& node : predicate) node.kind = sql::opposite(node.kind);
  return predicate;
}

Predicate not_null(std::string_view column) { return leaf(Kind::is_not_null, column); }

Predicate rows_of(const Evaluation& at, const Record& parent, const PartitionBound& bound) {
  const PartitionKey key = key_of(at.facts(), parent);
  if (key.form == Form::none) return unknown();
  if (bound.form == Form::default_) return rows_of_default(at, parent, key);
  if (bound.form != key.form || bound.values.empty()) return unknown();
  if (key.form == Form::list) return rows_of_list(key.columns.front(), bound.values);
  std::vector<Predicate> all;
  for (const Text& column : key.columns) all.push_back(not_null(column));
  for (Predicate& side : sides_of_range(key.columns, bound)) all.push_back(std::move(side));
  return group(Kind::all_of, all);
}

Predicate rows_of_all(const Evaluation& at, const Record& parent, const PartitionBound& bound) {
  std::vector<Predicate> all;
  if (Predicate own = rows_of(at, parent, bound); !own.empty()) all.push_back(std::move(own));
  const Record* below = &parent;
  for (unsigned depth = 0; depth < 32 && !below->facts.partition_of.empty(); ++depth) {
    const Record* above = below->parents.empty() ? nullptr : at.find(below->parents.front());
    const Rarity* rarity = at.facts().rarity(below->key());
    if (!above || !rarity) {
      all.push_back(unknown());
      break;
    }
    if (Predicate own = rows_of(at, *above, rarity->bound); !own.empty())
      all.push_back(std::move(own));
    below = above;
  }
  return all.empty() ? Predicate() : group(Kind::all_of, all);
}

bool proved(const Evaluation& at, const Record& table, const Predicate& wanted) {
  if (wanted.empty()) return true;
  std::vector<Predicate> clauses;
  for (const Column& column : table.facts.columns)
    if (column.not_null == Known::yes && column.not_null_valid)
      clauses.push_back(not_null(column.name));
  for (const Constraint& each : table.facts.constraints)
    if (each.kind == ConstraintKind::check && each.valid && each.enforced &&
        !each.predicate.empty() && !at.together.dropped_constraints.contains(each.name))
      clauses.emplace_back(each.predicate.begin(), each.predicate.end());
  if (clauses.empty()) return false;
  return Proof(at, table, group(Kind::all_of, clauses), wanted).holds();
}

// ---------------------------------------------------------------- overlaps

namespace {

// The order of two ends of ranges; unknown where some value cannot be compared.
Order compare_ends(const Replay& replay, const Record& parent, List<Text> columns,
                   List<BoundValue> one, List<BoundValue> other) {
  if (one.size() != columns.size() || other.size() != columns.size()) return Order::unknown;
  const auto rank = [](const BoundValue& each) {
    return each.kind == BoundValue::Kind::minimum   ? -1
           : each.kind == BoundValue::Kind::maximum ? 1
                                                    : 0;
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (rank(one[i]) != rank(other[i])) return order_of(rank(one[i]), rank(other[i]));
    if (rank(one[i]) != 0) return Order::equal;
    const Column* column = parent.facts.column(columns[i]);
    if (!column || !is_constant(one[i]) || !is_constant(other[i])) return Order::unknown;
    const Order order = compare(replay, column->type, one[i].value, other[i].value);
    if (order != Order::equal) return order;
  }
  return Order::equal;
}

bool share_value(const Evaluation& at, const Record& parent, Text name, List<BoundValue> one,
                 List<BoundValue> other) {
  const Column* column = parent.facts.column(name);
  if (holds_null(one) && holds_null(other)) return true;
  return column && std::any_of(one.begin(), one.end(), [&](const BoundValue& left) {
           return is_constant(left) &&
                  std::any_of(other.begin(), other.end(), [&](const BoundValue& right) {
                    return is_constant(right) && compare(at.replay, column->type, left.value,
                                                         right.value) == Order::equal;
                  });
         });
}

// Behind all partitions by ranges that the parent ever had.
bool begins_behind_all(const Evaluation& at, const Record& parent, const PartitionBound& bound) {
  const PartitionKey key = key_of(at.facts(), parent);
  const Rarity* rarity = at.facts().rarity(parent.key());
  return rarity && rarity->ascending && !rarity->last_end.empty() &&
         one_of(compare_ends(at.replay, parent, key.columns, rarity->last_end, bound.values),
                Order::less, Order::equal);
}

}  // namespace

void note_bound(Replay& replay, const Record& parent, const PartitionBound& bound) {
  const PartitionKey key = key_of(replay.facts, parent);
  if (bound.form != Form::range || key.form != Form::range) return;
  Rarity& rarity = replay.facts.rare[parent.key()];
  const auto in_order = [&](List<BoundValue> one, List<BoundValue> other) {
    return one_of(compare_ends(replay, parent, key.columns, one, other), Order::less, Order::equal);
  };
  rarity.ascending = rarity.ascending && in_order(bound.values, bound.end) &&
                     (rarity.last_end.empty() || in_order(rarity.last_end, bound.values));
  rarity.last_end = bound.end;
}

bool is_empty(const Evaluation& at, const Record& parent, const PartitionBound& bound) {
  const PartitionKey key = key_of(at.facts(), parent);
  if (bound.form != Form::range || key.form != Form::range) return false;
  return one_of(compare_ends(at.replay, parent, key.columns, bound.values, bound.end),
                Order::greater, Order::equal);
}

const Record* overlapped(const Evaluation& at, const Record& parent, const PartitionBound& bound) {
  const PartitionKey key = key_of(at.facts(), parent);
  if (bound.form == Form::range && key.form == Form::range && begins_behind_all(at, parent, bound))
    return nullptr;
  for (const Key& name : parent.children) {
    const Record* child = at.find(name);
    const Rarity* rarity = at.facts().rarity(name);
    if (!child || !rarity) continue;
    const PartitionBound& there = rarity->bound;
    if (bound.form == Form::default_ && there.form == Form::default_) return child;
    if (key.form == Form::none || bound.form != key.form || there.form != key.form) continue;
    if (key.form == Form::list) {
      if (share_value(at, parent, key.columns.front(), bound.values, there.values)) return child;
      continue;
    }
    const Order begins = compare_ends(at.replay, parent, key.columns, bound.values, there.end);
    const Order ends = compare_ends(at.replay, parent, key.columns, there.values, bound.end);
    if (begins == Order::less && ends == Order::less) return child;
  }
  return nullptr;
}

}  // namespace migguard::schema
