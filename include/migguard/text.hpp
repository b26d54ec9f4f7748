// Small text helpers that rules and rooms share: spans, concatenation, names as PostgreSQL prints
// them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace migguard {

// A half-open range of byte offsets into one source file.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend constexpr bool operator==(Span, Span) = default;
};

// Yes, no, or: the files at hand do not tell.
enum class Known : std::uint8_t { no, yes, unknown };

namespace detail {
// A piece of text as a view, where it is no text by itself with room for its digits.
template <class Number>
requires(std::is_integral_v<Number> && !std::is_same_v<Number, char> &&
         !std::is_same_v<Number, bool>) struct Digits {
  explicit Digits(Number number)
      : size(static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr -
                                      digits)) {}
  operator std::string_view() const { return {digits, size}; }
  char digits[24];
  std::size_t size;
};
inline std::string_view piece(std::string_view text) { return text; }
inline std::string_view piece(const char& character) { return {&character, 1}; }
template <class Number>
requires(std::is_integral_v<Number> && !std::is_same_v<Number, char> &&
         !std::is_same_v<Number, bool>) Digits<Number> piece(Number number) {
  return Digits<Number>(number);
}

template <class... Views>
void append_all(std::string& out, const Views&... views) {
  (out.append(std::string_view(views)), ...);
}
template <class... Views>
std::string joined(const Views&... views) {
  std::string out;
  out.reserve((std::string_view(views).size() + ... + 0));
  append_all(out, views...);
  return out;
}
}  // namespace detail

// The pieces (text, characters, integers) one after another. gcc 12 has no std::format.
template <class... Pieces>
std::string cat(const Pieces&... pieces) {
  return detail::joined(detail::piece(pieces)...);
}
// The same behind what is there.
template <class... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  detail::append_all(out, detail::piece(pieces)...);
}

// An identifier as it must be written in SQL: quoted only where PostgreSQL needs quotes
// (quote_identifier in src/backend/utils/adt/ruleutils.c).
std::string quote_identifier(std::string_view identifier);

// A text as a string constant, whatever standard_conforming_strings is (quote_literal in
// src/backend/utils/adt/quote.c).
std::string quote_literal(std::string_view text);

// Whether the whole text matches a regular expression in RE2's syntax, which takes linear time.
// A pattern that is none matches nothing.
bool matches(std::string_view text, std::string_view pattern);

}  // namespace migguard
