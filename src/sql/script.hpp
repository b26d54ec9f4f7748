// SQL text to statements and operations: the only room that knows libpg_query.
#pragma once

#include <memory_resource>
#include <migguard/project.hpp>
#include <migguard/source.hpp>
#include <string>
#include <string_view>
#include <util/timings.hpp>
#include <vector>

namespace migguard::sql {

struct ParseOptions {
  // Drizzle splits at `--> statement-breakpoint`: a marker outside literals ends a statement.
  bool drizzle_breakpoints = false;
  // The ranges of the text to read (a tool's up section); empty: all of it.
  std::vector<Span> ranges = {};
  // Where to put what the statements refer to; null: memory of the script's own.
  std::pmr::monotonic_buffer_resource* memory = nullptr;
  Timings* timings = nullptr;  // null: nothing is measured
};

// Parses a file and lowers it to operations. Never fails: what cannot be read is a problem of the
// script, and the statements around it are still there. Safe to call from several threads at once;
// the script refers to `source.text` and to that memory only.
Script parse(const SourceFile& source, const ParseOptions& options);

// The comments of a text in another dialect, where any of them may be a directive; none elsewhere.
std::vector<CommentToken> comments_of(std::string_view text);

// The smallest piece of the source that an operation is about: its clause of ALTER TABLE, its name
// in DROP TABLE.
Span locate(std::string_view text, const Statement& statement, const Op& op);

// The statement's tokens as one text: comments and white space folded, keywords lower case,
// literals kept. The same for reformatted SQL, different for a changed literal. Versioned by its
// first characters.
std::string token_text(std::string_view statement);

// The version of PostgreSQL's grammar and of libpg_query: `PostgreSQL 18.6, libpg_query 18.1.0`.
std::string parser_version();

}  // namespace migguard::sql
