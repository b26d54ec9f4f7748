// Narrows an operation to what a reader must look at. Done for findings only: it scans the
// statement's tokens.
#include <algorithm>
#include <array>
#include <sql/clause.hpp>
#include <sql/scan.hpp>
#include <sql/script.hpp>

namespace migguard::sql {
namespace {

class Locator {
 public:
  Locator(std::string_view text, Span range) : text_(text), range_(range), tokens_(text, range) {}

  Span find(const Op& op) const {
    if (!tokens_.has(0)) return first_line();
    if (tokens_.word(0, "alter")) return alter_clause(part(op));
    if (tokens_.word(0, "drop")) return dropped_name(part(op));
    if (tokens_.word(0, "truncate")) return listed_name(tokens_.word(1, "table") ? 2 : 1, part(op));
    if (tokens_.word(0, "lock")) return listed_name(tokens_.word(1, "table") ? 2 : 1, part(op));
    if (tokens_.word(0, "with")) return inside_with(op);
    if (tokens_.word(0, "create")) return create_head();
    if (tokens_.word(0, "insert") || tokens_.word(0, "update") || tokens_.word(0, "delete") ||
        tokens_.word(0, "merge")) {
      return change_head(0);
    }
    return first_line();
  }

 private:
  static std::size_t part(const Op& op) { return node(op).part; }

  Span between(std::size_t first, std::size_t last) const {
    if (last > 0 && !tokens_.has(last - 1)) last = tokens_.size();
    if (first >= last) return first_line();
    return {tokens_[first].begin, tokens_[last - 1].end};
  }

  // All of it where it is one line, else its first.
  Span first_line() const {
    std::size_t begin = range_.begin;
    if (tokens_.has(0)) begin = tokens_[0].begin;
    std::size_t end = begin;
    while (end < range_.end && text_[end] != '\n' && text_[end] != '\r') ++end;
    while (end > begin && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(std::max(end, begin))};
  }

  bool any_word(std::size_t at, std::initializer_list<std::string_view> words) const {
    if (!tokens_.has(at) || tokens_[at].kind != TokenKind::word) return false;
    const std::string_view text = tokens_.text(at);
    return std::any_of(words.begin(), words.end(), [&](std::string_view each) {
      return each.size() == text.size() && same_word(text, each);
    });
  }

  std::size_t skip_words(std::size_t at, std::initializer_list<std::string_view> words) const {
    while (any_word(at, words)) ++at;
    return at;
  }

  // After IF EXISTS, IF NOT EXISTS.
  std::size_t skip_condition(std::size_t at) const {
    if (!tokens_.word(at, "if")) return at;
    const std::size_t exists = tokens_.word(at + 1, "not") ? at + 2 : at + 1;
    return tokens_.word(exists, "exists") ? exists + 1 : at;
  }

  // After a name, its schema, and the star of `name *`.
  std::size_t skip_name(std::size_t at) const {
    if (tokens_.name(at)) ++at;
    while (tokens_.symbol(at, '.')) at += 2;
    if (tokens_.symbol(at, '*')) ++at;
    return at;
  }

  // The words that name a kind of object: MATERIALIZED VIEW, TEXT SEARCH CONFIGURATION.
  std::size_t skip_kind(std::size_t at) const {
    if (tokens_.word(at, "table")) return at + 1;  // asked first: nearly all are
    if (any_word(at, {"foreign", "materialized", "event", "user", "operator", "text", "access",
                      "procedural"}) &&
        any_word(at + 1, {"table", "view", "trigger", "mapping", "class", "family", "search",
                          "method", "language", "data"})) {
      return any_word(at, {"text"}) || tokens_.word(at + 1, "data") ? at + 3 : at + 2;
    }
    return at + 1;
  }

  // The part of a list that commas outside of brackets separate.
  Span listed(std::size_t first, std::size_t last, std::size_t wanted) const {
    int depth = 0;
    std::size_t begin = first;
    for (std::size_t at = first; at < last; ++at) {
      const char symbol = tokens_.symbol(at);
      if (symbol == '(' || symbol == '[') ++depth;
      if (symbol == ')' || symbol == ']') --depth;
      if (depth > 0 || symbol != ',') continue;
      if (wanted == 0) return between(begin, at);
      --wanted;
      begin = at + 1;
    }
    return wanted == 0 ? between(begin, last) : between(first, last);
  }

  Span alter_clause(std::size_t wanted) const {
    std::size_t at = skip_condition(skip_kind(1));
    if (tokens_.word(at, "only")) ++at;
    const std::size_t clauses = skip_name(at);
    if (!tokens_.has(clauses)) return first_line();
    // Nearly every clause is found by its commas, without tokens.
    if (const auto piece = plain_piece(text_, {tokens_[clauses].begin, range_.end}, wanted))
      return first_lines(*piece);
    return first_lines(listed(clauses, tokens_.size(), wanted));
  }

