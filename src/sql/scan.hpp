// The words of SQL text, without its grammar: what psql's lexer knows. It reads what the parser
// refuses (open quotes, psql's commands, half a statement), needs no copy of the text and no memory
// of its own.
//
// The rules are those of src/backend/parser/scan.l.
#pragma once

#include <cstddef>
#include <cstdint>
#include <migguard/text.hpp>
#include <string_view>
#include <vector>

namespace migguard::sql {

enum class TokenKind : std::uint8_t {
  word,           // keyword or unquoted identifier
  quoted_word,    // "identifier", U&"identifier"
  string,         // 'text' with its prefix (E, B, X, U&) and what continues it on later lines
  dollar_string,  // $tag$text$tag$
  number,
  parameter,  // $1
  symbol,     // an operator, or a single character
  line_comment,
  block_comment,
};

struct Token {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::symbol;
  bool closed =
      true;  // false: a quote or comment that never ends; then it reaches to the end of the text
  std::uint32_t depth = 0;  // of block comments inside each other
  Span span() const { return {begin, end}; }
  bool comment() const { return kind >= TokenKind::line_comment; }
};

// An unbroken run of operator characters longer than this is one token. PostgreSQL's scanner needs
// quadratic time for such runs, and no operator is longer than 63 bytes (NAMEDATALEN).
inline constexpr std::size_t longest_operator_run = 256;

// Reads tokens one after another. Linear in time for any input.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}
  // The next token, comments included. False at the end of the text.
  bool next(Token& token);
  // The next token that is no comment.
  bool next_word(Token& token);
  // Goes on from another place.
  void seek(std::size_t at) { at_ = at; }

 private:
  void scan_word(std::size_t& end) const;
  void scan_number(std::size_t& end) const;
  // plain: a doubled quote is one; escapes: so is one after a backslash; digits: no quote can be
  // inside.
  enum class Quoting { plain, escapes, digits };
  void scan_quoted(Token& token, std::size_t& end, char quote, Quoting quoting) const;
  bool scan_dollar(Token& token, std::size_t& end) const;
  void scan_block_comment(Token& token, std::size_t& end) const;
  void scan_operator(std::size_t& end) const;

  std::string_view text_;
  std::size_t at_;
};

// The tokens of a piece of text, comments left out, with positions in the whole text. It reads no
// further than it is asked: the head of a statement is found without its body.
class TokenList {
 public:
  TokenList(std::string_view text, Span range);
  // Whether there are more than i.
  bool has(std::size_t i) const { return i < tokens_.size() || read_to(i); }
  // Reads them all.
  std::size_t size() const;
  // Token i, which there must be.
  Token operator[](std::size_t i) const {
    has(i);
    return tokens_[i];
  }
  std::string_view text(std::size_t i) const;
  // Whether token i is the unquoted word `lower`, in any case. False past the end.
  bool word(std::size_t i, std::string_view lower) const;
  // The character that token i is, where it is a symbol of one; NUL else and past the end.
  char symbol(std::size_t i) const;
  bool symbol(std::size_t i, char character) const { return symbol(i) == character; }
  // Whether token i is a name: a word or a quoted one.
  bool name(std::size_t i) const;

 private:
  bool read_to(std::size_t i) const;

  std::string_view text_;
  mutable Scanner scanner_;
  mutable std::vector<Token> tokens_;
  mutable bool whole_ = false;
};

// Whether a character can go on an unquoted word.
bool is_word_character(char c);
// Whether a word equals another that is in lower case.
bool same_word(std::string_view word, std::string_view lower);

}  // namespace migguard::sql
