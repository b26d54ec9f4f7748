// The XML writer: tags, indentation, and values in which nothing is markup.
#include <report/xml_writer.hpp>
#include <util/text.hpp>

namespace migguard::report {
namespace {

// XML 1.0 has no way to write most control characters nor U+FFFE and U+FFFF, not even as references
// (section 2.2), so values are made printable first.
std::string writable(std::string_view value) {
  std::string text = printable(value, true);
  for (const std::string_view never : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = text.find(never, at)) != std::string::npos;) {
      text.replace(at, never.size(), "\xef\xbf\xbd");
    }
  }
  return text;
}

void append_escaped(std::string& out, std::string_view value, bool in_attribute) {
  for (const char each : writable(value)) {
    switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        break;
      case '\n':
        out += in_attribute ? "&#10;" : "\n";
        break;
      default:
        out += each;
    }
  }
}

}  // namespace

XmlWriter& XmlWriter::begin(std::string_view element) {
  close_start_tag();
  if (levels_.empty() || !levels_.back().has_text) new_line(levels_.size());
  text_ += '<';
  text_ += element;
  levels_.push_back({element});
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
  text_ += ' ';
  text_ += name;
  text_ += "=\"";
  append_escaped(text_, value, true);
  text_ += '"';
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view value) {
  close_start_tag();
  levels_.back().has_text = true;
  append_escaped(text_, value, false);
  return *this;
}

XmlWriter& XmlWriter::end() {
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.open) {
    text_ += "/>";
  } else {
    if (!level.has_text) new_line(levels_.size());
    text_ += "</";
    text_ += level.element;
    text_ += '>';
  }
  if (levels_.empty()) text_ += '\n';
  return *this;
}

void XmlWriter::close_start_tag() {
  if (levels_.empty() || !levels_.back().open) return;
  levels_.back().open = false;
  text_ += '>';
}

void XmlWriter::new_line(std::size_t depth) {
  if (!text_.ends_with('\n')) text_ += '\n';
  text_.append(depth * 2, ' ');
}

}  // namespace migguard::report
