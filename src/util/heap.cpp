// glibc's heap in large pages.
#include <util/heap.hpp>

#include <cstdlib>  // for __GLIBC__
#if defined(__linux__) && defined(__GLIBC__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#endif

namespace migguard {

#if defined(__linux__) && defined(__GLIBC__) && defined(MADV_HUGEPAGE)

void prepare_heap() {
  constexpr std::uintptr_t large_page = std::uintptr_t{2} << 20;
  // A run that fits into so much is over before a large page has been cleared.
  constexpr std::uintptr_t small_run = std::uintptr_t{1} << 20;
  constexpr int room = 1 << 30;

  // What has once been taken stays, and large blocks come from the heap, too, rather than each from
  // a mapping of its own.
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(std::size_t{32} << 20));

  // More than a new heap holds, so that it grows now; the memory follows where it is touched.
  const auto before = reinterpret_cast<std::uintptr_t>(sbrk(0));
  mallopt(M_TOP_PAD, room);
  void* volatile larger_than_any = std::malloc(std::size_t{512} << 10);
  std::free(larger_than_any);
  mallopt(M_TOP_PAD, static_cast<int>(std::size_t{1} << 20));
  const auto after = reinterpret_cast<std::uintptr_t>(sbrk(0));

  const std::uintptr_t begin = (before + small_run + large_page - 1) / large_page * large_page;
  // A wish, not a need: where it is refused, pages stay small.
  if (begin < after) madvise(reinterpret_cast<void*>(begin), after - begin, MADV_HUGEPAGE);
}

#else

void prepare_heap() {}

#endif

}  // namespace migguard
