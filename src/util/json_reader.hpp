// JSON read as events, in memory that does not grow with the text: for payloads of any length,
// whose every key knows its place. Several values may follow one another (NDJSON).
//
// A reader of our own because what we need of one is not to be had together: the offset of a key
// (nlohmann's events have none), strings that are cut rather than kept, input that comes in pieces
// and recovery at the next line (simdjson wants a whole document in memory). bench/benchmarks
// compares them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <util/byte_stream.hpp>
#include <util/utf8.hpp>
#include <vector>

namespace migguard::json {

struct ReaderLimits {
  unsigned depth = 1000;                           // of arrays and objects in each other
  std::uint64_t bytes = std::uint64_t{256} << 20;  // of one value; PostgreSQL stores no more
  std::size_t text = 1024;  // of a key, string or number that is kept; the rest is read and cut
  bool lines = false;       // no value goes on beyond the end of a line
};

// A place in the input: bytes from its start; line and column (in code points) from 1.
struct Place {
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

struct Broken {
  Place place;
  std::string message;  // short: `expected a value`
  bool limit = false;   // what was read may be JSON, but is over a limit
  bool input = false;   // the stream itself failed
};

// Handler: key(text), string(text), number(text), boolean(bool), null(), begin_object(),
// end_object(), begin_array(), end_array(). Texts are decoded, and live until the handler returns.
// input_moves() comes before bytes leave memory: places not asked for by then are lost.
template <class Handler>
class Reader {
 public:
  // The whole text is there; it must outlive the reader.
  Reader(std::string_view text, Handler& handler, const ReaderLimits& limits = {})
      : handler_(handler),
        limits_(limits),
        at_(text.data()),
        end_(text.data() + text.size()),
        base_(at_),
        counted_(at_) {}
  Reader(ByteStream& stream, Handler& handler, const ReaderLimits& limits = {})
      : handler_(handler), limits_(limits), stream_(&stream), buffer_(buffer_size) {
    at_ = end_ = base_ = counted_ = buffer_.data();
  }

  // Reads past white space (and, at the very beginning, a byte order mark). False at the end of the
  // input, or where the stream failed.
  bool more() {
    if (offset() == 0) skip_mark();
    while (skip_space_outside()) {
      if (at_ != end_) return true;
    }
    return false;
  }

  // Reads one value. After an error the reader stands where it stopped.
  bool value() {
    begun_ = offset();
    stack_.clear();
    return read_value();
  }

  const std::optional<Broken>& broken() const { return broken_; }
  std::uint64_t offset() const { return before_ + static_cast<std::uint64_t>(at_ - base_); }

  // Forgets an error and goes to the start of the next line. False where there is none.
  bool next_line() {
    broken_.reset();
    while (true) {
      const void* found = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      if (found) {
        at_ = static_cast<const char*>(found) + 1;
        return true;
      }
      at_ = end_;
      if (!refill()) return false;
    }
  }

  // Where the key or value that is being told begins.
  std::uint64_t token_offset() const { return token_; }
  bool in_memory(std::uint64_t offset) const { return offset >= before_; }
  // The line and column of an offset that is still in memory. Places are asked for in order.
  Place place(std::uint64_t offset) {
    if (offset < before_) return marked_;
    const char* to = base_ + (offset - before_);
    if (to < counted_) return {offset, line_, column_};
    count_to(to);
    return {offset, line_, column_};
  }

  void set_lines(bool lines) { limits_.lines = lines; }

 private:
  static constexpr std::size_t buffer_size = std::size_t{256} << 10;

