// The keywords of PostgreSQL 18 that src/include/parser/kwlist.h does not call UNRESERVED_KEYWORD:
// RESERVED_KEYWORD, COL_NAME_KEYWORD and TYPE_FUNC_NAME_KEYWORD. Copied from libpg_query 18.1.0.
#include <algorithm>
#include <array>
#include <cstdint>
#include <util/keywords.hpp>

namespace migguard {
namespace {

// clang-format off
constexpr auto restricted_keywords = std::to_array<std::string_view>({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
    "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc",
    "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float",
    "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having",
    "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into",
    "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "merge_action", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null",
    "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps",
    "overlay", "placing", "position", "precision", "primary", "real", "references", "returning",
    "right", "row", "select", "session_user", "setof", "similar", "smallint", "some", "substring",
    "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to",
    "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar",
    "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
});
// clang-format on
static_assert(std::ranges::is_sorted(restricted_keywords));

// Of each first letter: bit n is set where a keyword has n letters. Nearly every name of a table or
// column is told apart by that.
constexpr std::array<std::uint32_t, 26> sizes_by_letter = [] {
  std::array<std::uint32_t, 26> sizes{};
  for (const std::string_view word : restricted_keywords)
    sizes[static_cast<std::size_t>(word.front() - 'a')] |= 1U << word.size();
  return sizes;
}();

}  // namespace

bool is_restricted_keyword(std::string_view word) {
  if (word.empty() || word.size() > 31 || word.front() < 'a' || word.front() > 'z') return false;
  const std::uint32_t sizes = sizes_by_letter[static_cast<std::size_t>(word.front() - 'a')];
  return (sizes >> word.size() & 1U) != 0 && std::ranges::binary_search(restricted_keywords, word);
}

}  // namespace migguard
