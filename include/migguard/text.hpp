// Small text helpers that rules and rooms share: spans, concatenation, names as PostgreSQL prints
// them.
#pragma once

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
inline void append(std::string& out, std::string_view piece) { out += piece; }
inline void append(std::string& out, char piece) { out += piece; }
template <class Number>
requires(std::is_integral_v<Number> && !std::is_same_v<Number, char> &&
         !std::is_same_v<Number, bool>) void append(std::string& out, Number piece) {
  out += std::to_string(piece);
}
}  // namespace detail

// The pieces (text, characters, integers) one after another. gcc 12 has no std::format.
template <class... Pieces>
std::string cat(const Pieces&... pieces) {
  std::string out;
  (detail::append(out, pieces), ...);
  return out;
}

// An identifier as it must be written in SQL: quoted only where PostgreSQL needs quotes
// (quote_identifier in src/backend/utils/adt/ruleutils.c).
std::string quote_identifier(std::string_view identifier);

// Whether the whole text matches a regular expression in RE2's syntax, which takes linear time.
// A pattern that is none matches nothing.
bool matches(std::string_view text, std::string_view pattern);

}  // namespace migguard
