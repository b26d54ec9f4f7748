// Patterns of the configuration's allow and deny lists: `/Spend$/`, in RE2's syntax, so that no
// pattern and no key can make matching slow.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migguard::jsonb {

// Whether an entry is a pattern: it stands between slashes.
bool is_pattern(std::string_view entry);

// Why a pattern cannot be read, or nothing where it can.
std::optional<std::string> pattern_error(std::string_view entry);

// Whether the pattern is found anywhere in the text. A broken pattern is found nowhere.
bool pattern_found(std::string_view entry, std::string_view text);

}  // namespace migguard::jsonb
