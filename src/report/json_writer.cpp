// The JSON writer: separators, indentation and string escapes (RFC 8259, section 7).
#include <report/json_writer.hpp>

#include <util/text.hpp>

namespace migguard::report {
namespace {

void escape(std::string& out, std::string_view valid) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char each : valid) {
    const auto byte = static_cast<unsigned char>(each);
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
        if (byte < 0x20 || byte == 0x7f) {
          out += "\\u00";
          out += hex[byte >> 4];
          out += hex[byte & 0xf];
        } else {
          out += each;
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
