// Type names: as the grammar normalises them, and as format_type prints them.
#include <sql/lower_parts.hpp>
//
#include <array>
#include <string>

namespace migguard::sql {
namespace {

// How format_type_extended (src/backend/utils/adt/format_type.c) spells built-in types; modifiers
// stand before the last `suffix` bytes.
struct Spelling {
  std::string_view catalog_name;
  std::string_view text;
  std::string_view suffix = {};
};
constexpr auto spellings = std::to_array<Spelling>({
    // By the first letter.
    {"bool", "boolean"},
    {"bytea", "bytea"},
    {"bpchar", "character"},
    {"bit", "bit"},
    {"date", "date"},
    {"float8", "double precision"},
    {"float4", "real"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"int2", "smallint"},
    {"jsonb", "jsonb"},
    {"json", "json"},
    {"numeric", "numeric"},
    {"text", "text"},
    {"timestamptz", "timestamp with time zone", " with time zone"},
    {"timestamp", "timestamp without time zone", " without time zone"},
    {"time", "time without time zone", " without time zone"},
    {"timetz", "time with time zone", " with time zone"},
    {"uuid", "uuid"},
    {"varchar", "character varying"},
    {"varbit", "bit varying"},
});

// Which spellings begin with a letter: from its place on, up to the next one's.
constexpr std::array<std::uint8_t, 27> first_spellings = [] {
  std::array<std::uint8_t, 27> first{};
  for (const auto& spelling : spellings)
    for (std::size_t next = static_cast<std::size_t>(spelling.catalog_name.front() - 'a') + 1;
         next < first.size(); ++next)
      ++first[next];
  return first;
}();

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
    const auto* constant = as<A_Const>(modifier);
    if (constant && !constant->isnull && constant->val.node.type == T_Integer) {
      result += std::to_string(constant->val.ival.ival);  // as nearly all are: nothing to keep
    } else if (const auto* word = as<ColumnRef>(modifier)) {
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

const Spelling* spelling_of(std::string_view catalog_name) {
  if (catalog_name.empty() || catalog_name.front() < 'a' || catalog_name.front() > 'z')
    return nullptr;
  const auto letter = static_cast<std::size_t>(catalog_name.front() - 'a');
  for (std::size_t i = first_spellings[letter]; i < first_spellings[letter + 1]; ++i)
    if (spellings[i].catalog_name == catalog_name) return &spellings[i];
  return nullptr;
}

std::string with_modifiers(Site& site, const ::TypeName& type, const Spelling& spelling) {
  std::string modifiers = in_brackets(site, type.typmods);
  // numeric(10) has the scale 0, and says so.
  if (spelling.catalog_name == "numeric" && items(type.typmods).size() == 1) {
    modifiers.insert(modifiers.size() - 1, ",0");
  }
  const std::size_t end = spelling.text.size() - spelling.suffix.size();
  return cat(spelling.text.substr(0, end), modifiers, spelling.suffix);
}

// The name without pg_catalog in front, which the grammar puts there and nobody writes; null for a
// type of another schema.
const char* catalog_name(const ::TypeName& type) {
  const auto parts = items(type.names);
  if (parts.size() == 1) return string_of(parts[0]);
  const char* const schema = parts.size() == 2 ? string_of(parts[0]) : nullptr;
  return schema && std::string_view(schema) == "pg_catalog" ? string_of(parts[1]) : nullptr;
}

std::string interval_text(const std::vector<std::int32_t>& modifiers) {
  std::string text = "interval";
  if (!modifiers.empty()) text += interval_range(modifiers[0]);
  if (modifiers.size() > 1) text += cat("(", modifiers[1], ")");
  return text;
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

  const char* const in_catalog = catalog_name(*type);
  const Spelling* const spelling = in_catalog ? spelling_of(in_catalog) : nullptr;
  if (spelling) {
    result.name.name = spelling->catalog_name;
    if (!type->typmods && !type->arrayBounds && !type->setof) {
      result.text = spelling->text;  // nearly every column: nothing to copy
      return result;
    }
  } else if (in_catalog) {
    result.name.name = keep(site, in_catalog);
  } else {
    result.name = name(site, type->names);
  }

  const std::vector<std::int32_t> modifiers = numbers(type->typmods);
  if (spelling) {
    text += with_modifiers(site, *type, *spelling);
  } else if (in_catalog && result.name.name == "interval") {
    text += interval_text(modifiers);  // the first one says which fields it has
  } else if (in_catalog) {
    text += cat(quote_identifier(in_catalog), in_brackets(site, type->typmods));
  } else {
    text += cat(joined(type->names), in_brackets(site, type->typmods));
  }
  if (result.array_dimensions > 0) text += "[]";
  result.modifiers = rarely(site.out, sql::keep(site.out, modifiers));
  result.text = keep(site, std::string_view(text));
  return result;
}

const char* serial_base(const ::TypeName* type) {
  if (!type || type->pct_type || type->setof || items(type->names).size() != 1) return nullptr;
  const char* const written = string_of(items(type->names).front());
  if (!written || type->arrayBounds) return nullptr;
  if (*written != 's' && *written != 'b') return nullptr;
  for (const auto& serial : serials) {
    if (serial.name == written) return serial.base;
  }
  return nullptr;
}

}  // namespace migguard::sql
