// Paths into JSON documents: the one notation of findings, and the ways SQL spells a path.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <util/member_path.hpp>
#include <vector>

namespace migguard::sql {

using json::append_any;
using json::append_index;
using json::append_member;
// Appends a step of a text[] path: an integer is an index.
void append_step(std::string& path, std::string_view step);

// The items of an array literal: `{a,"b c",0}`. None where it is not one, or has arrays inside.
std::optional<std::vector<std::string>> parse_array_literal(std::string_view text);

// A member that a jsonpath reads.
struct JsonPathMember {
  std::string path;       // below `base`
  bool compared = false;  // with < or >: taken for a number
};
// Every member that a jsonpath expression reads, in order, below `base`. What it cannot read, it
// skips.
std::vector<JsonPathMember> parse_jsonpath(std::string_view text, std::string_view base);

// The last member name of a path; empty where it has none (`[0]`, `**`).
std::string last_member(std::string_view path);

}  // namespace migguard::sql
