#include <util/small_blocks.hpp>

#include <atomic>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace migguard::small_blocks {
namespace {

// A thread takes so much at a time for blocks of one size.
constexpr std::size_t piece = std::size_t{16} << 10;
// So much at the beginning holds blocks of all sizes side by side: a run on one file needs no more,
// and each size by itself would touch twice as many pages.
constexpr std::size_t mixed = std::size_t{128} << 10;
constexpr std::size_t large_page = std::size_t{2} << 20;
// From there on pages are large. To clear a large one takes as long as to be given ninety small
// ones.
constexpr std::size_t small_pages = 2 * mixed;

struct Unused {
  char* at = nullptr;
  char* end = nullptr;

  void* take(std::size_t bytes) {
    if (static_cast<std::size_t>(end - at) < bytes) return nullptr;
    void* const block = at;
    at += bytes;
    return block;
  }
};

constinit thread_local Unused unused_mixed;  // of the first thread alone
constinit thread_local std::array<Unused, largest / step + 1> unused;

std::atomic<std::size_t> taken = mixed;          // bytes from the begin
std::array<std::uint8_t, room / piece> classes;  // of each piece; 0 of those that are mixed

bool reserve() {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  void* const memory = mmap(nullptr, room + large_page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  const auto first = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t large = (first + small_pages + large_page - 1) / large_page * large_page;
  begin = large - small_pages;
  char* const start = reinterpret_cast<char*>(begin);
  unused_mixed = {start, start + mixed};
  return true;
#else
  return false;
#endif
}

// Once what has small pages is used up: a short run does not even ask.
void have_large_pages() {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // A wish, not a need: where it is refused, pages stay small.
  madvise(reinterpret_cast<void*>(begin + small_pages), room - small_pages, MADV_HUGEPAGE);
#endif
}

}  // namespace

void* fresh(std::size_t size_class) noexcept {
  static const bool reserved = reserve();
  if (!reserved) return nullptr;
  const std::size_t bytes = size_class * step;
  if (void* const block = unused_mixed.take(bytes)) return block;
  Unused& own = unused[size_class];
  if (void* const block = own.take(bytes)) return block;
  if (taken.load(std::memory_order_relaxed) > room - piece) return nullptr;
  const std::size_t place = taken.fetch_add(piece, std::memory_order_relaxed);
  if (place > room - piece) return nullptr;
  if (place == small_pages) have_large_pages();
  classes[place / piece] = static_cast<std::uint8_t>(size_class);
  char* const start = reinterpret_cast<char*>(begin) + place;
  own = {start, start + piece};
  return own.take(bytes);
}

std::size_t class_of(const void* block) noexcept {
  return classes[(reinterpret_cast<std::uintptr_t>(block) - begin) / piece];
}

}  // namespace migguard::small_blocks
