// nlohmann's parser decides what is JSON and decodes it; beside it a cursor walks the same text
// from token to token, because the parser's events do not tell where they come from.
#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <util/json.hpp>

namespace migguard::json {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Walks the gaps between tokens as nlohmann's lexer does.
class Reader {
 public:
  Reader(std::string_view text, bool comments) : text_(text), comments_(comments) {}

  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  // Past white space and comments. Stops at a comment that never ends.
  std::size_t skip_space(std::size_t offset) const {
    while (true) {
      offset = std::min(text_.find_first_not_of(" \t\n\r", offset), text_.size());
      const std::size_t end = comments_ ? comment_end(offset) : offset;
      if (end == offset) return offset;
      offset = end;
    }
  }

  // Past what separates tokens, too: the parser has already seen that they are in their places.
  std::size_t skip_to_token(std::size_t offset) const {
    while (true) {
      offset = skip_space(offset);
      if (at(offset) != ',' && at(offset) != ':') return offset;
      ++offset;
    }
  }

  // Past the closing quote of the string that opens at `offset`, or the end of the text.
  std::size_t string_end(std::size_t offset) const {
    while (true) {
      offset = text_.find_first_of("\"\\", offset + 1);
      if (offset == std::string_view::npos) return text_.size();
      if (text_[offset] == '"') return offset + 1;
      ++offset;
    }
  }

  std::size_t number_end(std::size_t offset) const {
    const auto skip_digits = [&] {
      while (at(offset) >= '0' && at(offset) <= '9') ++offset;
    };
    if (at(offset) == '-') ++offset;
    if (at(offset) == '0') {
      ++offset;  // no digit may follow
    } else {
      skip_digits();
    }
    if (at(offset) == '.') {
      ++offset;
      skip_digits();
    }
    if (at(offset) == 'e' || at(offset) == 'E') {
      ++offset;
      if (at(offset) == '+' || at(offset) == '-') ++offset;
      skip_digits();
    }
    return offset;
  }

  // Past the comment that begins at `offset`; `offset` itself where none does, or none that ends.
  std::size_t comment_end(std::size_t offset) const {
    if (at(offset) != '/') return offset;
    if (at(offset + 1) == '/') {
      using namespace std::string_view_literals;
      const std::size_t end = text_.find_first_of("\n\r\0"sv, offset);
      return end == std::string_view::npos ? text_.size() : end + 1;
    }
    if (at(offset + 1) != '*') return offset;
    const std::size_t end = text_.find("*/", offset + 2);
    return end == std::string_view::npos ? offset : end + 2;
  }

 private:
  std::string_view text_;
  bool comments_;
};

// Builds the tree from nlohmann's events. Each event is one token.
class Builder {
 public:
  Builder(std::string_view text, const Options& options)
      : text_(text), options_(options), reader_(text, options.comments) {}

  Value root;
  std::optional<Failure> failure;

  // What nlohmann calls.
  bool null() { return scalar(Kind::null, 4); }
  bool boolean(bool value) {
    if (!scalar(Kind::boolean, value ? 4 : 5)) return false;
    last_->boolean = value;
    return true;
  }
  bool number_integer(std::int64_t) { return number(); }
  bool number_unsigned(std::uint64_t) { return number(); }
  bool number_float(double, const std::string&) { return number(); }
  bool string(std::string& decoded) {
    const std::size_t begin = next_token();
    if (!add(Kind::string, begin, reader_.string_end(begin))) return false;
    last_->text.assign(decoded);  // copied: the parser's buffer has more room than it needs
    return true;
  }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& decoded) {
    const std::size_t begin = next_token();
    resume_ = reader_.string_end(begin);
    Member& member = open_.back()->members.emplace_back();
    member.key.assign(decoded);
    member.key_span = span(begin, resume_);
    after_key_ = true;
    return true;
  }
  bool parse_error(std::size_t read, const std::string&, const nlohmann::json::exception& error) {
    // `read` counts the character that was too much.
    fail_at_token(std::min(read == 0 ? 0 : read - 1, text_.size()), error.id);
    return false;
  }

  // nlohmann takes a NUL for the end of the text.
  void check_end() {
    if (reader_.skip_space(resume_) != text_.size()) fail_at_token(text_.size(), 0);
  }

