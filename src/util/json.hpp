// JSON whose every key and value knows its place in the text, so that a finding can point at it.
// Comments are allowed where the caller says so (configuration files).
#pragma once

#include <cstddef>
#include <cstdint>
#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <util/result.hpp>
#include <variant>
#include <vector>

namespace migguard::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

struct Member;

struct Value {
  Kind kind = Kind::null;
  Span span;  // from the first byte of the value to after its last, quotes and brackets included
  bool boolean = false;
  std::string text;  // of a string: decoded; of a number: as written
  std::vector<Value> items;
  std::vector<Member> members;  // in the order written, duplicates kept

  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }
  bool is_string() const { return kind == Kind::string; }
  bool is_number() const { return kind == Kind::number; }
  // The member of that name (the last one where it is written twice, as every JSON reader takes
  // it), or null.
  const Member* find(std::string_view key) const;
  const Value* get(std::string_view key) const;
  // The number as an integer, where it is one in range (`1e3` and `1.0` are not written by any
  // tool: none).
  std::optional<std::int64_t> integer() const;
};

struct Member {
  std::string key;
  Span key_span;  // with its quotes
  Value value;
};

struct Failure {
  std::size_t offset = 0;  // where the parser stopped
  std::string message;     // short: `expected a value`, `nested deeper than 200`
};

struct Options {
  bool comments = false;  // // and /* */
  bool trailing_commas = false;
  unsigned max_depth = 200;            // of arrays and objects in each other
  std::size_t max_values = 5'000'000;  // some 100 bytes each
};

// The whole text as one value, which must be valid UTF-8. A byte order mark is an error at offset
// 0, as it is for JSON.parse.
std::variant<Value, Failure> parse(std::string_view text, Options options = {});

}  // namespace migguard::json
