// Where things stand among the tokens of a PL/pgSQL body.
#include <sql/plpgsql.hpp>
//
#include <algorithm>

namespace migguard::sql {

bool any_word(const TokenList& tokens, std::size_t at,
              std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view each) { return tokens.word(at, each); });
}

std::size_t statement_end(const TokenList& tokens, std::size_t at) {
  while (at < tokens.size() && !tokens.symbol(at, ';')) ++at;
  return at;
}

std::size_t keyword(const TokenList& tokens, std::size_t at, std::size_t end,
                    std::string_view wanted) {
  int depth = 0;
  for (; at < end; ++at) {
    if (tokens.symbol(at, '(') || tokens.word(at, "case")) ++depth;
    if (tokens.symbol(at, ')') || tokens.word(at, "end")) --depth;
    if (depth <= 0 && tokens.word(at, wanted)) return at;
  }
  return end;
}

std::optional<std::size_t> variables_into(const TokenList& tokens, std::size_t first,
                                          std::size_t last) {
  int brackets = 0;
  for (std::size_t at = first + 1; at < last; ++at) {
    if (tokens.symbol(at, '(')) ++brackets;
    if (tokens.symbol(at, ')')) --brackets;
    if (brackets <= 0 && tokens.word(at, "into") && !any_word(tokens, at - 1, {"insert", "merge"}))
      return at;
  }
  return std::nullopt;
}

std::size_t after_targets(const TokenList& tokens, std::size_t at, std::size_t last) {
  if (tokens.word(at, "strict")) ++at;
  while (at < last && tokens.name(at)) {
    ++at;
    while (at < last && (tokens.symbol(at, '.') || tokens.symbol(at, '['))) {
      if (tokens.symbol(at, '.')) {
        at += 2;
      } else {
        while (at < last && !tokens.symbol(at, ']')) ++at;
        ++at;
      }
    }
    if (at >= last || !tokens.symbol(at, ',')) break;
    ++at;
  }
  return std::min(at, last);
}

}  // namespace migguard::sql
