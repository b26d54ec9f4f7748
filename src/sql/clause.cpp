// Clauses by their tokens: every function is one pass over its range.
#include <sql/clause.hpp>
//
#include <array>
#include <cstdint>
#include <optional>
#include <sql/scan.hpp>
#include <utility>

namespace migguard::sql {
namespace {

// The tokens of a range, comments left out, and how deep in brackets each stands. Ends at a
// semicolon and at a bracket that the range does not open.
class ClauseTokens {
 public:
  ClauseTokens(std::string_view text, Span range)
      : text_(text.substr(0, range.end)), scanner_(text_, range.begin) {}

  bool next() {
    // A bracket counts as inside itself, on both ends.
    if (closing_) --depth_;
    closing_ = false;
    if (!scanner_.next_word(token_)) return false;
    if (token_.kind != TokenKind::symbol || token_.end - token_.begin != 1) return true;
    switch (text_[token_.begin]) {
      case '(':
      case '[':
        ++depth_;
        break;
      case ')':
      case ']':
        if (depth_ == 0) return false;
        closing_ = true;
        break;
      case ';':
        return depth_ != 0;
      default:
        break;
    }
    return true;
  }

  const Token& token() const { return token_; }
  unsigned depth() const { return depth_; }
  bool outside() const { return depth_ == 0; }
  bool opens() const { return depth_ == 1 && is('('); }
  bool closes() const { return depth_ == 1 && is(')'); }
  bool is(char symbol) const {
    return token_.kind == TokenKind::symbol && text_[token_.begin] == symbol;
  }
  bool is_word(std::string_view word) const {
    return outside() && token_.kind == TokenKind::word &&
           same_word(slice(text_, token_.span()), word);
  }

 private:
  std::string_view text_;
  Scanner scanner_;
  Token token_;
  unsigned depth_ = 0;
  bool closing_ = false;
};

}  // namespace

Span trimmed(std::string_view text, Span range) {
  ClauseTokens tokens(text, range);
  if (!tokens.next()) return {range.begin, range.begin};
  Span result = tokens.token().span();
  while (tokens.next()) result.end = tokens.token().end;
  return result;
}

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

Span trim_space(std::string_view text, Span range) {
  while (range.begin < range.end && is_space(text[range.begin])) ++range.begin;
  while (range.begin < range.end && is_space(text[range.end - 1])) --range.end;
  return range;
}

}  // namespace

bool may_hold_comment(std::string_view text) {
  return text.find("--") != std::string_view::npos || text.find("/*") != std::string_view::npos;
}

Span without_space(std::string_view text, Span range, bool commented) {
  return commented && may_hold_comment(slice(text, range)) ? trimmed(text, range)
                                                           : trim_space(text, range);
}

namespace {

// The pieces between commas, where `inside` tells that a token is at the list's own level.
template <class Inside, class Ends>
std::vector<Span> pieces(ClauseTokens& tokens, Inside inside, Ends ends) {
  std::vector<Span> result;
  bool begun = false;
  Span piece;
  while (tokens.next() && !ends()) {
    if (inside() && tokens.is(',')) {
      result.push_back(begun ? piece : Span{tokens.token().begin, tokens.token().begin});
      begun = false;
      continue;
    }
    if (!begun) piece.begin = tokens.token().begin;
    piece.end = tokens.token().end;
    begun = true;
  }
  if (begun) result.push_back(piece);
  return result;
}

// What a byte can mean to a list whose tokens need no scanner.
enum class Mark : std::uint8_t { text, space, quote, open, close, comma, other };

constexpr std::array<Mark, 256> marks = [] {
  std::array<Mark, 256> table{};
  for (const unsigned char c : std::string_view(" \t\n\r\f\v")) table[c] = Mark::space;
  for (const unsigned char c : std::string_view("\"'")) table[c] = Mark::quote;
  for (const unsigned char c : std::string_view("([")) table[c] = Mark::open;
  for (const unsigned char c : std::string_view(")]")) table[c] = Mark::close;
  // The beginnings of comments, dollar quotes and the end of a statement.
  for (const unsigned char c : std::string_view("-/$;")) table[c] = Mark::other;
  table[','] = Mark::comma;
  return table;
}();

// Moves to the last byte of the quoted text, or of the operator, that begins at `at`. False where
// it takes a scanner to tell where that is.
bool skip_plain(std::string_view text, std::uint32_t end, std::uint32_t& at) {
  if (marks[static_cast<unsigned char>(text[at])] == Mark::other) {
    const char next = at + 1 < end ? text[at + 1] : ' ';
    return (text[at] == '-' && next != '-') || (text[at] == '/' && next != '*');
  }
  const char before = at > 0 ? text[at - 1] : ' ';
  if ((before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z')) return false;
  const std::size_t close = text.find(text[at], at + 1);
  if (close >= end) return false;
  at = static_cast<std::uint32_t>(close);
  return true;
}

// split_brackets, byte by byte: nearly every CREATE TABLE has neither comments nor strings with a
// prefix. None where it takes a scanner to tell.
std::optional<std::vector<Span>> split_plain_brackets(std::string_view text, Span range) {
  std::vector<Span> result;
  result.reserve(16);
  unsigned depth = 0;
  Span piece{range.begin, range.begin};  // empty: not begun
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    const std::uint32_t begin = at;
    switch (marks[static_cast<unsigned char>(text[at])]) {
      case Mark::space:
        continue;
      case Mark::text:
        while (at + 1 < range.end && marks[static_cast<unsigned char>(text[at + 1])] == Mark::text)
          ++at;
        break;
      case Mark::quote:
      case Mark::other:
        if (!skip_plain(text, range.end, at)) return {};
        break;
      case Mark::open:
        if (++depth > 1) break;
        if (text[at] != '(') return {};
        continue;
      case Mark::close:
        if (depth == 0) return {};
        if (--depth > 0) break;
        if (text[at] != ')') return {};
        if (piece.begin < piece.end) result.push_back(piece);
        return result;
      case Mark::comma:
        if (depth != 1) break;
        result.push_back(piece.begin < piece.end ? piece : Span{begin, begin});
        piece = {};
        continue;
    }
    if (depth == 0) continue;
    if (piece.begin >= piece.end) piece.begin = begin;
    piece.end = at + 1;
  }
  return {};
}

// Where the bracket closes inside which the range begins; none where it takes a scanner to tell.
std::optional<std::uint32_t> plain_closing(std::string_view text, Span range) {
  unsigned depth = 0;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    switch (marks[static_cast<unsigned char>(text[at])]) {
      case Mark::open:
        ++depth;
        break;
      case Mark::close:
        if (depth-- == 0) return at;
        break;
      case Mark::quote:
      case Mark::other:
        if (!skip_plain(text, range.end, at)) return {};
        break;
      case Mark::text:
      case Mark::space:
      case Mark::comma:
        break;
    }
  }
  return {};
}

}  // namespace

