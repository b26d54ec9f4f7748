// Changes of type: whether PostgreSQL rewrites the table for one (ATColumnChangeRequiresRewrite in
// src/backend/commands/tablecmds.c), and whether an index on the column can stay
// (CheckIndexCompatible in src/backend/commands/indexcmds.c).
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace migguard::schema {
namespace {

// A type without its domains.
struct Shape {
  Text name;
  List<std::int32_t> modifiers;
  unsigned dimensions = 0;
  bool domain = false;
  bool constrained = false;
};

const Type* find_type(const Evaluation& at, const ColumnType& type) {
  return at.replay.find_type(type.lookup_name());
}

Shape shape_of(const Evaluation& at, const ColumnType& type) {
  Shape shape{type.name, type.modifiers, type.array_dimensions};
  const Type* known = find_type(at, type);
  for (unsigned depth = 0; known && known->kind == TypeKind::domain && depth < 32; ++depth) {
    if (shape.dimensions > 0) break;
    shape.domain = true;
    shape.constrained |= known->constrained || known->not_null;
    shape.name = known->base.name;
    shape.modifiers = known->base.modifiers;
    shape.dimensions = known->base.array_dimensions;
    known = find_type(at, known->base);
  }
  const std::size_t dot = shape.name.find_last_of('.');
  if (dot != std::string::npos && shape.name.substr(dot + 1) == "citext") shape.name = "citext";
  return shape;
}

using Pair = std::pair<std::string_view, std::string_view>;

// Casts that change nothing (pg_cast.castmethod = 'b').
constexpr std::array<Pair, 19> binary_casts{{{"varchar", "text"},
                                             {"text", "varchar"},
                                             {"text", "bpchar"},
                                             {"varchar", "bpchar"},
                                             {"xml", "text"},
                                             {"xml", "varchar"},
                                             {"xml", "bpchar"},
                                             {"cidr", "inet"},
                                             {"bit", "varbit"},
                                             {"varbit", "bit"},
                                             {"int4", "oid"},
                                             {"oid", "int4"},
                                             {"citext", "text"},
                                             {"citext", "varchar"},
                                             {"citext", "bpchar"},
                                             {"text", "citext"},
                                             {"varchar", "citext"},
                                             {"int4", "regclass"},
                                             {"oid", "regclass"}}};

// Casts by a function that apply by themselves on assignment (pg_cast.castcontext 'a' and 'i').
constexpr std::array<Pair, 19> other_casts{{{"inet", "cidr"},
                                            {"json", "jsonb"},
                                            {"jsonb", "json"},
                                            {"time", "interval"},
                                            {"interval", "time"},
                                            {"time", "timetz"},
                                            {"timetz", "time"},
                                            {"timestamp", "time"},
                                            {"timestamptz", "time"},
                                            {"timestamptz", "timetz"},
                                            {"macaddr", "macaddr8"},
                                            {"macaddr8", "macaddr"},
                                            {"money", "numeric"},
                                            {"int4", "money"},
                                            {"int8", "money"},
                                            {"numeric", "money"},
                                            {"bpchar", "citext"},
                                            {"bool", "citext"},
                                            {"inet", "citext"}}};

template <std::size_t n>
bool listed(const std::array<Pair, n>& casts, const Shape& from, const Shape& to) {
  return std::any_of(casts.begin(), casts.end(), [&](const Pair& each) {
    return each.first == from.name && each.second == to.name;
  });
}

// Object identifiers and the types that stand for them, which hold the same four bytes.
bool is_identifier(std::string_view name) {
  return name == "oid" || (name.starts_with("reg") && name != "regress");
}

template <class... Names>
bool one_of(std::string_view name, const Names&... names) {
  return ((name == names) || ...);
}

bool is_number(std::string_view name) {
  return one_of(name, "int2", "int4", "int8", "numeric", "float4", "float8");
}
bool is_string(std::string_view name) {
  return one_of(name, "text", "varchar", "bpchar", "name", "citext");
}
bool is_moment(std::string_view name) { return one_of(name, "date", "timestamp", "timestamptz"); }

bool is_built_in(std::string_view name) {
  return is_number(name) || is_string(name) || is_moment(name) ||
         one_of(name, "bool", "uuid", "json", "jsonb", "bytea", "inet", "cidr", "xml", "money",
                "time", "timetz", "interval", "bit", "varbit", "oid", "point", "macaddr",
                "tsvector");
}

// TimeZone settings under which timestamp and timestamptz hold the same values
// (TimestampTimestampTzRequiresRewrite in src/backend/utils/adt/timestamp.c).
bool zone_is_utc(const Evaluation& at) {
  const auto setting = [&]() -> std::string {
    for (const auto* settings : {&at.facts().local_settings, &at.facts().session_settings})
      for (const auto& [name, value] : *settings) {
        std::string lower = name;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (lower == "timezone") return value;
      }
    return {};
  };
  std::string zone = setting();
  std::transform(zone.begin(), zone.end(), zone.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return one_of(zone, "utc", "etc/utc", "gmt", "etc/gmt", "zulu", "etc/zulu", "uct", "etc/uct",
                "universal", "etc/universal", "greenwich", "etc/greenwich", "gmt0", "etc/gmt0",
                "gmt+0", "gmt-0", "etc/gmt+0", "etc/gmt-0", "+00:00", "+00", "-00:00", "0", "utc0");
}

constexpr std::int32_t interval_full_precision = 0xFFFF;
constexpr std::int32_t interval_full_range = 0x7FFF;

// The least significant field of an interval's range, SECOND first (intervaltypmodleastfield).
int least_interval_field(std::int32_t range) {
  if (range == interval_full_range || (range & (1 << 12)) != 0) return 0;
  if ((range & (1 << 11)) != 0) return 1;
  if ((range & (1 << 10)) != 0) return 2;
  if ((range & (1 << 3)) != 0) return 3;
  if ((range & (1 << 1)) != 0) return 4;
  return 5;
}

// Whether the length coercion of a type does nothing (the planner's support functions:
// varchar_support, numeric_support, TemporalSimplify, interval_support, varbit_support).
bool length_is_harmless(Text name, List<std::int32_t> from, List<std::int32_t> to) {
  if (to.empty() || same(from, to)) return true;
  if (one_of(name, "varchar", "varbit")) return !from.empty() && from[0] <= to[0];
  if (name == "numeric") {
    const auto scale = [](const auto& modifiers) {
      return modifiers.size() > 1 ? modifiers[1] : 0;
    };
    return !from.empty() && scale(from) == scale(to) && from[0] <= to[0];
  }
  if (one_of(name, "timestamp", "timestamptz", "time", "timetz"))
    return to[0] >= 6 || (!from.empty() && from[0] <= to[0]);
  if (name == "interval") {
    const auto range = [](const auto& m) { return m.empty() ? interval_full_range : m[0]; };
    const auto precision = [](const auto& m) {
      return m.size() > 1 ? m[1] : interval_full_precision;
    };
    const int old_field = least_interval_field(range(from));
    return least_interval_field(range(to)) <= old_field &&
           (old_field > 0 || precision(to) >= 6 || precision(to) >= precision(from));
  }
  return false;
}

// One coercion after another: is it possible by assignment, and does it leave the bytes alone?
struct Step {
  bool possible = true;
  bool harmless = true;
};

Step coerce(const Evaluation& at, const Shape& from, const Shape& to, bool same_domain,
            bool explicitly) {
  if (same_domain) return {};
  Step step;
  if (to.constrained) step.harmless = false;
  List<std::int32_t> modifiers = from.domain ? List<std::int32_t>() : from.modifiers;
  if (from.dimensions > 0 || to.dimensions > 0) {
    if ((from.dimensions > 0) != (to.dimensions > 0)) {
      step.possible = explicitly || (to.dimensions == 0 && is_string(to.name));
      step.harmless = false;
      return step;
    }
    if (from.name != to.name) {
      Shape one = from;
      Shape other = to;
      one.dimensions = other.dimensions = 0;
      step.possible = coerce(at, one, other, false, explicitly).possible;
      step.harmless = false;
      return step;
    }
    step.harmless &= to.modifiers.empty() || same(to.modifiers, modifiers);
    return step;
  }
  if (from.name != to.name) {
    const bool identifiers =
        is_identifier(from.name) != is_identifier(to.name)
            ? from.name == "int4" || to.name == "int4"
            : is_identifier(from.name) && (from.name == "oid" || to.name == "oid");
    if (identifiers || listed(binary_casts, from, to)) {
      modifiers = {};
    } else if ((from.name == "timestamp" && to.name == "timestamptz") ||
               (from.name == "timestamptz" && to.name == "timestamp")) {
      step.harmless &= zone_is_utc(at);
      modifiers = {};
    } else {
      step.harmless = false;
      step.possible = explicitly || is_string(to.name) || listed(other_casts, from, to) ||
                      (is_number(from.name) && is_number(to.name)) ||
                      (is_moment(from.name) && is_moment(to.name)) ||
                      (one_of(from.name, "int2", "int8") && to.name == "oid");
      return step;
    }
  }
  step.harmless &= length_is_harmless(to.name, modifiers, to.modifiers);
  return step;
}

std::string without_space_and_quotes(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!std::isspace(static_cast<unsigned char>(c)) && c != '"' && c != '(' && c != ')') out += c;
  return out;
}

// Whether an expression is the column under casts and nothing else.
bool is_column_under_casts(const Expression& expression, std::string_view column) {
  if (expression.columns.size() != 1 || expression.columns.front() != column ||
      !expression.functions.empty())
    return false;
  if (expression.kind == ExpressionKind::column) return true;
  if (expression.casts.empty()) return false;
  std::string text = without_space_and_quotes(expression.text);
  const std::size_t end = text.find("::");
  if (end == std::string::npos) {
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower.starts_with("cast");
  }
  text.resize(end);
  const std::size_t dot = text.find_last_of('.');
  if (dot != std::string::npos) text.erase(0, dot + 1);
  return text.size() == column.size() &&
         std::equal(text.begin(), text.end(), column.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

// Whether enough is known of a type to say what it can be cast to.
bool told(const Evaluation& at, const ColumnType& type, const Shape& shape) {
  return is_built_in(shape.name) || find_type(at, type);
}

}  // namespace

bool assigns(const Evaluation& at, const ColumnType& from, const ColumnType& to) {
  const Shape one = shape_of(at, from);
  const Shape other = shape_of(at, to);
  if (!told(at, from, one) || !told(at, to, other)) return true;
  return (from.name == to.name && from.array_dimensions == to.array_dimensions) ||
         coerce(at, one, other, false, false).possible;
}

TypeChange type_change(const Evaluation& at, const Column& column, const ChangeType& op) {
  TypeChange change;
  const ColumnType target = at.replay.resolve(op.type);
  if (!column.type_known) {
    change.certain = false;
    return change;
  }
  const Shape to = shape_of(at, target);
  ColumnType current = column.type;
  bool harmless = true;
  if (op.using_) {
    if (!is_column_under_casts(op.using_, op.column)) return change;
    for (std::size_t i = op.using_.casts.size(); i-- > 0;) {
      const ColumnType next = at.replay.resolve(op.using_.casts[i]);
      harmless &= coerce(at, shape_of(at, current), shape_of(at, next),
                         next.name == current.name && same(next.modifiers, current.modifiers) &&
                             next.array_dimensions == current.array_dimensions,
                         true)
                      .harmless;
      current = next;
    }
  }
  const Shape from = shape_of(at, current);
  const bool alike = target.name == current.name && same(target.modifiers, current.modifiers) &&
                     target.array_dimensions == current.array_dimensions;
  const Step last = coerce(at, from, to, alike, false);
  change.possible = last.possible || !told(at, current, from) || !told(at, target, to);
  change.rewrites = !(harmless && last.harmless);
  return change;
}

bool domain_is_constrained(const Evaluation& at, const ColumnType& type) {
  const Shape shape = shape_of(at, type);
  return shape.domain && shape.constrained;
}

bool same_index_after(const Column& column, const ColumnType& changed, std::string_view collation) {
  const auto family = [](Text name) -> Text {
    if (one_of(name, "text", "varchar")) return "text";
    if (one_of(name, "cidr", "inet")) return "inet";
    return name;
  };
  const auto collation_of = [](std::string_view name) {
    return name == "default" ? std::string_view() : name;
  };
  return family(column.type.name) == family(changed.name) &&
         collation_of(column.collation) == collation_of(collation);
}

}  // namespace migguard::schema
