// Finds the datasource block of a Prisma schema.
#include <algorithm>
#include <project/prisma/schema.hpp>

namespace migguard::project {
namespace {

enum class TokenKind : std::uint8_t { word, string, sign, newline, end };

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
  std::string_view text;  // of a string: without quotes, escapes as written
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// Prisma's schema language as far as datasource blocks need it
// (psl/schema-ast/src/parser/datamodel.pest).
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks_and_comments();
    const std::size_t begin = at_;
    if (at_ == text_.size()) return {TokenKind::end, span(begin), {}};
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      return {TokenKind::newline, span(begin), {}};
    }
    if (c == '"') return string();
    if (!is_word(c)) {
      ++at_;
      return {TokenKind::sign, span(begin), text_.substr(begin, 1)};
    }
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return {TokenKind::word, span(begin), text_.substr(begin, at_ - begin)};
  }

 private:
  Token string() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    }
    const std::size_t content_end = std::min(at_, text_.size());
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
    return {TokenKind::string, span(begin), text_.substr(begin + 1, content_end - begin - 1)};
  }

  void skip_blanks_and_comments() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\r') {
        ++at_;
      } else if (rest.starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  Span span(std::size_t begin) const {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Reads behind `datasource`: a name, a brace, and lines of `key = value`.
std::optional<PrismaDatasource> read_block(Scanner& scanner, Span keyword) {
  if (scanner.next().kind != TokenKind::word) return std::nullopt;
  if (scanner.next().text != "{") return std::nullopt;
  PrismaDatasource datasource{std::nullopt, keyword};
  bool line_begins = true;
  for (;;) {
    const Token token = scanner.next();
    if (token.kind == TokenKind::end || (token.kind == TokenKind::sign && token.text == "}")) {
      return datasource;
    }
    if (line_begins && token.kind == TokenKind::word && token.text == "provider") {
      if (scanner.next().text != "=") return datasource;
      const Token value = scanner.next();
      datasource.provider_span = value.span;
      if (value.kind == TokenKind::string) datasource.provider = value.text;
      return datasource;
    }
    line_begins = token.kind == TokenKind::newline;
  }
}

}  // namespace

std::optional<PrismaDatasource> find_datasource(std::string_view text) {
  Scanner scanner(text);
  bool line_begins = true;
  for (;;) {
    const Token token = scanner.next();
    if (token.kind == TokenKind::end) return std::nullopt;
    if (line_begins && token.kind == TokenKind::word && token.text == "datasource") {
      if (auto datasource = read_block(scanner, token.span)) return datasource;
    }
    line_begins = token.kind == TokenKind::newline;
  }
}

}  // namespace migguard::project
