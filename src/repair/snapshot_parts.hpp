// The parts of a Drizzle snapshot that are read from the text of SQL: elements of indexes, options
// of sequences, clauses of policies and views.
#pragma once

#include <optional>
#include <repair/definitions.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::repair {

struct IndexElement {
  std::string expression;  // a column's name, or an expression as written
  bool is_expression = false;
  bool ascending = true;
  bool nulls_first = false;
  std::string operator_class;
};
// The elements of a CREATE INDEX as drizzle-kit would hold them. `index` has their names as of now.
std::vector<IndexElement> index_elements(const Written<CreateIndex>& written, const Relation& table,
                                         const Index& index);
// As drizzle-kit writes an element into SQL.
std::string element_sql(const IndexElement& element);

// Options of a sequence, as drizzle-kit holds them.
struct SequenceOptions {
  std::string name;  // SEQUENCE NAME of an identity column
  std::string increment = "1";
  std::string minimum, maximum, start;
  std::string cache = "1";
  bool cycle = false;
};
// What `text` says in the range, and for the rest PostgreSQL's defaults for the integer type
// (`int2`, `int4`, `int8`).
SequenceOptions sequence_options(std::string_view text, Span range, std::string_view integer);
// The same of an identity column, whose range is that of its definition.
SequenceOptions identity_options(std::string_view text, Span range, std::string_view integer);

struct PolicyClauses {
  bool permissive = true;
  std::string command = "ALL";
  std::vector<std::string> roles;  // sorted
  std::string using_, with_check;
};
PolicyClauses policy_clauses(const Written<CreatePolicy>& written);

struct ViewClauses {
  bool materialized = false;
  std::string definition;
  std::vector<std::pair<std::string, std::string>> options;  // in drizzle's spelling
  bool no_data = false;
};
ViewClauses view_clauses(const Written<Statement>& written);

// What stands in the brackets behind `word` (`check`, `as`); empty without one.
std::string in_brackets_after(std::string_view text, Span range, std::string_view word);

// PostgreSQL cuts names off at 63 bytes, and drizzle-kit does not: the name as the statement spells
// it.
std::string whole_name(std::string_view name, std::string_view text, Span statement);

// A text of SQL with names that the table or its columns had before as they are now.
std::string with_names_of_now(std::string_view text, const Relation& table);

}  // namespace migguard::repair
