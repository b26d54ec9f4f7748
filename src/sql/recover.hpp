// Statement by statement, where the parser refuses the whole.
#pragma once

#include <optional>
#include <sql/reading.hpp>

namespace migguard::sql {

// Reads the statements of a range one by one, up to the first that begins at or after `stop`. Those
// that cannot be read become problems, the others are lowered. `refused_at`: where the parser
// stopped when it was given all of it. Returns where reading stopped. Linear in time.
std::size_t recover(Reading& reading, Span range, std::size_t stop,
                    std::optional<std::size_t> refused_at);

}  // namespace migguard::sql
