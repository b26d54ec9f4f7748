// One file while it is being read: what preparation, parsing and recovery share.
#pragma once

#include <migguard/project.hpp>
#include <sql/lower.hpp>
#include <sql/script.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::sql {

class RawParse;

// The lines after COPY ... FROM STDIN, up to the line `\.`.
struct CopyData {
  std::uint32_t semicolon = 0;  // of the COPY statement
  Span lines;
};

struct Reading {
  const SourceFile& source;
  const ParseOptions& options;
  Script& script;
  std::vector<Op>& ops;                         // of the statement at hand; lent, for its memory
  std::pmr::monotonic_buffer_resource& memory;  // for all that the statements refer to
  // The source with what is no SQL blanked out, byte for byte in the same place; empty while
  // nothing had to be.
  std::string copy = {};
  std::vector<Statement> statements = {};
  std::vector<CopyData> copy_data = {};
  // Where reading started anew after a quote that never ends.
  std::vector<std::uint32_t> restarts = {};
  std::size_t broken_statements = 0;

  const std::string& text() const { return copy.empty() ? source.text : copy; }
  std::string_view text(Span range) const {
    return std::string_view(text()).substr(range.begin, range.end - range.begin);
  }
  // The copy, made at the first call.
  std::string& editable() {
    if (copy.empty()) copy = source.text;
    return copy;
  }
  void blank(Span range) {
    if (range.begin < range.end)
      editable().replace(range.begin, range.end - range.begin, range.end - range.begin, ' ');
  }
  // Lowers every statement of a tree whose text begins at `base` of the source and is `size` bytes
  // long.
  void accept(const RawParse& tree, std::uint32_t base, std::size_t size);
  // The data that follows a COPY statement, empty where there is none.
  Span data_of(Span statement) const;
};

// Whether a text says anything that a JSON key can be part of.
bool may_hold_json_keys(std::string_view text);

// Lowers a statement, its JSON keys included where its text speaks of JSON at all.
void lower_statement(const RawStmt& statement, Lowering& out);

}  // namespace migguard::sql
