#include <adopt/clause.hpp>

namespace migguard::adopt {
namespace {

bool is_called(const sql::TokenList& tokens, std::size_t at, std::string_view name) {
  const std::string_view text = tokens.text(at);
  return text == name || sql::same_word(text, name) || text == cat('"', name, '"');
}

}  // namespace

std::size_t behind_bracket(const sql::TokenList& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')') && --depth == 0) return at + 1;
  }
  return tokens.size();
}

std::string between(std::string_view text, const sql::TokenList& tokens, std::size_t from,
                    std::size_t to) {
  if (from >= to || from >= tokens.size()) return {};
  return std::string(text.substr(tokens[from].begin, tokens[to - 1].end - tokens[from].begin));
}

std::string_view clause_text(std::string_view text, Span span) {
  const sql::TokenList tokens(text, {span.begin, static_cast<std::uint32_t>(text.size())});
  int depth = 0;
  std::size_t end = span.begin;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')') && --depth < 0) break;
    if (depth == 0 && (tokens.symbol(at, ',') || tokens.symbol(at, ';'))) break;
    end = tokens[at].end;
  }
  return text.substr(span.begin, end - span.begin);
}

std::string storage_of(std::string_view column) {
  const sql::TokenList tokens(column, {0, static_cast<std::uint32_t>(column.size())});
  std::string out;
  int depth = 0;
  // The first token is the column's name, the second its type's.
  for (std::size_t at = 2; at + 1 < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')')) --depth;
    if (depth > 0 || !(tokens.word(at, "storage") || tokens.word(at, "compression"))) continue;
    if (tokens.word(at - 1, "including") || tokens.word(at - 1, "excluding")) continue;
    out += cat(' ', between(column, tokens, at, at + 2));
    ++at;
  }
  return out;
}

std::string collation_of(std::string_view column, std::string_view name) {
  const sql::TokenList tokens(column, {0, static_cast<std::uint32_t>(column.size())});
  int depth = 0;
  for (std::size_t at = 2; at + 1 < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')')) --depth;
    if (depth > 0 || !tokens.word(at, "collate")) continue;
    std::size_t last = at + 1;
    while (tokens.symbol(last + 1, '.') && last + 2 < tokens.size()) last += 2;
    return is_called(tokens, last, name) ? between(column, tokens, at + 1, last + 1)
                                         : std::string();
  }
  return {};
}

std::string parameters_of(std::string_view constraint) {
  const sql::TokenList tokens(constraint, {0, static_cast<std::uint32_t>(constraint.size())});
  std::string out;
  int depth = 0;
  bool begun = false;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')')) --depth;
    if (depth > 0) continue;
    const bool of_index = tokens.word(at, "primary") || tokens.word(at, "unique");
    // Another constraint of the same column.
    const bool other = tokens.word(at, "check") || tokens.word(at, "references") ||
                       tokens.word(at, "default") || tokens.word(at, "constraint") ||
                       tokens.word(at, "generated");
    if (begun && (of_index || other)) break;
    begun = begun || of_index;
    if (!begun) continue;
    if (tokens.word(at, "with") && tokens.symbol(at + 1, '(')) {
      const std::size_t end = behind_bracket(tokens, at + 1);
      out += cat(' ', between(constraint, tokens, at, end));
      at = end - 1;
    } else if (tokens.word(at, "using") && tokens.word(at + 1, "index") &&
               tokens.word(at + 2, "tablespace")) {
      out += cat(' ', between(constraint, tokens, at, at + 4));
      at += 3;
    }
  }
  return out;
}

std::string name_in_index(std::string_view source, Span statement, std::size_t column,
                          std::string_view name) {
  const sql::TokenList tokens(source, statement);
  // The first bracket behind ON TABLE [USING METHOD].
  std::size_t at = 0;
  while (at < tokens.size() && !tokens.word(at, "on")) ++at;
  while (at < tokens.size() && !tokens.symbol(at, '(')) ++at;
  const std::size_t end = behind_bracket(tokens, at);
  int depth = 0;
  std::size_t number = 0;
  for (std::size_t from = at + 1; ++at + 1 < end;) {
    if (tokens.symbol(at, '(')) ++depth;
    if (tokens.symbol(at, ')')) --depth;
    if (depth == 0 && tokens.symbol(at, ',')) {
      ++number;
      from = at + 1;
      continue;
    }
    // What is indexed comes first, and may be called alike.
    if (depth > 0 || number != column || at == from || !tokens.name(at)) continue;
    if (!is_called(tokens, at, name)) continue;
    if (tokens.symbol(at + 1, '.')) continue;
    std::size_t first = at;
    while (first >= from + 2 && tokens.symbol(first - 1, '.')) first -= 2;
    if (first == from) continue;
    const std::size_t behind = tokens.symbol(at + 1, '(') ? behind_bracket(tokens, at + 1) : at + 1;
    return between(source, tokens, first, behind);
  }
  return {};
}

}  // namespace migguard::adopt
