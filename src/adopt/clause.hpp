// Parts of a definition that no operation carries, taken from its text.
#pragma once

#include <migguard/text.hpp>
#include <sql/scan.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace migguard::adopt {

// The place behind the bracket that closes the one at token `open`; the number of tokens where none
// does.
std::size_t behind_bracket(const sql::TokenList& tokens, std::size_t open);
// The text of tokens [from, to).
std::string between(std::string_view text, const sql::TokenList& tokens, std::size_t from,
                    std::size_t to);
// The text of a clause from its first token to the comma or bracket that ends it.
std::string_view clause_text(std::string_view text, Span span);

// ` STORAGE EXTERNAL COMPRESSION lz4` of a column's definition; empty where it says neither.
std::string storage_of(std::string_view column);
// The collation of a column's definition, with its schema; empty where it is not `name`.
std::string collation_of(std::string_view column, std::string_view name);
// ` WITH (fillfactor = 70) USING INDEX TABLESPACE fast` of a primary key or unique constraint,
// which may be followed by other constraints of its column; empty where it says neither.
std::string parameters_of(std::string_view constraint);
// The operator class, respectively the collation, of a column of CREATE INDEX, from 0, as it was
// written: with its schema and its parameters; empty where it is not found.
std::string name_in_index(std::string_view source, Span statement, std::size_t column,
                          std::string_view name);

}  // namespace migguard::adopt
