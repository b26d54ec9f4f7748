// A recognizer of JSON that keeps only the top level.
#include <algorithm>
#include <project/json_skim.hpp>
#include <string>
#include <util/json.hpp>

namespace migguard::project {
namespace {

// A recognizer of JSON (RFC 8259) with a stack of its own; strings and numbers are taken without
// decoding.
class Skimmer {
 public:
  explicit Skimmer(std::string_view text) : text_(text) {}

  std::optional<std::vector<SkimmedMember>> run() {
    skip_space();
    if (at_ == text_.size() || text_[at_] != '{') return std::nullopt;
    while (step()) {
    }
    skip_space();
    if (failed_ || at_ != text_.size() || !open_.empty()) return std::nullopt;
    return std::move(members_);
  }

 private:
  enum class Expect { value, first_item, key, first_key, colon, next };

  // Takes one token. False when the outermost value has ended, or at an error.
  bool step() {
    skip_space();
    if (at_ == text_.size()) return fail();
    const char c = text_[at_];
    switch (expect_) {
      case Expect::first_item:
        if (c == ']') return close(']');
        return value(c);
      case Expect::value:
        return value(c);
      case Expect::first_key:
        if (c == '}') return close('}');
        return key(c);
      case Expect::key:
        return key(c);
      case Expect::colon:
        if (c != ':') return fail();
        ++at_;
        expect_ = Expect::value;
        return true;
      case Expect::next:
        if (c != ',') return close(c);
        ++at_;
        expect_ = open_.back() == '{' ? Expect::key : Expect::value;
        return true;
    }
    return fail();
  }

  bool key(char c) {
    if (c != '"') return fail();
    const std::size_t begin = at_;
    if (!string()) return fail();
    if (open_.size() == 1) members_.push_back({span(begin), {}});
    expect_ = Expect::colon;
    return true;
  }

  bool value(char c) {
    const std::size_t begin = at_;
    if (open_.size() == 1) value_begin_ = begin;
    if (c == '{' || c == '[') {
      ++at_;
      open_.push_back(c);
      expect_ = c == '{' ? Expect::first_key : Expect::first_item;
      return true;
    }
    const bool good = c == '"' ? string() : c == '-' || (c >= '0' && c <= '9') ? number() : word();
    if (!good) return fail();
    return ended();
  }

  bool close(char c) {
    if (open_.empty() || (c == '}' ? '{' : c == ']' ? '[' : '\0') != open_.back()) return fail();
    ++at_;
    open_.pop_back();
    return ended();
  }

  bool ended() {
    if (open_.size() == 1) members_.back().value = span(value_begin_);
    expect_ = Expect::next;
    return !open_.empty();
  }

  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') continue;
      constexpr std::string_view escapes = "\"\\/bfnrtu";
      if (++at_ == text_.size() || escapes.find(text_[at_]) == std::string_view::npos) return false;
    }
    return false;
  }

  bool number() {
    constexpr std::string_view parts = "+-.0123456789Ee";
    at_ = std::min(text_.find_first_not_of(parts, at_), text_.size());
    return true;
  }

  bool word() {
    for (std::string_view known : {"true", "false", "null"}) {
      if (text_.substr(at_, known.size()) != known) continue;
      at_ += known.size();
      return true;
    }
    return false;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  bool fail() {
    failed_ = true;
    return false;
  }
  Span span(std::size_t begin) const {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t value_begin_ = 0;
  Expect expect_ = Expect::value;
  std::string open_;  // the brackets around
  bool failed_ = false;
  std::vector<SkimmedMember> members_;
};

}  // namespace

std::optional<std::vector<SkimmedMember>> skim_object(std::string_view text) {
  return Skimmer(text).run();
}

std::optional<std::string> string_at(std::string_view text, Span span) {
  auto parsed = json::parse(text.substr(span.begin, span.end - span.begin));
  auto* value = std::get_if<json::Value>(&parsed);
  if (!value || !value->is_string()) return std::nullopt;
  return std::move(value->text);
}

}  // namespace migguard::project