bool find_ends(std::string_view text, std::vector<Span>& pieces,
               std::optional<std::uint32_t> closing) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Span& piece = pieces[i];
    if (i + 1 < pieces.size()) {
      piece.end = pieces[i + 1].begin;
      if (piece.end <= piece.begin || piece.end > text.size()) return false;
      while (is_space(text[piece.end - 1])) --piece.end;
      if (text[--piece.end] != ',') return false;
    } else {
      const auto size = static_cast<std::uint32_t>(text.size());
      if (!closing) closing = plain_closing(text, {piece.begin, size});
      if (!closing) return false;
      piece.end = *closing;
    }
    while (piece.end > piece.begin && is_space(text[piece.end - 1])) --piece.end;
  }
  return true;
}

std::optional<Span> plain_piece(std::string_view text, Span range, std::size_t wanted) {
  unsigned depth = 0;
  Span piece = range;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    switch (marks[static_cast<unsigned char>(text[at])]) {
      case Mark::text:
      case Mark::space:
        break;
      case Mark::open:
        ++depth;
        break;
      case Mark::close:
        if (depth-- == 0) return {};
        break;
      case Mark::quote:
      case Mark::other:
        if (!skip_plain(text, range.end, at)) return {};
        break;
      case Mark::comma:
        if (depth > 0) break;
        // What is left is not looked at.
        if (wanted == 0) return trim_space(text, {piece.begin, at});
        --wanted;
        piece.begin = at + 1;
        break;
    }
  }
  return trim_space(text, wanted == 0 ? piece : range);
}

std::vector<Span> split_list(std::string_view text, Span range) {
  ClauseTokens tokens(text, range);
  return pieces(
      tokens, [&] { return tokens.outside(); }, [] { return false; });
}

std::vector<Span> split_brackets(std::string_view text, Span range) {
  if (auto plain = split_plain_brackets(text, range)) return std::move(*plain);
  ClauseTokens tokens(text, range);
  while (tokens.next()) {
    if (tokens.opens()) {
      return pieces(
          tokens, [&] { return tokens.depth() == 1; }, [&] { return tokens.closes(); });
    }
  }
  return {};
}

Span after_word(std::string_view text, Span range, std::string_view word) {
  ClauseTokens tokens(text, range);
  while (tokens.next()) {
    if (tokens.is_word(word)) return {tokens.token().end, range.end};
  }
  return {range.end, range.end};
}

Span before_word(std::string_view text, Span range, std::string_view word) {
  ClauseTokens tokens(text, range);
  while (tokens.next()) {
    if (tokens.is_word(word)) return {range.begin, tokens.token().begin};
  }
  return range;
}

Span inside_brackets(std::string_view text, Span range) {
  ClauseTokens tokens(text, range);
  Span inside{range.end, range.end};
  while (tokens.next()) {
    if (tokens.opens()) {
      inside.begin = tokens.token().end;
    } else if (tokens.closes() && inside.begin != range.end) {
      inside.end = tokens.token().begin;
      return inside;
    }
  }
  return inside;
}

bool has_words(std::string_view text, Span range, std::string_view first, std::string_view second) {
  ClauseTokens tokens(text, range);
  bool after_first = false;
  while (tokens.next()) {
    if (after_first && tokens.is_word(second)) return true;
    after_first = tokens.is_word(first);
  }
  return false;
}

}  // namespace migguard::sql
