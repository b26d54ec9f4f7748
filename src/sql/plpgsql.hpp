// Where things stand among the tokens of a PL/pgSQL body (src/pl/plpgsql/src/pl_gram.y).
#pragma once

#include <initializer_list>
#include <optional>
#include <sql/scan.hpp>
#include <string_view>

namespace migguard::sql {

// How deep bodies within bodies (EXECUTE of a DO block ...) are followed.
inline constexpr unsigned deepest_body = 8;

// Whether token `at` is one of these words (in lower case).
bool any_word(const TokenList& tokens, std::size_t at,
              std::initializer_list<std::string_view> words);

// The next semicolon from `at` on, or the end.
std::size_t statement_end(const TokenList& tokens, std::size_t at);

// The keyword outside of brackets and CASE expressions, or `end`.
std::size_t keyword(const TokenList& tokens, std::size_t at, std::size_t end,
                    std::string_view wanted);

// Where the statement in [first, last) says INTO for PL/pgSQL's variables. INSERT INTO and MERGE
// INTO are SQL's own.
std::optional<std::size_t> variables_into(const TokenList& tokens, std::size_t first,
                                          std::size_t last);

// The end of the variables that follow an INTO: [STRICT] a, b.c, d[1]
std::size_t after_targets(const TokenList& tokens, std::size_t at, std::size_t last);

}  // namespace migguard::sql
