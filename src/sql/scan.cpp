// PostgreSQL's lexical rules (src/backend/parser/scan.l), by hand.
#include <algorithm>
#include <array>
#include <limits>
#include <sql/scan.hpp>

namespace migguard::sql {
namespace {

enum Class : std::uint8_t {
  other = 0,
  space = 1,
  word_start = 2,
  digit = 4,
  operator_char = 8,
  dollar = 16,
};

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned char c : std::string_view(" \t\n\r\f\v")) table[c] = space;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = word_start;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = word_start;
  for (std::size_t c = 0x80; c <= 0xff; ++c) table[c] = word_start;
  table['_'] = word_start;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = digit;
  for (unsigned char c : std::string_view("~!@#^&|`?+-*/%<>=")) table[c] = operator_char;
  table['$'] = dollar;
  return table;
}();

bool is(char c, unsigned wanted) { return (classes[static_cast<unsigned char>(c)] & wanted) != 0; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The end of the line that `at` lies in. (string_view::find_first_of would do, at a tenth of the
// speed.)
std::size_t line_end_after(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

// Where a string goes on after its closing quote: white space with a line end in it (line comments
// count as white space), then another quote. npos where it does not.
std::size_t continuation(std::string_view text, std::size_t at) {
  bool line_end = false;
  while (at < text.size()) {
    const char c = text[at];
    if (is(c, space)) {
      line_end = line_end || c == '\n' || c == '\r';
      ++at;
    } else if (c == '-' && at + 1 < text.size() && text[at + 1] == '-') {
      at = line_end_after(text, at);
    } else {
      return line_end && c == '\'' ? at : std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool is_word_character(char c) { return is(c, word_start | digit | dollar); }

bool same_word(std::string_view word, std::string_view lower_word) {
  return word.size() == lower_word.size() &&
         std::equal(word.begin(), word.end(), lower_word.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

void Scanner::scan_word(std::size_t& end) const {
  while (end < text_.size() && is_word_character(text_[end])) ++end;
}

void Scanner::scan_number(std::size_t& end) const {
  const auto digits = [&](auto&& good) {
    while (end < text_.size() && (good(text_[end]) || text_[end] == '_')) ++end;
  };
  const auto decimal = [](char c) { return is(c, digit); };
  const std::size_t begin = end;
  if (text_[begin] == '0' && begin + 2 < text_.size()) {
    const char base = lower(text_[begin + 1]);
    const auto hexadecimal = [](char c) {
      return is(c, digit) || (lower(c) >= 'a' && lower(c) <= 'f');
    };
    const std::size_t first = begin + (text_[begin + 2] == '_' && begin + 3 < text_.size() ? 3 : 2);
    if ((base == 'x' && hexadecimal(text_[first])) ||
        ((base == 'o' || base == 'b') && decimal(text_[first]))) {
      end += 2;
      if (base == 'x')
        digits(hexadecimal);
      else
        digits(decimal);
      return;
    }
  }
  digits(decimal);
  // `1..10` in PL/pgSQL is a range.
  if (end < text_.size() && text_[end] == '.' &&
      !(end + 1 < text_.size() && text_[end + 1] == '.')) {
    ++end;
    digits(decimal);
  }
  if (end < text_.size() && lower(text_[end]) == 'e') {
    std::size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    if (exponent < text_.size() && is(text_[exponent], digit)) {
      end = exponent;
      digits(decimal);
    }
  }
}

void Scanner::scan_quoted(Token& token, std::size_t& end, char quote, Quoting quoting) const {
  const bool escapes = quoting == Quoting::escapes;
  while (true) {
    if (escapes) {
      while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    } else {
      end = std::min(text_.find(quote, end), text_.size());
    }
    if (end >= text_.size()) {
      end = text_.size();
      token.closed = false;
      return;
    }
    ++end;
    if (end < text_.size() && text_[end] == quote && quoting != Quoting::digits) {
      ++end;
    } else {
      const std::size_t more = quote == '\'' ? continuation(text_, end) : std::string_view::npos;
      if (more == std::string_view::npos) return;
      end = more + 1;
    }
  }
}

// A dollar quote, where the `$` at `end` begins one.
bool Scanner::scan_dollar(Token& token, std::size_t& end) const {
  std::size_t tag_end = end + 1;
  if (tag_end < text_.size() && is(text_[tag_end], word_start)) {
    while (tag_end < text_.size() && is(text_[tag_end], word_start | digit)) ++tag_end;
  }
  if (tag_end >= text_.size() || text_[tag_end] != '$') return false;
  const std::string_view tag = text_.substr(end, tag_end + 1 - end);
  const std::size_t close = text_.find(tag, tag_end + 1);
  token.kind = TokenKind::dollar_string;
  token.closed = close != std::string_view::npos;
  end = token.closed ? close + tag.size() : text_.size();
  return true;
}

void Scanner::scan_block_comment(Token& token, std::size_t& end) const {
  std::uint32_t open = 0;
  while (true) {
    while (end < text_.size() && text_[end] != '*' && text_[end] != '/') ++end;
    if (end + 1 >= text_.size()) {
      end = text_.size();
      token.closed = false;
      return;
    }
    if (text_[end] == '/' && text_[end + 1] == '*') {
      token.depth = std::max(token.depth, ++open);
      end += 2;
    } else if (text_[end] == '*' && text_[end + 1] == '/') {
      end += 2;
      if (--open == 0) return;
    } else {
      ++end;
    }
  }
}

void Scanner::scan_operator(std::size_t& end) const {
  const std::size_t begin = end;
  bool special = false;  // it may end in + or -
  while (end < text_.size() && is(text_[end], operator_char)) {
    const char c = text_[end];
    if (end > begin && end + 1 < text_.size() &&
        ((c == '-' && text_[end + 1] == '-') || (c == '/' && text_[end + 1] == '*'))) {
      break;
    }
    special = special || std::string_view("~!@#^&|`?%").find(c) != std::string_view::npos;
    ++end;
  }
  if (special || end - begin > longest_operator_run) return;
  while (end - begin > 1 && (text_[end - 1] == '+' || text_[end - 1] == '-')) --end;
}

bool Scanner::next(Token& token) {
  while (at_ < text_.size() && is(text_[at_], space)) ++at_;
  if (at_ >= text_.size()) return false;
  token = Token{};
  token.begin = static_cast<std::uint32_t>(at_);
  std::size_t end = at_;
  const char c = text_[at_];
  const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  const char third = at_ + 2 < text_.size() ? text_[at_ + 2] : '\0';
  const char folded = lower(c);
  if (is(c, word_start)) {
    if (second == '\'' && (folded == 'e' || folded == 'b' || folded == 'x')) {
      token.kind = TokenKind::string;
      end += 2;
      scan_quoted(token, end, '\'', folded == 'e' ? Quoting::escapes : Quoting::digits);
    } else if (folded == 'u' && second == '&' && (third == '\'' || third == '"')) {
      token.kind = third == '"' ? TokenKind::quoted_word : TokenKind::string;
      end += 3;
      scan_quoted(token, end, third, Quoting::plain);
    } else {
      token.kind = TokenKind::word;
      scan_word(end);
    }
  } else if (c == '\'' || c == '"') {
    token.kind = c == '"' ? TokenKind::quoted_word : TokenKind::string;
    ++end;
    scan_quoted(token, end, c, Quoting::plain);
  } else if (is(c, digit) || (c == '.' && is(second, digit))) {
    token.kind = TokenKind::number;
    scan_number(end);
  } else if (c == '-' && second == '-') {
    token.kind = TokenKind::line_comment;
    end = line_end_after(text_, end);
  } else if (c == '/' && second == '*') {
    token.kind = TokenKind::block_comment;
    scan_block_comment(token, end);
  } else if (c == '$' && is(second, digit)) {
    token.kind = TokenKind::parameter;
    ++end;
    while (end < text_.size() && is(text_[end], digit)) ++end;
  } else if (c == '$' && scan_dollar(token, end)) {
    // scan_dollar has said all
  } else if (is(c, operator_char)) {
    scan_operator(end);
  } else {
    const bool pair = (c == ':' && (second == ':' || second == '=')) || (c == '.' && second == '.');
    end += pair ? 2 : 1;
  }
  token.end = static_cast<std::uint32_t>(end);
  at_ = end;
  return true;
}

bool Scanner::next_word(Token& token) {
  while (next(token)) {
    if (!token.comment()) return true;
  }
  return false;
}

TokenList::TokenList(std::string_view text, Span range)
    : text_(text), scanner_(text.substr(0, range.end), range.begin) {
  constexpr std::size_t most_heads = 24;
  tokens_.reserve(most_heads);
}

bool TokenList::read_to(std::size_t i) const {
  Token token;
  while (!whole_ && i >= tokens_.size()) {
    if (scanner_.next_word(token))
      tokens_.push_back(token);
    else
      whole_ = true;
  }
  return i < tokens_.size();
}

std::size_t TokenList::size() const {
  read_to(std::numeric_limits<std::size_t>::max());
  return tokens_.size();
}

std::string_view TokenList::text(std::size_t i) const {
  return has(i) ? text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin)
                : std::string_view();
}

bool TokenList::word(std::size_t i, std::string_view lower_word) const {
  return has(i) && tokens_[i].kind == TokenKind::word &&
         tokens_[i].end - tokens_[i].begin == lower_word.size() && same_word(text(i), lower_word);
}

char TokenList::symbol(std::size_t i) const {
  if (!has(i)) return '\0';
  const Token& token = tokens_[i];
  const bool one = token.kind == TokenKind::symbol && token.end - token.begin == 1;
  return one ? text_[token.begin] : '\0';
}

bool TokenList::name(std::size_t i) const {
  return has(i) &&
         (tokens_[i].kind == TokenKind::word || tokens_[i].kind == TokenKind::quoted_word);
}

}  // namespace migguard::sql
