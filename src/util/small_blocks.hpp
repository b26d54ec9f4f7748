// Memory for small objects: blocks of one size side by side, without a header, taken and given back
// without a lock.
//
// A run over a thousand files asks for half a million blocks; to the C library's allocator each is
// some sixty instructions, here it is ten. src/operator_new.cpp puts it under `new` in the program
// that is released.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace migguard::small_blocks {

constexpr std::size_t step = 16;  // sizes differ by that, and every block is aligned to it
constexpr std::size_t largest = 2048;
// Addresses, not memory: pages follow where they are touched.
constexpr std::size_t room = std::size_t{1} << 30;

// The size of a block for so many bytes, counted in steps.
constexpr std::size_t size_class(std::size_t bytes) {
  return bytes == 0 ? 1 : (bytes + step - 1) / step;
}

struct Given {
  Given* next;
};
// What this thread was given back, by size class.
inline constinit thread_local std::array<Given*, largest / step + 1> given_back{};

// Where the blocks of all threads lie. Before there are any: where no address is.
inline constinit std::uintptr_t begin = std::uintptr_t{0} - room;

inline bool holds(const void* block) {
  return reinterpret_cast<std::uintptr_t>(block) - begin < room;
}

// A block that was not in use before, of at most `largest` bytes. Null where there is no more room.
void* fresh(std::size_t size_class) noexcept;
// The size class of a block of which that is not known at hand. 0: it cannot be told, and the block
// stays unused; only what a run takes at its very beginning can be like that.
std::size_t class_of(const void* block) noexcept;

// Null where there is no more room.
inline void* take(std::size_t bytes) noexcept {
  const std::size_t index = size_class(bytes);
  if (Given* const block = given_back[index]) {
    given_back[index] = block->next;
    return block;
  }
  return fresh(index);
}

// A block that was taken, by whatever thread, for so many bytes.
inline void give_back(void* block, std::size_t bytes) noexcept {
  Given* const given = static_cast<Given*>(block);
  Given*& last = given_back[size_class(bytes)];
  given->next = last;
  last = given;
}

}  // namespace migguard::small_blocks
