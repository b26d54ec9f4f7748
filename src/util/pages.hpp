// Memory for what lives as long as the run, taken from the system in large pieces.
#pragma once

#include <memory_resource>

namespace migguard {

// What to give a monotonic buffer as its source. Where the system can (Linux), pieces of several
// megabytes are asked for in large pages: a long history touches a hundred megabytes, and to be
// given them 4 KB at a time costs as much as to parse it.
std::pmr::memory_resource* large_pages();

}  // namespace migguard
