// Constant folding of the few expressions that migrations build SQL with.
#include <algorithm>
#include <array>
#include <migguard/text.hpp>
#include <sql/dynamic_sql.hpp>
#include <vector>

namespace migguard::sql {
namespace {

constexpr unsigned deepest = 16;

// The value of a string token; not constant for bit strings and Unicode escapes.
Folded decode(const TokenList& tokens, std::size_t i) {
  const Token& token = tokens[i];
  std::string_view text = tokens.text(i);
  if (!token.closed) return {};
  if (token.kind == TokenKind::dollar_string) {
    const std::size_t tag = text.find('$', 1) + 1;
    return {true, std::string(text.substr(tag, text.size() - 2 * tag)), token.begin + tag};
  }
  const bool escapes = (text.front() | 0x20) == 'e';
  if (text.front() != '\'' && !escapes) return {};

  Folded folded{true, "", std::nullopt};
  bool verbatim = true;
  bool inside = false;
  for (std::size_t at = escapes ? 1 : 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!inside) {  // before the string, or between the parts of one that goes on in another line
      if (c == '\'')
        inside = true;
      else if (c == '-')
        at = std::min(text.find_first_of("\r\n", at), text.size());
      continue;
    }
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '\'' && next == '\'') {
      folded.text += '\'';
      verbatim = false;
      ++at;
    } else if (c == '\'') {
      inside = false;
      verbatim = verbatim && at + 1 == text.size();
    } else if (c == '\\' && escapes) {
      verbatim = false;
      ++at;
      // Escapes by number stand for characters that no SQL keyword or name of a migration is made
      // of.
      if ((next >= '0' && next <= '9') || next == 'x' || next == 'u' || next == 'U') return {};
      folded.text += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
    } else {
      folded.text += c;
    }
  }
  if (verbatim) folded.offset = token.begin + (escapes ? 2 : 1);
  return folded;
}

// format(): %s, %I, %L and %%, with positions (%1$I). Widths make it not constant.
Folded format(const std::vector<Folded>& arguments) {
  if (arguments.empty() || !arguments.front().constant) return {};
  const std::string_view pattern = arguments.front().text;
  Folded folded{true, "", std::nullopt};
  std::size_t next_argument = 1;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '%') {
      folded.text += pattern[at];
      continue;
    }
    std::size_t kind = at + 1;
    std::size_t position = 0;
    while (kind < pattern.size() && pattern[kind] >= '0' && pattern[kind] <= '9' &&
           position < 1000) {
      position = position * 10 + static_cast<std::size_t>(pattern[kind++] - '0');
    }
    const bool positioned = kind > at + 1 && kind < pattern.size() && pattern[kind] == '$';
    folded.constant = kind < pattern.size() && (positioned || kind == at + 1);
    if (!folded.constant) return folded;
    if (positioned) ++kind;
    const char conversion = kind < pattern.size() ? pattern[kind] : '\0';
    at = kind;
    if (conversion == '%') {
      folded.text += '%';
      continue;
    }
    const std::size_t argument = positioned ? position : next_argument;
    next_argument = argument + 1;
    folded.constant = argument > 0 && argument < arguments.size() && arguments[argument].constant;
    if (!folded.constant) return folded;
    const std::string& value = arguments[argument].text;
    switch (conversion) {
      case 's':
        folded.text += value;
        break;
      case 'I':
        folded.text += quote_identifier(value);
        break;
      case 'L':
        folded.text += quote_literal(value);
        break;
      default:
        folded.constant = false;
        return folded;
    }
  }
  return folded;
}

// The index after the bracket that closes the one at `open`, or `last`.
std::size_t after_bracket(const TokenList& tokens, std::size_t open, std::size_t last) {
  int depth = 0;
  for (std::size_t i = open; i < last; ++i) {
    if (tokens.symbol(i, '(')) ++depth;
    if (tokens.symbol(i, ')') && --depth == 0) return i + 1;
  }
  return last;
}

Folded fold_at(const TokenList& tokens, std::size_t first, std::size_t last, unsigned depth);

