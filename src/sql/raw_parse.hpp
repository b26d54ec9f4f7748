// A parse tree for as long as it is needed, and what the parser said where there is none.
#pragma once

#include <cstddef>
#include <migguard/text.hpp>
#include <sql/postgres.hpp>
#include <string>
#include <string_view>

namespace migguard::sql {

// Why the parser refused a text.
struct Refusal {
  std::string message;  // as the server words it: `syntax error at or near "TABEL"`
  std::size_t offset =
      0;  // in bytes, where the parser stopped; the text's size where it ran out of input
  bool at_end = false;  // the text is a beginning that may go on
  bool placed = true;   // false: the parser gave no place
};

// Parses in a memory context of its own, which ends with the object. Trees may be alive inside each
// other (the body of a DO block is parsed while the block's own tree is walked), and must end in
// the reverse order.
//
// libpg_query reports errors by longjmp within pg_query_raw_parse and catches them there; nothing
// else is called that could raise one.
class RawParse {
 public:
  // `text` ends with a NUL byte that is not part of it.
  explicit RawParse(std::string_view text);
  ~RawParse();
  RawParse(const RawParse&) = delete;
  RawParse& operator=(const RawParse&) = delete;

  bool good() const { return result_.error == nullptr; }
  std::size_t size() const;
  const RawStmt& operator[](std::size_t i) const;
  // Where a statement lies in the text: from its first token to its last, without the semicolon.
  Span range(std::size_t i) const;
  Refusal refusal() const;

 private:
  std::string_view text_;
  MemoryContext outer_;
  MemoryContext own_;
  PgQueryInternalParsetreeAndError result_;
};

}  // namespace migguard::sql
