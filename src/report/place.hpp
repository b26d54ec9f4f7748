// Where something is, as people and programs are told: a path, a first character, and the one after
// the last.
#pragma once

#include <migguard/source.hpp>

#include <string>
#include <string_view>

namespace migguard::report {

struct Place {
  std::string_view path;
  Position begin;
  Position end;             // the column after the last character, on the last character's line
  bool whole_file = false;  // an empty span at 0: both positions are 1:1
};

// The place of a span; spans beyond the end of the text are clamped.
Place place_of(const SourceFile* source, Span span);

// `path:line:column`, safe for a terminal; `path` alone for a whole file.
std::string to_string(const Place& place);
// The same behind what is there.
void append_place(std::string& out, const Place& place);

}  // namespace migguard::report