 private:
  static Span span(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  std::size_t next_token() const { return reader_.skip_to_token(resume_); }

  bool fail(std::size_t offset, std::string message) {
    failure = Failure{offset, std::move(message)};
    return false;
  }

  // Puts a value into its place; `last_` is that value then.
  bool add(Kind kind, std::size_t begin, std::size_t end) {
    if (++count_ > options_.max_values) {
      return fail(begin, cat("holds more than ", options_.max_values, " values"));
    }
    if (open_.empty()) {
      last_ = &root;
      root_seen_ = true;
    } else if (after_key_) {
      last_ = &open_.back()->members.back().value;
    } else {
      last_ = &open_.back()->items.emplace_back();
    }
    after_key_ = false;
    last_->kind = kind;
    last_->span = span(begin, end);
    resume_ = end;
    return true;
  }

  bool scalar(Kind kind, std::size_t length) {
    const std::size_t begin = next_token();
    return add(kind, begin, begin + length);
  }

  bool number() {
    const std::size_t begin = next_token();
    const std::size_t end = reader_.number_end(begin);
    if (!add(Kind::number, begin, end)) return false;
    last_->text.assign(text_.substr(begin, end - begin));
    return true;
  }

  bool open(Kind kind) {
    const std::size_t begin = next_token();
    if (open_.size() >= options_.max_depth) {
      return fail(begin, cat("nested deeper than ", options_.max_depth));
    }
    if (!add(kind, begin, begin + 1)) return false;
    // Stays where it is until it is closed: nothing is put beside it before.
    open_.push_back(last_);
    return true;
  }

  bool close() {
    resume_ = next_token() + 1;
    open_.back()->span.end = static_cast<std::uint32_t>(resume_);
    open_.pop_back();
    return true;
  }

  // Says what was expected where the parser gave up; `stopped` is the character it stumbled over.
  void fail_at_token(std::size_t stopped, int id) {
    std::size_t at = reader_.skip_space(resume_);
    const char* expected = "expected a value";
    bool value = false;
    bool key = false;
    if (after_key_) {
      if (reader_.at(at) == ':') {
        at = reader_.skip_space(at + 1);
        value = true;
      } else {
        expected = "expected `:`";
      }
    } else if (open_.empty()) {
      value = !root_seen_;
      if (root_seen_) expected = "expected nothing more";
    } else {
      const bool object = open_.back()->is_object();
      const bool first = open_.back()->items.empty() && open_.back()->members.empty();
      const bool comma = reader_.at(at) == ',';
      if (!first && comma) at = reader_.skip_space(at + 1);
      if (first || comma) {
        (object ? key : value) = true;
        if (object) expected = "expected a key in double quotes";
      } else {
        expected = object ? "expected `,` or `}`" : "expected `,` or `]`";
      }
    }
    const char found = reader_.at(at);
    const bool comment = found == '/' && (reader_.at(at + 1) == '/' || reader_.at(at + 1) == '*');
    if (at >= text_.size()) {
      fail(at, root_seen_ ? "ends too early" : "is empty");
    } else if (comment) {
      fail(at, options_.comments ? "the comment never ends" : "comments are not allowed here");
    } else if ((value || key) && found == '"') {
      fail(stopped, string_fault(stopped));
    } else if (value && (found == '-' || (found >= '0' && found <= '9'))) {
      constexpr int number_overflow = 406;
      fail(at, id == number_overflow ? "the number is too large" : "malformed number");
    } else {
      fail(at, expected);
    }
  }

  std::string string_fault(std::size_t offset) const {
    if (offset >= text_.size()) return "the string never ends";
    const auto byte = static_cast<unsigned char>(text_[offset]);
    if (byte == '\n' || byte == '\r') return "the string does not end on its line";
    if (byte < 0x20) return "control character in a string";
    return byte < 0x80 ? "invalid escape in a string" : "invalid UTF-8 in a string";
  }

  std::string_view text_;
  const Options& options_;
  Reader reader_;
  std::vector<Value*> open_;  // arrays and objects around the next token, the innermost last
  Value* last_ = nullptr;
  bool after_key_ = false;
  bool root_seen_ = false;
  std::size_t count_ = 0;
  std::size_t resume_ = 0;  // behind the last token
};

// The text with a space for every comma after the last item or member.
std::string without_trailing_commas(std::string_view text, const Reader& reader) {
  std::string out(text);
  std::size_t comma = std::string_view::npos;  // the last token, where it is a comma after a value
  char last = '\0';                            // the first character of the last token
  for (std::size_t at = reader.skip_space(0); at < text.size(); at = reader.skip_space(at)) {
    const char c = text[at];
    if (c == '/') break;  // no comment that ends, so no JSON
    if ((c == '}' || c == ']') && comma != std::string_view::npos) out[comma] = ' ';
    const bool after_value =
        last != '\0' && last != '[' && last != '{' && last != ',' && last != ':';
    comma = c == ',' && after_value ? at : std::string_view::npos;
    last = c;
    at = c == '"' ? reader.string_end(at) : at + 1;
  }
  return out;
}

}  // namespace

const Member* Value::find(std::string_view key) const {
  const auto found = std::find_if(members.rbegin(), members.rend(),
                                  [&](const Member& member) { return member.key == key; });
  return found == members.rend() ? nullptr : &*found;
}

const Value* Value::get(std::string_view key) const {
  const Member* member = find(key);
  return member ? &member->value : nullptr;
}

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::variant<Value, Failure> parse(std::string_view text, Options options) {
  if (text.starts_with(byte_order_mark)) return Failure{0, "starts with a byte order mark"};
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) return Failure{0, "is too large"};
  try {
    std::string cleaned;
    std::string_view input = text;
    if (options.trailing_commas) {
      cleaned = without_trailing_commas(text, Reader(text, options.comments));
      input = cleaned;
    }
    Builder builder(text, options);
    constexpr bool strict = true;
    const bool good =
        nlohmann::json::sax_parse(input.data(), input.data() + input.size(), &builder,
                                  nlohmann::json::input_format_t::json, strict, options.comments);
    if (good) builder.check_end();
    if (builder.failure) return *std::move(builder.failure);
    if (!good) return Failure{0, "is not JSON"};
    return std::move(builder.root);
  } catch (const std::exception&) {  // memory: the parser itself reports by events
    return Failure{0, "there is not enough memory for it"};
  }
}

}  // namespace migguard::json
