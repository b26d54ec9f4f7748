// The JSON writer: separators, indentation and string escapes (RFC 8259, section 7).
#include <report/json_writer.hpp>

#include <migguard/text.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

#include <array>
#include <cstdint>
#include <cstring>

namespace migguard::report {
namespace {

void append_unit(std::string& out, char32_t unit) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += hex[unit >> shift & 0xfU];
}

// `\u202e`; beyond the basic plane a surrogate pair.
void append_escape(std::string& out, char32_t value) {
  if (value < 0x10000) return append_unit(out, value);
  append_unit(out, 0xd800 + ((value - 0x10000) >> 10));
  append_unit(out, 0xdc00 + ((value - 0x10000) & 0x3ff));
}

constexpr std::array<bool, 256> stands_for_itself = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = ' '; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

// How many bytes at the beginning stand for themselves: printable ASCII but for `"` and `\`. Eight
// at a time; a wrong alarm, next to a byte that does not, is looked at closely behind the loop.
std::size_t unescaped_prefix(std::string_view text) {
  constexpr std::uint64_t each = 0x0101010101010101U, high = each * 0x80;
  const auto holds = [&](std::uint64_t bytes, char sought) {
    const std::uint64_t other = bytes ^ (each * static_cast<unsigned char>(sought));
    return (other - each) & ~other;  // the highest bit where `other` is 0
  };
  const auto all_plain = [&](std::size_t from) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + from, 8);
    const std::uint64_t special =
        bytes | (bytes - each * 0x20) | (bytes + each) | holds(bytes, '"') | holds(bytes, '\\');
    return (special & high) == 0;
  };
  std::size_t at = 0;
  while (at + 8 <= text.size() && all_plain(at)) at += 8;
  // What is left at the end, together with some that were looked at.
  if (at > 0 && at + 8 > text.size() && all_plain(text.size() - 8)) return text.size();
  while (at < text.size() && stands_for_itself[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

// The letter behind the backslash, for those that have one.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

// What JSON forbids, and what would change how the document reads to a person.
void escape(std::string& out, std::string_view valid) {
  for (std::size_t at = 0; at < valid.size();) {
    // Nearly everything stands for itself, and goes in one piece.
    const std::size_t plain = unescaped_prefix(valid.substr(at));
    out += valid.substr(at, plain);
    at += plain;
    if (at == valid.size()) break;
    if (const char letter = short_escape(valid[at])) {
      out += '\\';
      out += letter;
      ++at;
      continue;
    }
    const CodePoint point = decode(valid, at);
    if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0) ||
        (point.size > 1 && deceives(point.value))) {
      append_escape(out, point.value);
    } else {
      out += valid.substr(at, point.size);
    }
    at += point.size;
  }
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::own_key(std::string_view name) {
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

JsonWriter& JsonWriter::open(char bracket, Layout layout) {
  separate();
  text_ += bracket;
  levels_.push_back({layout});
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.layout == Layout::block && !level.empty) new_line();
  text_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

void JsonWriter::separate() {
  if (std::exchange(after_key_, false) || levels_.empty()) return;
  Level& level = levels_.back();
  if (level.layout == Layout::block) {
    if (!level.empty) text_ += ',';
    new_line();
  } else if (!level.empty) {
    text_ += ", ";
  }
  level.empty = false;
}

void JsonWriter::new_line() {
  text_ += '\n';
  text_.append(levels_.size() * 2, ' ');
}

void JsonWriter::quote(std::string_view text) {
  text_ += '"';
  const std::size_t plain = unescaped_prefix(text);
  text_ += text.substr(0, plain);
  text.remove_prefix(plain);
  while (!text.empty()) {
    const std::size_t bad = invalid_utf8(text);
    escape(text_, text.substr(0, bad));
    if (bad >= text.size()) break;
    text_ += "\xef\xbf\xbd";
    text.remove_prefix(bad + 1);
  }
  text_ += '"';
}

}  // namespace migguard::report
