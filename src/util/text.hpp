// Small text tools: matching names, guessing what a misspelt one meant, bytes and code points.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// Whether a path matches a glob: `*` and `?` within a name, `**` across directories, `[a-z]` sets,
// `{a,b}`. The whole path must match. A backslash takes the next character as it is. See
// util/glob.hpp, which compiles a glob once for many paths.
bool glob_match(std::string_view pattern, std::string_view path);

// The candidate a misspelt word most likely means (Damerau-Levenshtein, at most a third of its
// length), or none. Case is ignored; among equals the first.
std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> candidates);

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool contains_ignoring_case(std::string_view text, std::string_view piece);
std::string to_lower(std::string_view text);  // ASCII only
std::string_view trim(std::string_view text);
// One piece more than there are separators: a single empty one of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

// The offset of the first byte that is not valid UTF-8, or npos.
std::size_t invalid_utf8(std::string_view text);

// Whether a code point is invisible and changes how the text around it reads: bidirectional
// controls, line and paragraph separators, zero-width spaces, tags. U+200C and U+200D do not count:
// Persian and emoji need them.
bool deceives(char32_t value);

// Text from a linted project made safe for a terminal: control characters, escapes and
// bidirectional overrides as visible escapes (`\x1b`, `\u202e`), invalid UTF-8 as U+FFFD.
// `newlines` keeps line ends. A tab becomes one space, so that widths add up.
std::string printable(std::string_view text, bool newlines = false);
// The same without a copy where nothing has to be changed; `room` holds what had to.
std::string_view printable(std::string_view text, std::string& room, bool newlines = false);
// How many bytes at its beginning are printable ASCII: `printable` leaves them alone, and each
// takes one column.
std::size_t plain_prefix(std::string_view text);
inline bool is_plain(std::string_view text) { return plain_prefix(text) == text.size(); }
// Columns a text takes in a terminal (East Asian wide characters count two, combining marks none, a
// tab one).
std::size_t display_width(std::string_view text);

}  // namespace migguard
