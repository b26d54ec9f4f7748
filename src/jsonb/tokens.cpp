// From keys and paths to words: snake, kebab, camel and acronym boundaries, accents folded.
#include <array>
#include <cstddef>
#include <migguard/jsonb.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <jsonb/words.hpp>

namespace migguard::jsonb {
namespace {

enum class Shape : std::uint8_t { lower, upper, digit, sign, separator };

struct Letter {
  std::string_view text;  // folded, UTF-8; of the key or of a constant
  Shape shape;
};

// The base letters of U+00C0 to U+00FF; `*` where two letters stand for one, `/` for no letter.
constexpr std::string_view latin1 =
    "aaaa*aaceeeeiiii"
    "dnooooo/ouuuuyt*"
    "aaaa*aaceeeeiiii"
    "dnooooo/ouuuuyty";

std::string_view two_letters(char32_t code) {
  switch (code) {
    case 0xC4:
    case 0xE4:
      return "a";  // both spellings, gebuhr and gebuehr, are in the lists
    case 0xDF:
      return "ss";
    default:
      return "a";
  }
}

// An ASCII letter in lower case, or any other ASCII character.
std::string_view folded(char c) {
  static constexpr std::array<char, 128> lower = [] {
    std::array<char, 128> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = static_cast<char>(i >= 'A' && i <= 'Z' ? i - 'A' + 'a' : i);
    return table;
  }();
  return {&lower[static_cast<unsigned char>(c)], 1};
}

// Reads one code point; an invalid byte stands for itself.
char32_t decode(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80    ? 1
                             : first >= 0xF0 ? 4
                             : first >= 0xE0 ? 3
                             : first >= 0xC2 ? 2
                                             : 1;
  if (length == 1 || at + length > text.size()) {
    ++at;
    return first;
  }
  char32_t code = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (byte(at + i) & 0x3Fu);
  at += length;
  return code;
}

Letter letter(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  const char32_t code = decode(text, at);
  const std::string_view bytes = text.substr(begin, at - begin);
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    if (c >= 'a' && c <= 'z') return {folded(c), Shape::lower};
    if (c >= 'A' && c <= 'Z') return {folded(c), Shape::upper};
    if (c >= '0' && c <= '9') return {folded(c), Shape::digit};
    if (c == '$' || c == '%') return {folded(c), Shape::sign};
    return {"", Shape::separator};
  }
  if (code >= 0xC0 && code <= 0xFF) {
    const char base = latin1[code - 0xC0];
    if (base == '/') return {"", Shape::separator};
    return {base == '*' ? two_letters(code) : folded(base),
            code < 0xDF ? Shape::upper : Shape::lower};
  }
  if (code == 0x20AC || code == 0xA3 || code == 0xA5 || code == 0x20B9) return {bytes, Shape::sign};
  // Polish, Turkish and Vietnamese letters that the lists need.
  switch (code) {
    case 0x104:
    case 0x105:
    case 0x1EA1:
    case 0x1EA3:
    case 0x103:
      return {"a", Shape::lower};
    case 0x106:
    case 0x107:
      return {"c", Shape::lower};
    case 0x118:
    case 0x119:
    case 0x1EBF:
    case 0x1EC1:
    case 0x1EC7:
      return {"e", Shape::lower};
    case 0x110:
    case 0x111:
      return {"d", Shape::lower};
    case 0x130:
    case 0x131:
      return {"i", Shape::lower};
    case 0x141:
    case 0x142:
      return {"l", Shape::lower};
    case 0x143:
    case 0x144:
      return {"n", Shape::lower};
    case 0x15A:
    case 0x15B:
    case 0x15E:
    case 0x15F:
      return {"s", Shape::lower};
    case 0x11E:
    case 0x11F:
      return {"g", Shape::lower};
    case 0x1B0:
    case 0x1EBF + 0x26:
      return {"u", Shape::lower};
    case 0x1A1:
    case 0x1ED9:
    case 0x1ED1:
      return {"o", Shape::lower};
    case 0x179:
    case 0x17A:
    case 0x17B:
    case 0x17C:
      return {"z", Shape::lower};
    default:
      break;
  }
  if (code < 0x80 + 0x40) return {"", Shape::separator};  // Latin-1 punctuation
  return {bytes, Shape::lower};
}

void finish(std::string& token, std::vector<std::string>& tokens) {
  if (token.empty()) return;
  if (const std::size_t length = compound_split(token)) {
    tokens.push_back(token.substr(0, length));
    tokens.push_back(token.substr(length));
  } else {
    tokens.push_back(token);
  }
  token.clear();
}

}  // namespace

std::vector<std::string> tokenize(std::string_view key) {
  constexpr std::size_t longest_key = 256;  // no field is named longer; the rest says nothing
  key = key.substr(0, longest_key);
  std::vector<Letter> letters;
  letters.reserve(key.size());
  for (std::size_t at = 0; at < key.size();) letters.push_back(letter(key, at));

  std::vector<std::string> tokens;
  std::string token;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Letter& each = letters[i];
    if (each.shape == Shape::separator) {
      finish(token, tokens);
      continue;
    }
    if (each.shape == Shape::sign) {
      finish(token, tokens);
      tokens.emplace_back(each.text);
      continue;
    }
    if (each.shape == Shape::upper && i > 0) {
      const Shape before = letters[i - 1].shape;
      const bool lower_follows = i + 1 < letters.size() && letters[i + 1].shape == Shape::lower;
      // unitPrice, tax9Amount, and the last capital of MSRPPrice. A plural s ends an acronym: IDs.
      const bool plural = lower_follows && letters[i + 1].text == "s" &&
                          (i + 2 == letters.size() || letters[i + 2].shape != Shape::lower);
      if (before == Shape::lower || before == Shape::digit ||
          (before == Shape::upper && lower_follows && !plural)) {
        finish(token, tokens);
      }
    }
    token += each.text;
  }
  finish(token, tokens);
  return tokens;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> steps;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '.') {
      ++at;
      continue;
    }
    if (path.substr(at, 2) == "[\"") {
      std::string name;
      at += 2;
      while (at < path.size() && path[at] != '"') {
        if (path[at] == '\\' && at + 1 < path.size()) ++at;
        name += path[at++];
      }
      at = std::min(path.size(), at + 2);  // "]
      steps.push_back(std::move(name));
      continue;
    }
    const std::size_t end = path[at] == '[' ? std::min(path.find(']', at), path.size() - 1) + 1
                                            : std::min(path.find_first_of(".[", at), path.size());
    steps.emplace_back(path.substr(at, end - at));
    at = end;
  }
  return steps;
}

}  // namespace migguard::jsonb
