#include <repair/drizzle_types.hpp>

#include <array>
#include <util/text.hpp>
#include <utility>

namespace migguard::repair {
namespace {

struct Spelling {
  std::string_view catalog_name;
  std::string_view drizzle;
};
constexpr auto spellings = std::to_array<Spelling>({
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"bool", "boolean"},
    {"varchar", "varchar"},
    {"bpchar", "char"},
    {"numeric", "numeric"},
    {"timestamp", "timestamp"},
    {"timestamptz", "timestamp with time zone"},
    {"time", "time"},
    {"timetz", "time with time zone"},
});

std::string in_brackets(List<std::int32_t> modifiers) {
  std::string out;
  for (const std::int32_t each : modifiers) out += cat(out.empty() ? "(" : ", ", each);
  return out.empty() ? out : cat(out, ")");
}

std::string_view serial_name(std::string_view integer) {
  return integer == "int2" ? "smallserial" : integer == "int8" ? "bigserial" : "serial";
}

// `timestamp (3) with time zone`.
std::string with_precision(std::string_view spelled, List<std::int32_t> modifiers,
                           std::string_view written) {
  constexpr std::string_view zone = " with time zone";
  const bool zoned = spelled.ends_with(zone);
  if (zoned) spelled.remove_suffix(zone.size());
  const std::string precision = in_brackets(modifiers);
  const bool apart = spelled == "timestamp" && !precision.empty() &&
                     written.find("timestamp(") == std::string_view::npos;
  return cat(spelled, apart ? " " : "", precision, zoned ? zone : "");
}

std::string element_type(const Column& column, std::string_view written) {
  const ColumnType& type = column.type;
  if (column.serial && type.array_dimensions == 0) return std::string(serial_name(type.name));
  for (const Spelling& each : spellings) {
    if (!type.schema.empty() || each.catalog_name != type.name) continue;
    if (type.name.starts_with("time")) return with_precision(each.drizzle, type.modifiers, written);
    return cat(each.drizzle, in_brackets(type.modifiers));
  }
  std::string_view text = type.text;
  for (unsigned dimension = 0; dimension < type.array_dimensions && text.ends_with("[]");
       ++dimension) {
    text.remove_suffix(2);
  }
  // Drizzle knows names without quotes: `customType` gives what it is told.
  if (text.size() > 1 && text.front() == '"' && text.back() == '"')
    return std::string(text.substr(1, text.size() - 2));
  return std::string(text.empty() ? type.name : text);
}

}  // namespace

DrizzleType drizzle_type(const Column& column, const Schema& schema, std::string_view written) {
  DrizzleType out;
  const Type* known = schema.type(column.type.lookup_name()).known();
  if (known && known->kind == TypeKind::enum_) {
    out.type = known->name;
    out.enum_schema = known->schema;
  } else {
    out.type = element_type(column, written);
  }
  for (unsigned dimension = 0; dimension < column.type.array_dimensions; ++dimension)
    out.type += "[]";
  return out;
}

}  // namespace migguard::repair