  enum Kind : std::uint8_t { other = 0, plain = 1, space = 2, numeric = 4, letter = 8 };
  static constexpr std::array<std::uint8_t, 256> kinds = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0x20; c < 0x80; ++c) table[c] = plain;
    table['"'] = table['\\'] = other;
    for (const char c : {' ', '\t', '\n', '\r'}) table[static_cast<unsigned char>(c)] |= space;
    for (const char c : {'+', '-', '.', 'e', 'E'}) table[static_cast<unsigned char>(c)] |= numeric;
    for (unsigned c = '0'; c <= '9'; ++c) table[c] |= numeric;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] |= letter;
    for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] |= letter;
    return table;
  }();
  static std::uint8_t kind(char c) { return kinds[static_cast<unsigned char>(c)]; }

  // ---- Input ----

  // More bytes where all were read; false at the end.
  bool refill() {
    if (!stream_ || broken_) return false;
    handler_.input_moves();
    count_to(end_);
    before_ += static_cast<std::uint64_t>(end_ - base_);
    const auto count = stream_->read(buffer_.data(), buffer_.size());
    at_ = end_ = base_ = counted_ = buffer_.data();
    if (!count) {
      fail(count.error().message);
      broken_->input = true;
      return false;
    }
    end_ += *count;
    return *count != 0;
  }

  bool at_byte() { return at_ != end_ || refill(); }

  void skip_mark() {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (at_byte() && static_cast<std::size_t>(end_ - at_) >= mark.size() &&
        std::string_view(at_, mark.size()) == mark)
      counted_ = at_ += mark.size();
  }

  bool skip_space_outside() {
    while (at_byte()) {
      while (at_ != end_ && (kind(*at_) & space)) ++at_;
      if (at_ != end_) return true;
    }
    return false;
  }

  // To the next token of a value that has begun.
  bool skip_space() {
    while (true) {
      while (at_ != end_ && (kind(*at_) & space)) {
        if (*at_ == '\n' && limits_.lines) return fail("the line ends inside a value");
        ++at_;
      }
      if (at_ != end_) return true;
      if (offset() - begun_ > limits_.bytes) return too_long();
      if (!refill()) return broken_ ? false : fail("the text ends inside a value");
    }
  }

  // ---- Places ----

  void count_to(const char* to) {
    while (const void* found =
               std::memchr(counted_, '\n', static_cast<std::size_t>(to - counted_))) {
      counted_ = static_cast<const char*>(found) + 1;
      ++line_;
      column_ = 1;
    }
    // Eight bytes at a time: the low bit of each byte says whether it continues a code point.
    constexpr std::uint64_t low_bits = 0x0101010101010101U;
    for (; to - counted_ >= 8; counted_ += 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, counted_, sizeof bytes);
      const std::uint64_t continuing = (bytes >> 7) & (~bytes >> 6) & low_bits;
      column_ += 8 - ((continuing * low_bits) >> 56);
    }
    for (; counted_ != to; ++counted_) column_ += !is_continuation_byte(*counted_);
  }

  void mark_token() {
    token_ = offset();
    token_known_ = false;
  }

  // Before a token's start is lost.
  void keep_token_place() {
    if (token_known_) return;
    handler_.input_moves();
    marked_ = place(token_);
    token_known_ = true;
  }

  // ---- Errors ----

  bool fail(std::string message) {
    if (!broken_) broken_ = Broken{place(offset()), std::move(message)};
    return false;
  }
  bool too_deep() {
    fail("nested deeper than " + std::to_string(limits_.depth));
    broken_->limit = true;
    return false;
  }
  bool too_long() {
    fail("a value longer than " + std::to_string(limits_.bytes) + " bytes");
    broken_->limit = true;
    return false;
  }

  // ---- Grammar ----

  bool read_value() {
    bool key_follows = false;
    while (true) {
      // A value, or the key before it.
      if (!skip_space()) return false;
      if (key_follows) {
        if (*at_ != '"') return fail("expected a key in double quotes");
        if (!read_string(true) || !skip_space()) return false;
        if (*at_ != ':') return fail("expected `:` after the key");
        ++at_;
        if (!skip_space()) return false;
      }
      switch (*at_) {
        case '{':
        case '[': {
          if (stack_.size() >= limits_.depth) return too_deep();
          const char open = *at_;
          mark_token();
          ++at_;
          stack_.push_back(open);
          open == '{' ? handler_.begin_object() : handler_.begin_array();
          if (!skip_space()) return false;
          if (*at_ != (open == '{' ? '}' : ']')) {
            key_follows = open == '{';
            continue;
          }
          break;  // closed below
        }
        case '"':
          if (!read_string(false)) return false;
          break;
        case 't':
        case 'f':
        case 'n':
          if (!read_word()) return false;
          break;
        default:
          if (!read_number()) return false;
      }
      // After a value: what closes, or a comma.
      while (true) {
        if (stack_.empty()) return true;
        if (!skip_space()) return false;
        const bool object = stack_.back() == '{';
        if (*at_ == ',') {
          ++at_;
          key_follows = object;
          break;
        }
        if (*at_ != (object ? '}' : ']'))
          return fail(object ? "expected `,` or `}`" : "expected `,` or `]`");
        ++at_;
        stack_.pop_back();
        object ? handler_.end_object() : handler_.end_array();
      }
      if (offset() - begun_ > limits_.bytes) return too_long();
    }
  }

  // Runs of bytes of a kind, also across the ends of the buffer.
  std::string_view run(std::uint8_t of) {
    const char* start = at_;
    while (at_ != end_ && (kind(*at_) & of)) ++at_;
    if (at_ != end_ || !stream_) return {start, static_cast<std::size_t>(at_ - start)};
    scratch_.clear();
    while (true) {
      keep(start, at_);
      keep_token_place();
      if (!refill()) break;
      start = at_;
      while (at_ != end_ && (kind(*at_) & of)) ++at_;
      if (at_ != end_) {
        keep(start, at_);
        break;
      }
    }
    return scratch_;
  }

  void keep(const char* from, const char* to) {
    const std::size_t room = limits_.text - std::min(limits_.text, scratch_.size());
    scratch_.append(from, std::min(room, static_cast<std::size_t>(to - from)));
  }

  bool read_word() {
    mark_token();
    const std::string_view word = run(letter);
    if (word == "true" || word == "false") {
      handler_.boolean(word == "true");
    } else if (word == "null") {
      handler_.null();
    } else {
      return fail("expected a value");
    }
    return true;
  }

  bool read_number() {
    if (!(kind(*at_) & numeric)) return fail("expected a value");
    mark_token();
    const std::string_view text = run(numeric);
    std::size_t at = 0;
    const auto digits = [&] {
      const std::size_t from = at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      return at - from;
    };
    if (at < text.size() && text[at] == '-') ++at;
    const bool zero = at < text.size() && text[at] == '0';
    const std::size_t whole = digits();
    bool valid = whole == 1 || (whole > 1 && !zero);
    if (valid && at < text.size() && text[at] == '.') {
      ++at;
      valid = digits() > 0;
    }
    if (valid && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      valid = digits() > 0;
    }
    // A number longer than what is kept was cut, and what was kept is well-formed digits.
    if (!valid || at != text.size()) return fail("this is no number that JSON knows");
    handler_.number(text);
    return true;
  }

  bool read_string(bool key) {
    mark_token();
    ++at_;
    const char* start = at_;
    bool scratched = false;
    while (true) {
      while (at_ != end_ && (kind(*at_) & plain)) ++at_;
      if (at_ == end_) {
        if (!scratched) scratch_.clear();
        scratched = true;
        keep(start, at_);
        keep_token_place();
        if (offset() - begun_ > limits_.bytes) return too_long();
        if (!refill()) return broken_ ? false : fail("the text ends inside a string");
        start = at_;
        continue;
      }
      if (*at_ == '"') {
        if (scratched) keep(start, at_);
        const std::string_view text =
            scratched ? std::string_view(scratch_)
                      : std::string_view(start, static_cast<std::size_t>(at_ - start));
        ++at_;
        key ? handler_.key(text) : handler_.string(text);
        return true;
      }
      if (*at_ == '\\') {
        if (!scratched) scratch_.clear();
        scratched = true;
        keep(start, at_);
        if (!read_escape()) return false;
        start = at_;
        continue;
      }
      if (static_cast<unsigned char>(*at_) < 0x20) {
        return fail(*at_ == '\n' ? "the line ends inside a string"
                                 : "a control character stands unescaped in a string");
      }
      const CodePoint point = decode({at_, static_cast<std::size_t>(end_ - at_)}, 0);
      if (point.valid) {
        at_ += point.size;
        continue;
      }
      constexpr std::ptrdiff_t longest = 4;
      if (!stream_ || end_ - at_ >= longest) return fail("these bytes are not UTF-8");
      // Perhaps only cut by the end of the buffer.
      if (!scratched) scratch_.clear();
      scratched = true;
      keep(start, at_);
      if (!read_cut_code_point()) return false;
      start = at_;
    }
  }

  bool read_cut_code_point() {
    std::string bytes;
    keep_token_place();
    const unsigned char lead = static_cast<unsigned char>(*at_);
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    while (bytes.size() < size && at_byte()) bytes += *at_++;
    if (broken_) return false;
    const CodePoint point = decode(bytes, 0);
    if (!point.valid || point.size != bytes.size()) return fail("these bytes are not UTF-8");
    keep(bytes.data(), bytes.data() + bytes.size());
    return true;
  }

  bool read_hex(unsigned& out) {
    out = 0;
    for (int i = 0; i < 4; ++i) {
      if (!at_byte()) return broken_ ? false : fail("the text ends inside a string");
      const char c = *at_;
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return fail("`\\u` needs four hexadecimal digits");
      out = out << 4 | static_cast<unsigned>(digit);
      ++at_;
    }
    return true;
  }

  bool read_escape() {
    keep_token_place();
    ++at_;
    if (!at_byte()) return broken_ ? false : fail("the text ends inside a string");
    constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    const char c = *at_;
    if (c != 'u') {
      const std::size_t which = from.find(c);
      if (which == std::string_view::npos) return fail("JSON has no such escape");
      ++at_;
      keep(&to[which], &to[which] + 1);
      return true;
    }
    ++at_;
    unsigned code = 0;
    if (!read_hex(code)) return false;
    if (code == 0) return fail("PostgreSQL's jsonb takes no \\u0000");
    if (code >= 0xdc00 && code < 0xe000) return fail("half of a surrogate pair stands alone");
    if (code >= 0xd800 && code < 0xdc00) {
      unsigned low = 0;
      for (const char wanted : {'\\', 'u'}) {
        if (!at_byte() || *at_ != wanted)
          return broken_ ? false : fail("half of a surrogate pair stands alone");
        ++at_;
      }
      if (!read_hex(low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return fail("half of a surrogate pair stands alone");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    std::array<char, 4> utf8{};
    std::size_t size = 0;
    const auto add = [&](unsigned byte) { utf8[size++] = static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xc0 | code >> 6);
      add(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      add(0xe0 | code >> 12);
      add(0x80 | (code >> 6 & 0x3f));
      add(0x80 | (code & 0x3f));
    } else {
      add(0xf0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3f));
      add(0x80 | (code >> 6 & 0x3f));
      add(0x80 | (code & 0x3f));
    }
    keep(utf8.data(), utf8.data() + size);
    return true;
  }

  Handler& handler_;
  ReaderLimits limits_;
  ByteStream* stream_ = nullptr;
  std::vector<char> buffer_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* base_ = nullptr;     // the first byte in memory
  std::uint64_t before_ = 0;       // bytes before it
  const char* counted_ = nullptr;  // lines and columns are counted up to here
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
  std::uint64_t begun_ = 0;  // where the value began
  std::uint64_t token_ = 0;
  bool token_known_ = false;
  Place marked_;
  std::string stack_;  // the brackets that are open
  std::string scratch_;
  std::optional<Broken> broken_;
};

}  // namespace migguard::json