Folded fold_call(const TokenList& tokens, std::size_t name, std::size_t open, std::size_t close,
                 unsigned depth) {
  std::vector<Folded> arguments;
  int brackets = 0;
  std::size_t begin = open + 1;
  for (std::size_t i = begin; i < close; ++i) {
    if (tokens.symbol(i, '(')) ++brackets;
    if (tokens.symbol(i, ')')) --brackets;
    const bool ends = i + 1 == close || (brackets == 0 && tokens.symbol(i, ','));
    if (!ends) continue;
    arguments.push_back(fold_at(tokens, begin, i, depth + 1));
    begin = i + 1;
  }
  if (tokens.word(name, "format")) return format(arguments);
  if (arguments.size() != 1 || !arguments[0].constant) return {};
  if (tokens.word(name, "quote_ident"))
    return {true, quote_identifier(arguments[0].text), std::nullopt};
  if (tokens.word(name, "quote_literal"))
    return {true, quote_literal(arguments[0].text), std::nullopt};
  return {};
}

// One operand of ||; `at` is left after it.
Folded fold_operand(const TokenList& tokens, std::size_t& at, std::size_t last, unsigned depth) {
  Folded folded;
  if (tokens[at].kind == TokenKind::string || tokens[at].kind == TokenKind::dollar_string) {
    folded = decode(tokens, at);
    ++at;
  } else if (tokens.symbol(at, '(')) {
    const std::size_t close = after_bracket(tokens, at, last);
    folded = fold_at(tokens, at + 1, close > at + 1 ? close - 1 : at + 1, depth + 1);
    at = close;
  } else if (tokens.name(at) && at + 1 < last && tokens.symbol(at + 1, '(')) {
    const std::size_t close = after_bracket(tokens, at + 1, last);
    folded = fold_call(tokens, at, at + 1, close, depth);
    at = close;
  } else {
    at = last;
  }
  if (at + 1 < last && tokens.text(at) == "::" && tokens.word(at + 1, "text")) at += 2;
  return folded;
}

Folded fold_at(const TokenList& tokens, std::size_t first, std::size_t last, unsigned depth) {
  if (depth > deepest || first >= last) return {};
  std::size_t at = first;
  Folded folded = fold_operand(tokens, at, last, depth);
  while (folded.constant && at < last) {
    if (tokens.text(at) != "||" || at + 1 >= last) {
      folded.constant = false;
      break;
    }
    ++at;
    const Folded more = fold_operand(tokens, at, last, depth);
    folded.text += more.text;
    folded.constant = more.constant;
    folded.offset.reset();
  }
  return folded;
}

}  // namespace

Folded fold(const TokenList& tokens, std::size_t first, std::size_t last) {
  return fold_at(tokens, first, std::min(last, tokens.size()), 0);
}

bool may_change_schema(std::string_view beginning) {
  static constexpr std::array<std::string_view, 15> harmless = {
      "analyze", "comment", "copy",   "delete", "grant",    "insert", "lock",  "notify",
      "refresh", "reindex", "revoke", "set",    "truncate", "update", "vacuum"};
  Token token;
  Scanner scanner(beginning);
  if (!scanner.next_word(token)) return true;
  // The word must be whole: 'up' || 'date'.
  if (token.kind != TokenKind::word || token.end == beginning.size()) return true;
  const auto is_one_of = [&](const auto& words) {
    const std::string_view word = beginning.substr(token.begin, token.end - token.begin);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return same_word(word, each); });
  };
  if (is_one_of(harmless)) return false;
  // What stands outside the schemas: ALTER DATABASE, CREATE ROLE, ALTER DEFAULT PRIVILEGES.
  static constexpr std::array<std::string_view, 3> verbs = {"alter", "create", "drop"};
  static constexpr std::array<std::string_view, 6> outside = {"database", "default", "group",
                                                              "role",     "system",  "user"};
  if (!is_one_of(verbs) || !scanner.next_word(token) || token.kind != TokenKind::word ||
      token.end == beginning.size())
    return true;
  return !is_one_of(outside);
}

}  // namespace migguard::sql
