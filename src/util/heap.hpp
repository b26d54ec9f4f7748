// What the C library's allocator is told before a run.
#pragma once

namespace migguard {

// Has the heap grow once, by addresses, and take its memory from the system in pages of 2 MB from
// the second megabyte on: to be given a hundred megabytes 4 KB at a time costs as much as to parse
// what fills them. Nothing changes where the C library is not glibc on Linux, where a limit forbids
// it, and for a run that needs less. To be called once, before threads are started.
void prepare_heap();

}  // namespace migguard
