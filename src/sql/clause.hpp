// Where the clauses of a statement stand in its text. The parse tree knows where most things begin
// and where hardly anything ends; tokens and brackets tell the rest. All ranges are offsets into
// one text that has been parsed.
#pragma once

#include <cstddef>
#include <migguard/text.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace migguard::sql {

// The range without white space and comments at either end; empty at its begin where it holds no
// token. It ends early at a bracket that it does not open, and at a semicolon.
Span trimmed(std::string_view text, Span range);

// Whether anything looks like the beginning of a comment.
bool may_hold_comment(std::string_view text);

// The same as `trimmed` for a range that ends where it should, as a clause does: then only its ends
// are looked at, unless a comment may stand there. `commented`: whether one may stand in the
// statement at all.
Span without_space(std::string_view text, Span range, bool commented);

// The pieces of the range between commas outside brackets, trimmed. Ends as `trimmed` does.
std::vector<Span> split_list(std::string_view text, Span range);
// The same of what stands between the first bracket in the range and the one that closes it.
std::vector<Span> split_brackets(std::string_view text, Span range);

// The ends of such pieces where the parser has told where each begins, the first behind the bracket
// and the last before the end of the text. False where that takes more than a look at the bytes:
// strings with a prefix; and nobody may ask where there are comments.
// `closing`: the bracket behind the last piece, where that is known.
bool find_ends(std::string_view text, std::vector<Span>& pieces,
               std::optional<std::uint32_t> closing);

// One piece of a list that fills the range, between commas outside brackets, trimmed; the whole
// range where there are fewer. None where that takes more than a look at the bytes.
std::optional<Span> plain_piece(std::string_view text, Span range, std::size_t wanted);

// What follows the first unquoted word `word` (lower case) outside brackets; empty where it does
// not occur. Not trimmed. Exact for reserved words only: others may be names.
Span after_word(std::string_view text, Span range, std::string_view word);

// What stands between the first bracket in the range and the one that closes it, not trimmed; empty
// without one.
Span inside_brackets(std::string_view text, Span range);

// The part of the range before the first word `word` outside brackets; the whole range without one.
Span before_word(std::string_view text, Span range, std::string_view word);

// Where the word `second` follows directly on `first`, outside brackets.
bool has_words(std::string_view text, Span range, std::string_view first, std::string_view second);

inline std::string_view slice(std::string_view text, Span range) {
  return text.substr(range.begin, range.end - range.begin);
}

}  // namespace migguard::sql
