// What the C library's allocator is told beforehand.
#pragma once

#include <cstddef>

namespace migguard {

// Says that about so many bytes will be allocated, most of them to stay until the end of the run.
// With glibc on Linux they then come in pages of 2 MB: to be given a hundred megabytes 4 KB at a
// time costs as much as to parse what fills them. Elsewhere, and without large pages, nothing
// changes. To be called before threads are started.
void expect_memory(std::size_t bytes);

}  // namespace migguard
