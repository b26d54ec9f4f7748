#include <util/pages.hpp>

#include <cstddef>
#include <new>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace migguard {
namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

class LargePages final : public std::pmr::memory_resource {
  static bool worthwhile(std::size_t bytes) { return bytes >= 2 * large_page; }
  static std::align_val_t alignment_of(std::size_t bytes, std::size_t alignment) {
    return std::align_val_t(worthwhile(bytes) ? large_page : alignment);
  }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* memory = ::operator new(bytes, alignment_of(bytes, alignment));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    // A wish, not a need: without large pages it is the same memory.
    if (worthwhile(bytes)) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
    ::operator delete(memory, alignment_of(bytes, alignment));
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace

std::pmr::memory_resource* large_pages() {
  static LargePages resource;
  return &resource;
}

}  // namespace migguard
