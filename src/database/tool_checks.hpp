// What keeps a tool from running anything at all, before a server is asked.
#pragma once

#include <lint/verification.hpp>
#include <migguard/project.hpp>
#include <optional>

namespace migguard::database {

// Why the tool would stop before its first statement; none where it would not. The checks of
// `migguard lint` say more.
std::optional<lint::VerifyFinding> stops_the_tool(const History& history);

}  // namespace migguard::database
