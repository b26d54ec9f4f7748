// What keeps a tool's JSON file from being read, with the place a reader should look at.
#pragma once

#include <migguard/project.hpp>
#include <string_view>
#include <util/json.hpp>

namespace migguard::project {

// The byte at an offset, clamped to the text.
Span span_at(std::string_view text, std::size_t offset);

// Why a text is no JSON: a merge conflict's first line and a byte order mark are named as such.
Defect json_defect(std::string_view text, const json::Failure& failure);

}  // namespace migguard::project
