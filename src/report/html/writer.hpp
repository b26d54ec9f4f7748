// Writes HTML as it is dictated. Names of elements and attributes are ours; every value and text
// may come from the linted project, and can only ever be text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::report {

class HtmlWriter {
 public:
  struct Attribute {
    std::string_view name;
    std::string value;
  };
  using Attributes = std::initializer_list<Attribute>;

  // `begin` and `end` enclose what stands between them; `element` is both around a text.
  HtmlWriter& begin(std::string_view element, Attributes attributes = {});
  HtmlWriter& end();
  HtmlWriter& element(std::string_view element, Attributes attributes, std::string_view text);
  HtmlWriter& element(std::string_view element, std::string_view text) {
    return this->element(element, {}, text);
  }
  // An element that has no content: meta, input, rect.
  HtmlWriter& empty(std::string_view element, Attributes attributes = {});
  HtmlWriter& text(std::string_view text);
  // Text in which what stands between backticks is code.
  HtmlWriter& prose(std::string_view text);
  // The same as the beginning of a sentence: with a capital, where it begins with a plain word.
  HtmlWriter& sentence(std::string_view text);
  // Our own style sheet or script: never anything that was read.
  HtmlWriter& style(std::string_view ours);
  HtmlWriter& script(std::string_view ours);

  std::string take() { return std::exchange(text_, {}); }

 private:
  void start(std::string_view element, Attributes attributes);
  void add(std::string_view value);

  std::string text_;
  std::vector<std::string_view> open_;
};

}  // namespace migguard::report
