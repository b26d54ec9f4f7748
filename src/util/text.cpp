// Small text tools: ASCII case, splitting, what a misspelt word meant, and text fit for a terminal.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <util/text.hpp>
#include <util/utf8.hpp>

namespace migguard {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool same_ignoring_case(char a, char b) { return lower(a) == lower(b); }

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// `\x1b`, `\u202e`, `\U000e0041`
void append_escape(std::string& out, char32_t value) {
  const int digits = value < 0x100 ? 2 : value < 0x10000 ? 4 : 8;
  out += '\\';
  out += value < 0x100 ? 'x' : value < 0x10000 ? 'u' : 'U';
  for (int digit = digits - 1; digit >= 0; --digit) {
    out += "0123456789abcdef"[value >> (4 * digit) & 0xfU];
  }
}

}  // namespace

std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  const std::string wanted = to_lower(word);
  std::optional<std::string_view> best;
  std::size_t best_distance = word.size() / 3 + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t shorter = std::min(word.size(), candidate.size());
    const std::size_t longer = std::max(word.size(), candidate.size());
    // Too different whatever the letters; a very long word costs nothing here.
    if (longer - shorter >= best_distance) continue;
    const std::size_t distance = edit_distance(wanted, to_lower(candidate));
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), same_ignoring_case);
}

bool contains_ignoring_case(std::string_view text, std::string_view piece) {
  if (piece.empty()) return true;
  // Both cases of the first character, each found at memchr's speed.
  const char small = lower(piece.front());
  const char large = small >= 'a' && small <= 'z' ? static_cast<char>(small - 32) : small;
  for (const char first : {small, large}) {
    for (std::size_t at = text.find(first); at != text.npos; at = text.find(first, at + 1)) {
      if (starts_with_ignoring_case(text.substr(at), piece)) return true;
    }
    if (small == large) break;
  }
  return false;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white_space = " \t\n\r\f\v";
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::size_t invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    // Migrations are almost all ASCII: 32 bytes at a time.
    std::array<std::uint64_t, 4> block;
    if (text.size() - at >= sizeof block) {
      std::memcpy(block.data(), text.data() + at, sizeof block);
      if (((block[0] | block[1] | block[2] | block[3]) & 0x8080808080808080U) == 0) {
        at += sizeof block;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      ++at;
      continue;
    }
    const CodePoint point = decode(text, at);
    if (!point.valid) return at;
    at += point.size;
  }
  return std::string_view::npos;
}

bool deceives(char32_t value) {
  return value == 0x061c || value == 0x200b || value == 0x200e || value == 0x200f ||
         (value >= 0x2028 && value <= 0x202e) || (value >= 0x2060 && value <= 0x206f) ||
         value == 0xfeff || (value >= 0xfff9 && value <= 0xfffb) ||
         (value >= 0xe0000 && value <= 0xe007f);
}

std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  // Eight at a time: the highest bit of a byte shows whether it had it, is below 0x20, or is 0x7f.
  // A byte below 0x20 may make its neighbour look odd, too; the loop behind this one looks closely.
  constexpr std::uint64_t each = 0x0101010101010101U;
  const auto all_plain = [&](std::size_t from) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + from, 8);
    return ((bytes | (bytes - each * 0x20) | (bytes + each)) & (each * 0x80)) == 0;
  };
  while (at + 16 <= text.size() && all_plain(at) && all_plain(at + 8)) at += 16;
  while (at + 8 <= text.size() && all_plain(at)) at += 8;
  // What is left at the end, together with some that were looked at.
  if (at > 0 && at + 8 > text.size() && all_plain(text.size() - 8)) return text.size();
  while (at < text.size() && text[at] >= ' ' && text[at] < '\x7f') ++at;
  return at;
}

std::string_view printable(std::string_view text, std::string& room, bool newlines) {
  for (std::size_t at = 0;; ++at) {
    at += plain_prefix(text.substr(at));
    if (at == text.size()) return text;
    if (!newlines || text[at] != '\n') return room = printable(text, newlines);
  }
}

std::string printable(std::string_view text, bool newlines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    // What is plain, and almost everything is, goes in one piece.
    const std::size_t plain = at + plain_prefix(text.substr(at));
    out += text.substr(at, plain - at);
    at = plain;
    if (at == text.size()) break;
    const CodePoint point = decode(text, at);
    const std::string_view bytes = text.substr(at, point.size);
    at += point.size;
    const bool line_end = bytes == "\n" || (bytes == "\r" && at < text.size() && text[at] == '\n');
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    if (!point.valid) {
      out += "\xef\xbf\xbd";
    } else if (line_end && newlines) {
      out += bytes;
    } else if (point.value == '\t') {
      out += ' ';
    } else if (control || deceives(point.value)) {
      append_escape(out, point.value);
    } else {
      out += bytes;
    }
  }
  return out;
}

}  // namespace migguard
