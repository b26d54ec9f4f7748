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

// Of each first letter the keywords, which lie side by side, and their sizes: bit n is set where
// one has n letters. Nearly every name of a table or column is told apart by that.
struct Letter {
  std::size_t begin = 0, end = 0;
  std::uint32_t sizes = 0;
};
constexpr std::array<Letter, 26> letters = [] {
  std::array<Letter, 26> all{};
  for (std::size_t index = 0; index < restricted_keywords.size(); ++index) {
    const std::string_view word = restricted_keywords[index];
    Letter& letter = all[static_cast<std::size_t>(word.front() - 'a')];
    if (letter.sizes == 0) letter.begin = index;
    letter.end = index + 1;
    letter.sizes |= 1U << word.size();
  }
  return all;
}();

}  // namespace

bool is_restricted_keyword(std::string_view word) {
  if (word.empty() || word.size() > 31 || word.front() < 'a' || word.front() > 'z') return false;
  const Letter& letter = letters[static_cast<std::size_t>(word.front() - 'a')];
  if ((letter.sizes >> word.size() & 1U) == 0) return false;
  // A few to look at, most of another size: sooner done than a binary search, which compares texts.
  const auto same = [&](std::string_view each) {
    return each.size() == word.size() && each.back() == word.back() && each == word;
  };
  return std::any_of(restricted_keywords.begin() + letter.begin,
                     restricted_keywords.begin() + letter.end, same);
}

}  // namespace migguard
