// The notation of places inside a document: `items[0].price`, `["a.b"].price`, `items[*].price`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migguard::json {

// Quoted where it is empty, is `*`, `**` or `?`, or holds `.`, `[`, `]` or `"`.
void append_member(std::string& path, std::string_view name);
void append_index(std::string& path, std::int64_t index);
void append_any(std::string& path);  // any element of an array

}  // namespace migguard::json
