// Which words PostgreSQL does not take as any name unless they are quoted.
#pragma once

#include <string_view>

namespace migguard {

// Whether a word, in lower case, is a keyword of PostgreSQL 18 that is not free for every use as a
// name: reserved, or reserved for columns or for types and functions. quote_identifier quotes
// exactly these.
bool is_restricted_keyword(std::string_view word);

}  // namespace migguard
