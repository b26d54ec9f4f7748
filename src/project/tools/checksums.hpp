// The checksums that migration tools note of what they apply, and versions as they compare them.
#pragma once

#include <cstdint>
#include <migguard/database.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace migguard::project {

// Lower-case hexadecimals.
std::string sha256_of(std::string_view text);
// Flyway's: CRC-32 over the lines without their ends and without a byte order mark, as a signed
// number (ChecksumCalculator.java).
std::int32_t flyway_checksum(std::string_view text);

// The file of a row's migration against the row's checksum, as its tool computes it.
ChecksumVerdict verdict(Tool tool, const AppliedRow& row);

// Whether a version of Flyway's comes before another: lists of numbers, `1.10` behind `1.9`.
bool flyway_before(std::string_view a, std::string_view b);

// `20240131235959` as seconds since 1970, UTC; none where it is no such date.
std::optional<std::int64_t> utc_seconds(std::string_view digits);

}  // namespace migguard::project
