// The JSON writer: separators, indentation and string escapes (RFC 8259, section 7).
#include <report/json_writer.hpp>

#include <util/text.hpp>
#include <util/utf8.hpp>

#include <array>

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
  for (std::size_t each = ' '; each < 0x7f; ++each) table[each] = each != '"' && each != '\\';
  return table;
}();

// What JSON forbids, and what would change how the document reads to a person.
void escape(std::string& out, std::string_view valid) {
  for (std::size_t at = 0; at < valid.size();) {
    // Nearly everything stands for itself, and goes in one piece.
    std::size_t end = at;
    while (end < valid.size() && stands_for_itself[static_cast<unsigned char>(valid[end])]) ++end;
    out += valid.substr(at, end - at);
    at = end;
    if (at == valid.size()) break;
    const char each = valid[at];
    const CodePoint point = decode(valid, at);
    const std::string_view bytes = valid.substr(at, point.size);
    at += point.size;
    switch (each) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0) ||
            (point.size > 1 && deceives(point.value))) {
          append_escape(out, point.value);
        } else {
          out += bytes;
        }
    }
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
  if (!level.empty) text_ += ',';
  if (level.layout == Layout::block) {
    new_line();
  } else if (!level.empty) {
    text_ += ' ';
  }
  level.empty = false;
}

void JsonWriter::new_line() {
  text_ += '\n';
  text_.append(levels_.size() * 2, ' ');
}

void JsonWriter::quote(std::string_view text) {
  text_ += '"';
  while (true) {
    const std::size_t bad = invalid_utf8(text);
    escape(text_, text.substr(0, bad));
    if (bad >= text.size()) break;
    text_ += "\xef\xbf\xbd";
    text.remove_prefix(bad + 1);
  }
  text_ += '"';
}

}  // namespace migguard::report
