// What must happen to a file before PostgreSQL's parser may see it, and what psql would have taken
// out of it. Everything is replaced by the same number of bytes, so that places stay what they are.
#pragma once

#include <sql/reading.hpp>

namespace migguard::sql {

// Byte order mark, UTF-16, binary files, NUL bytes, invalid UTF-8 and merge conflict markers.
// Returns the range that is left to read, empty where that is nothing. Costs a few passes at
// memchr's speed.
Span prepare_encoding(Reading& reading);

// Takes out what would cost PostgreSQL's scanner quadratic time: comments nested deeper than
// deepest_comment, and runs of operator characters longer than longest_operator_run, with their
// statement.
void prepare_limits(Reading& reading, Span range);
inline constexpr std::uint32_t deepest_comment = 200;

// Takes out what psql reads and the server never sees: its commands (\connect), the data of COPY
// ... FROM STDIN. Returns whether there was any.
bool prepare_psql(Reading& reading, Span range);

// Drizzle's `--> statement-breakpoint` ends a statement wherever it stands, for Drizzle splits the
// raw text.
struct Breakpoints {
  std::vector<std::uint32_t> all;
  bool text_follows = false;  // on the line of one of them: SQL to Drizzle, a comment to the parser
};
inline constexpr std::string_view breakpoint_marker = "--> statement-breakpoint";
Breakpoints find_breakpoints(std::string_view text, Span range);
// Puts a semicolon in the place of every marker that stands outside of literals, and records the
// others in the script. Returns whether the text changed.
bool prepare_breakpoints(Reading& reading, Span range, const Breakpoints& breakpoints);

// psql's variables and templates' placeholders as names of the same length, for a statement that
// the parser refused. Returns whether there was any; `placeholder` is the first template
// placeholder.
bool replace_variables(std::string& statement, Span& placeholder);

}  // namespace migguard::sql
