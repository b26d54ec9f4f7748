// Writes XML 1.0 as it is dictated, for the formats that are XML: every name is ours, every value
// may be anything.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::report {

class XmlWriter {
 public:
  XmlWriter() : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

  XmlWriter& begin(std::string_view element);
  // Only before anything stands inside the element.
  XmlWriter& attribute(std::string_view name, std::string_view value);
  template <std::integral Number>
  XmlWriter& attribute(std::string_view name, Number value) {
    return attribute(name, std::string_view(std::to_string(value)));
  }
  // Text inside the element; line ends stay.
  XmlWriter& text(std::string_view value);
  XmlWriter& end();

  std::string take() { return std::exchange(text_, {}); }

 private:
  struct Level {
    std::string_view element;
    bool open = true;       // the start tag still takes attributes
    bool has_text = false;  // then blanks would be text, too
  };

  void close_start_tag();
  void new_line(std::size_t depth);

  std::string text_;
  std::vector<Level> levels_;
};

}  // namespace migguard::report
