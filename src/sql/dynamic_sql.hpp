// EXECUTE in PL/pgSQL: the SQL it runs, where constants alone tell it.
#pragma once

#include <optional>
#include <sql/scan.hpp>
#include <string>
#include <string_view>

namespace migguard::sql {

struct Folded {
  bool constant = false;
  std::string text;  // the constant; of anything else, what it begins with
  // Where the text stands verbatim in what the tokens were made of.
  std::optional<std::size_t> offset;
};

// Folds string constants joined by ||, quote_ident, quote_literal and format with constant
// arguments. `first` and `last` are a half-open range of tokens.
Folded fold(const TokenList& tokens, std::size_t first, std::size_t last);

// Whether SQL that begins like this may change the schema.
bool may_change_schema(std::string_view beginning);

}  // namespace migguard::sql
