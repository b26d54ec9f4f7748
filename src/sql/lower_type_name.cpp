// Type names: as the grammar normalises them, and as format_type prints them.
#include <sql/lower_parts.hpp>
//
#include <array>
#include <string>

namespace migguard::sql {
namespace {

// How format_type_extended (src/backend/utils/adt/format_type.c) spells built-in types: modifiers
// stand between `name` and `suffix`.
struct Spelling {
  std::string_view catalog_name;
  std::string_view name;
  std::string_view suffix;
};
constexpr auto spellings = std::to_array<Spelling>({
    {"bit", "bit", ""},
    {"bool", "boolean", ""},
    {"bpchar", "character", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int8", "bigint", ""},
    {"json", "json", ""},
    {"numeric", "numeric", ""},
    {"time", "time", " without time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
    {"timetz", "time", " with time zone"},
    {"varbit", "bit varying", ""},
    {"varchar", "character varying", ""},
});

struct Serial {
  std::string_view name;
  const char* base;
};
constexpr auto serials = std::to_array<Serial>({
    {"serial", "int4"},
    {"bigserial", "int8"},
    {"smallserial", "int2"},
    {"serial4", "int4"},
    {"serial8", "int8"},
    {"serial2", "int2"},
});

// The fields of interval types, as bits of the first modifier (INTERVAL_MASK in
// src/include/utils/timestamp.h, field numbers in src/include/utils/datetime.h).
struct IntervalField {
  std::int32_t bit;
  std::string_view name;
};
constexpr auto interval_fields = std::to_array<IntervalField>({
    {1 << 2, "year"},
    {1 << 1, "month"},
    {1 << 3, "day"},
    {1 << 10, "hour"},
    {1 << 11, "minute"},
    {1 << 12, "second"},
});

// ` year to month`, ` second`; nothing for an interval of all fields.
std::string interval_range(std::int32_t mask) {
  std::string_view first;
  std::string_view last;
  std::int32_t known = 0;
  for (const auto& field : interval_fields) {
    if ((mask & field.bit) == 0) continue;
    if (first.empty()) first = field.name;
    last = field.name;
    known |= field.bit;
  }
  if (known != mask || first.empty()) return {};
  return first == last ? cat(" ", first) : cat(" ", first, " to ", last);
}

// The modifiers as numbers, as far as they are numbers.
std::vector<std::int32_t> numbers(const ::List* modifiers) {
  std::vector<std::int32_t> result;
  for (const ::Node* modifier : items(modifiers)) {
    const auto* constant = as<A_Const>(modifier);
    const auto* number = constant && !constant->isnull ? as<Integer>(&constant->val.node) : nullptr;
    if (number) result.push_back(number->ival);
  }
  return result;
}

// `(Point,4326)`: modifiers of any kind, which PostGIS and others have.
std::string in_brackets(Site& site, const ::List* modifiers) {
  std::string result;
  for (const ::Node* modifier : items(modifiers)) {
    result += result.empty() ? "(" : ",";
    if (const auto* word = as<ColumnRef>(modifier)) {
      result += last_part(site, word->fields);
    } else {
      result += option_value(site, modifier);
    }
  }
  if (!result.empty()) result += ')';
  return result;
}

// `app.status`, each part quoted where it must be.
std::string joined(const ::List* names) {
  std::string result;
  for (const ::Node* part : items(names)) {
    const char* const name = string_of(part);
    if (!name) continue;
    if (!result.empty()) result += '.';
    result += quote_identifier(name);
  }
  return result;
}

std::string built_in_text(Site& site, const ::TypeName& type, std::string_view catalog_name) {
  for (const auto& spelling : spellings) {
    if (spelling.catalog_name != catalog_name) continue;
    std::string modifiers = in_brackets(site, type.typmods);
    // numeric(10) has the scale 0, and says so.
    if (catalog_name == "numeric" && items(type.typmods).size() == 1) {
      modifiers.insert(modifiers.size() - 1, ",0");
    }
    return cat(spelling.name, modifiers, spelling.suffix);
  }
  return {};
}

}  // namespace

TypeName type_name(Site& site, const ::TypeName* type) {
  TypeName result;
  if (!type) return result;
  result.array_dimensions =
      static_cast<std::uint8_t>(std::min<std::size_t>(items(type->arrayBounds).size(), 255));
  std::string text;
  if (type->setof) text = "SETOF ";
  if (type->pct_type) {
    // table.column%TYPE: the type is another column's, and has no name here.
    text += cat(joined(type->names), "%TYPE");
    result.text = keep(site, std::string_view(text));
    return result;
  }

  result.name = name(site, type->names);
  // "char" in quotes is a type of its own, unlike char, which the grammar calls bpchar.
  const bool in_catalog = result.name.schema.empty() || result.name.schema == "pg_catalog";
  if (in_catalog) result.name.schema = {};
  std::vector<std::int32_t> modifiers = numbers(type->typmods);
  std::string built_in;
  if (in_catalog && result.name.name == "interval") {
    built_in = "interval";
    if (!modifiers.empty()) {
      built_in += interval_range(modifiers.front());
      modifiers.erase(modifiers.begin());
      if (!modifiers.empty()) built_in += cat("(", modifiers.front(), ")");
    }
  } else if (in_catalog) {
    built_in = built_in_text(site, *type, result.name.name);
  }
  result.modifiers = sql::keep(site.out, modifiers);
  if (!built_in.empty()) {
    text += built_in;
  } else if (in_catalog) {
    text += cat(quote_identifier(result.name.name), in_brackets(site, type->typmods));
  } else {
    text += cat(joined(type->names), in_brackets(site, type->typmods));
  }
  if (result.array_dimensions > 0) text += "[]";
  result.text = keep(site, std::string_view(text));
  return result;
}

const char* serial_base(const ::TypeName* type) {
  if (!type || type->pct_type || type->setof || items(type->names).size() != 1) return nullptr;
  const char* const written = string_of(items(type->names).front());
  if (!written || type->arrayBounds) return nullptr;
  for (const auto& serial : serials) {
    if (serial.name == written) return serial.base;
  }
  return nullptr;
}

}  // namespace migguard::sql
