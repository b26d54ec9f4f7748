// Lowering: PostgreSQL's parse tree to operations. The tree does not leave this room.
#pragma once

#include <memory>
#include <memory_resource>
#include <migguard/op.hpp>
#include <optional>
#include <string_view>
#include <vector>

struct RawStmt;

namespace migguard::sql {

// What lowering reads from and writes to. Everything that operations refer to is copied into the
// arena or is a view into `text`; nothing refers to the parse tree afterwards.
struct Lowering {
  std::string_view text;   // the text that was parsed
  std::uint32_t base = 0;  // offset of text[0] in the source file
  Span statement;          // in the source file
  Within within = Within::statement;
  bool exact_positions =
      true;  // false inside a body whose escapes were decoded: every span is `statement`
  bool json_keys = true;  // false: the statement says nothing that a JSON key can be part of
  std::pmr::monotonic_buffer_resource& arena;
  std::vector<Op>& ops;
  unsigned depth = 0;  // of DO blocks and constant EXECUTE strings inside each other
};

// Appends the operations of one statement.
void lower(const RawStmt& statement, Lowering& out);

// Appends the operations of a PL/pgSQL body that is executed at once (a DO block): every SQL
// statement in it that can be told apart, constant EXECUTE strings included; Opaque for dynamic SQL
// that cannot be known. `body` is the decoded text; `body_offset` its place in the source file
// where it is verbatim there, else none.
void lower_body(std::string_view body, std::optional<std::uint32_t> body_offset, Lowering& out);

// Appends a JsonKey for every JSON key that the statement writes, reads or depends on
// (json_keys.cpp).
void lower_json_keys(const RawStmt& statement, Lowering& out);

// A copy of the text in the arena.
Text keep(Lowering& out, std::string_view text);
// A copy of the items in the arena.
template <class T>
List<T> keep(Lowering& out, const std::vector<T>& items) {
  if (items.empty()) return {};
  T* copy = static_cast<T*>(out.arena.allocate(items.size() * sizeof(T), alignof(T)));
  std::uninitialized_copy(items.begin(), items.end(), copy);
  return {copy, items.size()};
}
// What few things of its kind have, in the arena; an empty list takes nothing there.
template <class T>
Rarely<T> rarely(Lowering& out, const T& value) {
  if constexpr (requires { value.empty(); }) {
    if (value.empty()) return {};
  }
  T* const place = static_cast<T*>(out.arena.allocate(sizeof(T), alignof(T)));
  return Rarely<T>(std::construct_at(place, value));
}

}  // namespace migguard::sql
