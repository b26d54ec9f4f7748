// Writes JSON as it is dictated: commas, escapes and line breaks are looked after, nothing is kept
// in memory but the text.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::report {

class JsonWriter {
 public:
  // Items on one line, or each on a line of its own.
  enum class Layout : std::uint8_t { line, block };

  JsonWriter& begin_object(Layout layout = Layout::line) { return open('{', layout); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array(Layout layout = Layout::line) { return open('[', layout); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  // A name that the program itself spells: letters, nothing to escape.
  template <std::size_t size>
  JsonWriter& key(const char (&name)[size]) {
    return own_key({name, size - 1});
  }

  // Bytes that are not UTF-8 become U+FFFD. Control characters and those that change how the text
  // around them reads are escaped.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) JsonWriter& value(Number number) {
    return raw(std::to_string(number));
  }
  JsonWriter& null() { return raw("null"); }
  // A number that is spelled as JSON wants it.
  JsonWriter& number(std::string_view digits) { return raw(digits); }

  template <class Value>
  JsonWriter& member(std::string_view name, const Value& item) {
    return key(name).value(item);
  }
  template <std::size_t size, class Value>
  JsonWriter& member(const char (&name)[size], const Value& item) {
    return key(name).value(item);
  }

  // The text so far, to be written and cleared while it grows.
  std::string& so_far() { return text_; }
  // The text so far, with a line end.
  std::string take() {
    text_ += '\n';
    return std::exchange(text_, {});
  }

 private:
  struct Level {
    Layout layout;
    bool empty = true;
  };

  JsonWriter& open(char bracket, Layout layout);
  JsonWriter& close(char bracket);
  JsonWriter& own_key(std::string_view name);
  JsonWriter& raw(std::string_view text);
  void separate();
  void new_line();
  void quote(std::string_view text);

  std::string text_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace migguard::report
