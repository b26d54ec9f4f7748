#include <report/html/writer.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {
namespace {

// Elements that begin a line, so that the page can be read and compared as text.
bool begins_line(std::string_view element) {
  constexpr std::array<std::string_view, 24> blocks{
      "html",    "head",  "body",  "header", "main", "section", "article", "nav",
      "footer",  "table", "thead", "tbody",  "tr",   "ol",      "ul",      "li",
      "details", "h1",    "h2",    "h3",     "pre",  "p",       "div",     "form"};
  return std::find(blocks.begin(), blocks.end(), element) != blocks.end();
}

}  // namespace

void HtmlWriter::add(std::string_view value) {
  // Control characters and those that reorder text become visible escapes.
  const std::string safe = printable(value, true);
  for (const char each : safe) {
    switch (each) {
      case '&':
        text_ += "&amp;";
        break;
      case '<':
        text_ += "&lt;";
        break;
      case '>':
        text_ += "&gt;";
        break;
      case '"':
        text_ += "&quot;";
        break;
      case '\'':
        text_ += "&#39;";
        break;
      default:
        text_ += each;
    }
  }
}

void HtmlWriter::start(std::string_view element, Attributes attributes) {
  if (begins_line(element) && !text_.empty() && text_.back() != '\n') text_ += '\n';
  text_ += '<';
  text_ += element;
  for (const Attribute& each : attributes) {
    text_ += ' ';
    text_ += each.name;
    text_ += "=\"";
    add(each.value);
    text_ += '"';
  }
  text_ += '>';
}

HtmlWriter& HtmlWriter::begin(std::string_view element, Attributes attributes) {
  start(element, attributes);
  open_.push_back(element);
  return *this;
}

HtmlWriter& HtmlWriter::end() {
  text_ += "</";
  text_ += open_.back();
  text_ += '>';
  open_.pop_back();
  return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view element, Attributes attributes,
                                std::string_view text) {
  begin(element, attributes);
  add(text);
  return end();
}

HtmlWriter& HtmlWriter::empty(std::string_view element, Attributes attributes) {
  start(element, attributes);
  // Inside SVG an element without content must say so.
  if (std::find(open_.begin(), open_.end(), "svg") != open_.end()) {
    text_.pop_back();
    text_ += "/>";
  }
  return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  add(text);
  return *this;
}

HtmlWriter& HtmlWriter::prose(std::string_view text) {
  while (true) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos) return this->text(text);
    add(text.substr(0, open));
    element("code", text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

HtmlWriter& HtmlWriter::sentence(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char each) {
    return (each >= 'a' && each <= 'z') || each == ',';
  });
  if (!is_plain) return prose(text);
  std::string capital(text);
  capital.front() = static_cast<char>(capital.front() - 'a' + 'A');
  return prose(capital);
}

HtmlWriter& HtmlWriter::style(std::string_view ours) {
  begin("style");
  text_ += ours;
  return end();
}

HtmlWriter& HtmlWriter::script(std::string_view ours) {
  begin("script");
  text_ += ours;
  return end();
}

}  // namespace migguard::report
