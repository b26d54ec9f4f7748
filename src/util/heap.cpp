#include <util/heap.hpp>

#if defined(__linux__) && defined(__GLIBC__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>
#endif

namespace migguard {

#if defined(__linux__) && defined(__GLIBC__) && defined(MADV_HUGEPAGE)

void expect_memory(std::size_t bytes) {
  constexpr std::size_t large_page = std::size_t{2} << 20;
  // The most that an int, which mallopt takes, has room for; the rest comes in small pages.
  const std::size_t reserve = std::min(bytes, std::size_t{1} << 30);
  // A limit may forbid it.
  if (sbrk(static_cast<std::intptr_t>(reserve)) == reinterpret_cast<void*>(-1)) return;
  sbrk(-static_cast<std::intptr_t>(reserve));
  // The heap grows by so much at once: addresses only, memory follows where it is touched. It
  // stays, and large blocks come from it, too, rather than each from a mapping of its own.
  mallopt(M_TOP_PAD, static_cast<int>(reserve));
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(std::size_t{32} << 20));

  // Makes it grow now: what is left of the heap is less than a megabyte.
  const char* const before = static_cast<const char*>(sbrk(0));
  std::vector<void*> pieces;
  while (pieces.size() < 16 && sbrk(0) == before) pieces.push_back(std::malloc(64 * 1024));
  for (void* piece : pieces) std::free(piece);
  mallopt(M_TOP_PAD, static_cast<int>(std::size_t{1} << 20));

  const std::uintptr_t begin =
      (reinterpret_cast<std::uintptr_t>(before) + large_page - 1) / large_page * large_page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  // A wish, not a need: where it is refused, pages stay small.
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

#else

void expect_memory(std::size_t) {}

#endif

}  // namespace migguard
