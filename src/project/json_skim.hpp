// The top level of a large JSON object without a tree of the rest: Drizzle's snapshots take
// megabytes, and only a few words of each matter.
#pragma once

#include <migguard/text.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace migguard::project {

struct SkimmedMember {
  Span key;    // with quotes
  Span value;  // from its first byte to after its last
};

// The members of the object that the whole text is; none where the text is not one object of valid
// JSON. Linear in the text, and no deeper than a byte of memory per level.
std::optional<std::vector<SkimmedMember>> skim_object(std::string_view text);

// The string that a span of the text is in JSON; none where it is something else.
std::optional<std::string> string_at(std::string_view text, Span span);

}  // namespace migguard::project
