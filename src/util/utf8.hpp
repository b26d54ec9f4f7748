// UTF-8 to code points, one at a time, for whatever walks text that may hold anything.
#pragma once

#include <cstddef>
#include <string_view>

namespace migguard {

struct CodePoint {
  char32_t value = 0;    // where not valid: the byte itself
  std::size_t size = 1;  // in bytes
  bool valid = true;
};

constexpr bool is_continuation_byte(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

// The code point that starts at `at`, which lies inside the text. A byte that starts none (a stray
// continuation, an overlong form, a surrogate, a value over U+10FFFF, a sequence cut short) is not
// valid, and one byte long.
constexpr CodePoint decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  const CodePoint invalid{lead, 1, false};
  const std::size_t size = lead < 0xc2   ? 0
                           : lead < 0xe0 ? 2
                           : lead < 0xf0 ? 3
                           : lead < 0xf5 ? 4
                                         : 0;
  if (size == 0 || text.size() - at < size) return invalid;
  char32_t value = lead & (0xffU >> (size + 1));
  for (std::size_t index = at + 1; index < at + size; ++index) {
    if (!is_continuation_byte(text[index])) return invalid;
    value = value << 6 | (byte(index) & 0x3fU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return overlong || surrogate || value > 0x10ffff ? invalid : CodePoint{value, size, true};
}

}  // namespace migguard
