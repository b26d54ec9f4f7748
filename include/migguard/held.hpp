// The lock that an operation holds until its transaction ends, as far as the operation alone tells.
#pragma once

#include <cstdint>
#include <migguard/op.hpp>

namespace migguard {

// Which statements of running code wait for a lock.
enum class Grip : std::uint8_t { none, writes, all };

// The table that an operation locks until the end of its transaction, as far as the operation alone
// tells. Measured on PostgreSQL 15, 17 and 18.
struct Held {
  Name table;
  Grip grip = Grip::none;
};
Held held_by(const Op& op);

}  // namespace migguard