  Span dropped_name(std::size_t wanted) const {
    std::size_t at = skip_kind(1);
    if (tokens_.word(at, "concurrently")) ++at;
    at = skip_condition(at);
    if (tokens_.word(0, "drop") && tokens_.word(1, "owned")) at = 0;
    return listed_name(at, wanted);
  }

  // A name of DROP a, b CASCADE; TRUNCATE ONLY a, b RESTART IDENTITY; LOCK a, b IN ... MODE.
  Span listed_name(std::size_t first, std::size_t wanted) const {
    std::size_t last = tokens_.size();
    for (std::size_t at = first; at < last; ++at) {
      if (at > first &&
          any_word(at, {"cascade", "restrict", "restart", "continue", "in", "nowait"}) &&
          !tokens_.symbol(at - 1, '.') && !tokens_.symbol(at - 1, ',')) {
        last = at;
      }
    }
    return first_lines(listed(first, last, wanted));
  }

  // CREATE ... name, and for an index its table, too.
  Span create_head() const {
    std::size_t at = skip_words(1, {"or", "replace", "temp", "temporary", "local", "global",
                                    "unlogged", "unique", "recursive", "trusted", "constraint"});
    const bool index = tokens_.word(at, "index");
    at = skip_kind(at);
    if (tokens_.word(at, "concurrently")) ++at;
    at = skip_condition(at);
    if (!(index && tokens_.word(at, "on"))) at = skip_name(at);
    if (index && tokens_.word(at, "on")) {
      at = skip_name(tokens_.word(at + 1, "only") ? at + 2 : at + 1);
    }
    return first_lines(between(0, at));
  }

  // INSERT INTO name, UPDATE name, DELETE FROM name, MERGE INTO name
  Span change_head(std::size_t first) const {
    std::size_t at = skip_words(first + 1, {"into", "from", "only"});
    at = skip_name(at);
    return first_lines(between(first, at));
  }

  // The change of a table among the queries of WITH.
  Span inside_with(const Op& op) const {
    std::string_view verb;
    Text table;
    if (const auto* change = std::get_if<Delete>(&op)) verb = "delete", table = change->table.name;
    if (const auto* change = std::get_if<Update>(&op)) verb = "update", table = change->table.name;
    if (const auto* change = std::get_if<Insert>(&op)) verb = "insert", table = change->table.name;
    if (const auto* change = std::get_if<Merge>(&op)) verb = "merge", table = change->table.name;
    if (verb.empty()) return first_line();
    for (std::size_t at = 0; tokens_.has(at); ++at) {
      if (!tokens_.word(at, verb) || tokens_.word(at - 1, "for")) continue;
      const std::size_t name = skip_words(at + 1, {"into", "from", "only"});
      const std::size_t end = skip_name(name);
      if (end > name && names(end - 1, table)) return change_head(at);
    }
    return first_line();
  }

  bool names(std::size_t at, Text name) const {
    if (tokens_.symbol(at, '*')) --at;
    if (!tokens_.has(at)) return false;
    if (tokens_[at].kind == TokenKind::word) return same_word(tokens_.text(at), name);
    const std::string_view quoted = tokens_.text(at);
    return quoted.size() == name.size() + 2 && quoted.substr(1, name.size()) == name;
  }

  // A finding shows a line: a long piece ends with its first.
  Span first_lines(Span span) const {
    constexpr std::uint32_t long_piece = 400;
    if (span.end - span.begin <= long_piece) return span;
    const std::size_t end = text_.find('\n', span.begin);
    if (end != std::string_view::npos && end < span.end) span.end = static_cast<std::uint32_t>(end);
    return span;
  }

  std::string_view text_;
  Span range_;
  TokenList tokens_;
};

Span clamped(Span span, std::size_t size) {
  const auto last = static_cast<std::uint32_t>(size);
  return {std::min(span.begin, last), std::min(span.end, last)};
}

// At least one byte, where there is one.
Span not_empty(Span span, std::string_view text) {
  if (span.begin < span.end) return span;
  const auto size = static_cast<std::uint32_t>(text.size());
  if (span.begin < size) return {span.begin, span.begin + 1};
  return {size > 0 ? size - 1 : 0, size};
}

}  // namespace

Span locate(std::string_view text, const Statement& statement, const Op& op) {
  const Node& where = node(op);
  Span range = clamped(where.span, text.size());
  const Span whole = clamped(statement.span, text.size());
  if (range.begin >= range.end) range = whole;
  // In a body the span is that of the inner statement; elsewhere a smaller one is the clause
  // already.
  const bool is_statement = range == whole || where.within != Within::statement;
  if (!is_statement || range.begin >= range.end) return not_empty(range, text);
  const Span found = Locator(text, range).find(op);
  const bool inside =
      found.begin >= range.begin && found.end <= range.end && found.begin < found.end;
  return not_empty(inside ? found : range, text);
}

}  // namespace migguard::sql
