// `new` and `delete` of the released program: small blocks from util/small_blocks.hpp, large ones
// from the C library. Other builds keep the C library's for all, which sanitizers and valgrind
// know.
#include <util/small_blocks.hpp>

#include <cstdlib>
#include <new>

namespace blocks = migguard::small_blocks;

namespace {

[[gnu::noinline]] void* from_the_system(std::size_t bytes) {
  for (;;) {
    if (void* const block = std::malloc(bytes == 0 ? 1 : bytes)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes <= blocks::largest)
    if (void* const block = blocks::take(bytes)) return block;
  return from_the_system(bytes);
}

void operator delete(void* block, std::size_t bytes) noexcept {
  if (!blocks::holds(block)) return std::free(block);
  blocks::give_back(block, bytes);
}

// From libraries that were compiled to forget the size.
void operator delete(void* block) noexcept {
  if (!blocks::holds(block)) return std::free(block);
  if (const std::size_t size_class = blocks::class_of(block))
    blocks::give_back(block, size_class * blocks::step);
}
