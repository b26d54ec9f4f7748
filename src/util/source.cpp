// The line index of a source file.
#include <algorithm>
#include <cstring>
#include <limits>
#include <migguard/source.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

namespace migguard {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

const std::vector<std::uint32_t>& SourceFile::line_begins() const {
  if (line_begins_.empty()) {
    constexpr std::size_t short_line = 32;
    line_begins_.reserve(text.size() / short_line + 2);
    line_begins_.push_back(0);
    // Offsets are 32 bits wide; FileSystem refuses files long before they run out.
    const std::size_t end =
        std::min<std::size_t>(text.size(), std::numeric_limits<std::uint32_t>::max());
    const char* const begin = text.data();
    const auto line_end = [&](std::size_t from) {
      return static_cast<const char*>(std::memchr(begin + from, '\n', end - from));
    };
    for (const char* at = line_end(0); at; at = line_end(line_begins_.back()))
      line_begins_.push_back(static_cast<std::uint32_t>(at + 1 - begin));
  }
  return line_begins_;
}

std::uint32_t SourceFile::characters(std::size_t begin, std::size_t end) const {
  const std::string_view piece = std::string_view(text).substr(begin, end - begin);
  std::size_t count = 0;
  for (std::size_t at = 0; at < piece.size(); ++at) {
    // What is plain, and almost everything is, takes one byte each.
    const std::size_t plain = plain_prefix(piece.substr(at));
    count += plain;
    at += plain;
    if (at < piece.size() && !is_continuation_byte(piece[at])) ++count;
  }
  return static_cast<std::uint32_t>(count);
}

Position SourceFile::position(std::size_t offset) const {
  offset = std::min(offset, text.size());
  const std::vector<std::uint32_t>& begins = line_begins();
  const auto line =
      static_cast<std::uint32_t>(std::ranges::upper_bound(begins, offset) - begins.begin());
  std::size_t begin = begins[line - 1];
  // No editor counts the mark as a column.
  if (line == 1 && text.starts_with(byte_order_mark)) begin = byte_order_mark.size();
  offset = std::max(offset, begin);
  // Inside a character, its own position.
  for (int step = 0; step < 3 && offset > begin && offset < text.size(); ++step) {
    if (!is_continuation_byte(text[offset])) break;
    --offset;
  }
  if (known_position_.line != line || known_offset_ < begin) {
    known_position_ = {line, 1};
    known_offset_ = begin;
  }
  if (offset >= known_offset_) {
    known_position_.column += characters(known_offset_, offset);
  } else {
    known_position_.column -= characters(offset, known_offset_);
  }
  known_offset_ = offset;
  return known_position_;
}

std::size_t SourceFile::line_begin(std::uint32_t line) const {
  const std::vector<std::uint32_t>& begins = line_begins();
  if (line > begins.size()) return text.size();
  return begins[std::max<std::uint32_t>(line, 1) - 1];
}

std::string_view SourceFile::line(std::uint32_t line) const {
  const std::size_t begin = line_begin(line);
  std::string_view found = std::string_view(text).substr(begin, text.find('\n', begin) - begin);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::uint32_t SourceFile::line_count() const {
  return static_cast<std::uint32_t>(line_begins().size());
}

}  // namespace migguard
