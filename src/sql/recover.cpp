// Recovery from broken statements. One that cannot be read must cost nothing but itself: the parser
// is given the text up to the next semicolon; where it says that the input ended too early, the
// text up to the one after (a semicolon may stand inside CREATE RULE or BEGIN ATOMIC); where it
// says anything else, the statement is broken, and reading goes on after its first semicolon.
//
// Quotes that do not match turn literals inside out. A literal that never ends, or that looks
// inside out, is left at its first line that begins like a statement.
#include <algorithm>
#include <array>
#include <sql/hints.hpp>
#include <sql/prepare.hpp>
#include <sql/raw_parse.hpp>
#include <sql/recover.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {
namespace {

// How many semicolons a statement may hold, and how many quotes of a file may have no end: bounds
// for hostile input.
constexpr int most_extensions = 200;
constexpr std::size_t most_restarts = 20;
constexpr std::size_t reported_problems = 20;

constexpr std::array<std::string_view, 30> statement_words = {
    "alter",  "analyze", "begin",    "call",    "cluster", "comment", "commit",   "copy",
    "create", "delete",  "do",       "drop",    "end",     "explain", "grant",    "insert",
    "lock",   "merge",   "refresh",  "reindex", "release", "revoke",  "rollback", "savepoint",
    "select", "set",     "truncate", "update",  "vacuum",  "with"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The text up to a semicolon.
struct Piece {
  std::uint32_t end = 0;       // after the semicolon
  std::uint32_t last_end = 0;  // of the last token before it
  bool semicolon = false;
};

class Recovery {
 public:
  Recovery(Reading& reading, Span range)
      : reading_(reading),
        end_(range.end),
        budget_(std::size_t{8} * (range.end - range.begin) + (std::size_t{1} << 20)) {}

  std::size_t run(std::size_t at, std::size_t stop, std::optional<std::size_t> refused_at) {
    if (refused_at) at = accept_before(at, *refused_at);
    while (at < stop) {
      Token first;
      Scanner scanner(text(), at);
      bool any = scanner.next(first);
      while (any && first.comment() && first.closed) any = scanner.next(first);
      if (!any) return end_;
      if (first.comment()) {
        report({ProblemKind::unterminated, head_of(first), first.span(), "unterminated /* comment",
                ""});
        return end_;
      }
      const bool empty = first.kind == TokenKind::symbol && text()[first.begin] == ';';
      at = empty ? first.end : read_statement(first.begin);
    }
    return at;
  }

 private:
  std::string_view text() const { return std::string_view(reading_.text()).substr(0, end_); }

  Piece next_piece(Scanner& scanner) const {
    Piece piece{end_, end_, false};
    bool any = false;
    for (Token token; scanner.next_word(token);) {
      if (token.kind == TokenKind::symbol && text()[token.begin] == ';') {
        if (!any) piece.last_end = token.begin;
        piece.end = token.end;
        piece.semicolon = true;
        return piece;
      }
      any = true;
      piece.last_end = token.end;
    }
    return piece;
  }

  // Lowers the text if the parser takes it; says why not otherwise.
  std::optional<Refusal> try_to_accept(std::size_t begin, std::size_t end) {
    buffer_.assign(text().substr(begin, end - begin));
    const RawParse parse(buffer_);
    if (!parse.good()) return parse.refusal();
    reading_.accept(parse, static_cast<std::uint32_t>(begin), buffer_.size());
    return std::nullopt;
  }

  // The parser reads from left to right: what precedes the statement that it stopped in is good.
  std::size_t accept_before(std::size_t begin, std::size_t refused_at) {
    std::size_t good_end = begin;
    Scanner scanner(text().substr(0, refused_at), begin);
    for (Token token; scanner.next_word(token);) {
      if (token.kind == TokenKind::symbol && text()[token.begin] == ';') good_end = token.end;
    }
    return good_end > begin && !try_to_accept(begin, good_end) ? good_end : begin;
  }

  // Returns where the next statement begins.
  std::size_t read_statement(std::size_t begin) {
    Scanner scanner(text(), begin);
    const Piece first = next_piece(scanner);
    Piece piece = first;
    std::optional<Refusal> refusal = try_to_accept(begin, piece.end);
    for (int extensions = 0;
         refusal && refusal->at_end && piece.semicolon && extensions < most_extensions;
         ++extensions) {
      const Piece more = next_piece(scanner);
      if (more.end == piece.end || more.end - begin > budget_) break;
      budget_ -= more.end - begin;
      piece = more;
      refusal = try_to_accept(begin, piece.end);
    }
    if (!refusal) return piece.end;
    if (accept_with_variables(begin, first.end)) return first.end;
    return give_up(begin, first, *refusal);
  }

  // psql's variables are no problem, and templates' placeholders hide but a name: the rest can be
  // read.
  bool accept_with_variables(std::size_t begin, std::size_t end) {
    buffer_.assign(text().substr(begin, end - begin));
    Span placeholder{};
    if (!replace_variables(buffer_, placeholder)) return false;
    const RawParse parse(buffer_);
    if (!parse.good() || parse.size() == 0) return false;
    reading_.accept(parse, static_cast<std::uint32_t>(begin), buffer_.size());
    if (placeholder != Span{}) {
      Problem problem;
      const auto base = static_cast<std::uint32_t>(begin);
      problem.span = {base + placeholder.begin, base + placeholder.end};
      problem.statement = reading_.statements.back().span;
      problem.message =
          cat("syntax error at or near \"", text().substr(problem.span.begin, 1), "\"");
      explain(problem, text());
      problem.kind = ProblemKind::template_;
      report(std::move(problem));
    }
    return true;
  }

  // The first line inside a literal that begins like a statement, after a line that ends one.
  std::optional<std::size_t> statement_inside(const Token& literal) const {
    const bool body = literal.kind == TokenKind::dollar_string;
    std::size_t before = literal.begin;  // the last character that is no white space
    for (std::size_t at = literal.begin; at < literal.end; ++at) {
      const char c = text()[at];
      if (c != '\n') {
        if (!is_space(c)) before = at;
        continue;
      }
      if (text()[before] != ';') continue;
      std::size_t word = at + 1;
      while (!body && word < literal.end && (text()[word] == ' ' || text()[word] == '\t')) ++word;
      std::size_t word_end = word;
      while (word_end < literal.end && is_word(text()[word_end])) ++word_end;
      const std::string_view found = text().substr(word, word_end - word);
      // Statements of a body are indented, its BEGIN and END are not.
      if (body && (same_word(found, "begin") || same_word(found, "end"))) continue;
      if (std::any_of(statement_words.begin(), statement_words.end(),
                      [&](std::string_view each) { return same_word(found, each); })) {
        return word;
      }
    }
    return std::nullopt;
  }

  // Whether a quoted literal is rather the text between two: it touches a word.
  bool inside_out(const Token& token) const {
    if (token.kind != TokenKind::string && token.kind != TokenKind::quoted_word) return false;
    const char quote = text()[token.begin];
    if (quote != '\'' && quote != '"') return false;
    const auto word_at = [&](std::size_t at) { return at < end_ && is_word(text()[at]); };
    const bool national = token.begin > 0 && (text()[token.begin - 1] | 0x20) == 'n' &&
                          !(token.begin > 1 && word_at(token.begin - 2));
    return (token.begin > 0 && word_at(token.begin - 1) && !national) || word_at(token.end);
  }

  struct Restart {
    std::size_t at;  // the end of the text where reading cannot start anew
    Token literal;
  };
  std::optional<Restart> restart(std::size_t begin, std::size_t end) const {
    Scanner scanner(text(), begin);
    for (Token token; scanner.next(token) && token.begin < end;) {
      const bool open = !token.closed;
      if (!open && !inside_out(token)) continue;
      const bool may_go_on =
          token.kind != TokenKind::block_comment && reading_.restarts.size() < most_restarts;
      const std::optional<std::size_t> at = may_go_on ? statement_inside(token) : std::nullopt;
      if (at) return Restart{*at, token};
      if (open) return Restart{end_, token};
    }
    return std::nullopt;
  }

  // The end of a BEGIN ATOMIC body whose statement is broken: its END. Where a statement comes
  // before it that cannot stand in a body, none.
  std::optional<Piece> end_of_atomic_body(std::size_t begin, const Piece& first) const {
    const TokenList tokens(text(), {static_cast<std::uint32_t>(begin), first.end});
    bool atomic = false;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      atomic = atomic || (tokens.word(i, "begin") && tokens.word(i + 1, "atomic"));
    }
    if (!atomic) return std::nullopt;
    Scanner scanner(text(), first.end);
    for (int pieces = 0; pieces < most_extensions; ++pieces) {
      Scanner ahead = scanner;
      Token token;
      if (!ahead.next_word(token)) return std::nullopt;
      const std::string_view word = text().substr(token.begin, token.end - token.begin);
      if (same_word(word, "create") || same_word(word, "alter") || same_word(word, "drop"))
        return std::nullopt;
      const Piece piece = next_piece(scanner);
      if (same_word(word, "end")) return piece;
      if (!piece.semicolon) return std::nullopt;
    }
    return std::nullopt;
  }

  std::size_t give_up(std::size_t begin, const Piece& first, const Refusal& refusal) {
    Problem problem;
    problem.message = refusal.message;
    std::size_t next = first.end;
    std::size_t last_end = first.last_end;
    const std::optional<Restart> anew = restart(begin, first.end);
    if (anew) {
      next = anew->at;
      last_end = next;
      if (next < end_) {
        reading_.restarts.push_back(static_cast<std::uint32_t>(next));
        prepare_psql(reading_, {static_cast<std::uint32_t>(next), end_});
      }
      while (last_end > begin + 1 && is_space(text()[last_end - 1])) --last_end;
    } else if (const std::optional<Piece> body = end_of_atomic_body(begin, first)) {
      next = body->end;
      last_end = body->last_end;
    }
    problem.statement = {static_cast<std::uint32_t>(begin),
                         static_cast<std::uint32_t>(std::max(last_end, begin + 1))};
    const bool unterminated = refusal.message.starts_with("unterminated");
    const bool too_deep = refusal.message.starts_with("memory exhausted");
    problem.kind = unterminated ? ProblemKind::unterminated
                   : too_deep   ? ProblemKind::too_deep
                                : ProblemKind::syntax;
    problem.span =
        unterminated && anew ? head_of(anew->literal) : place(begin, problem.statement, refusal);
    if (problem.kind == ProblemKind::syntax) explain(problem, text());
    report(std::move(problem));
    return next;
  }

  // An open quote and what follows it on its line.
  Span head_of(const Token& literal) const {
    std::size_t end = std::min<std::size_t>(text().find('\n', literal.begin), literal.end);
    while (end > literal.begin + 1 && is_space(text()[end - 1])) --end;
    return {literal.begin, static_cast<std::uint32_t>(end)};
  }

  // The token at which the parser stopped; the last one where it wanted more; the first one where
  // it gives no place.
  Span place(std::size_t begin, Span statement, const Refusal& refusal) const {
    Token token;
    Token last;
    const std::size_t wanted = begin + (refusal.placed || refusal.at_end ? refusal.offset : 0);
    // It may be the semicolon, which is no part of the statement.
    const std::size_t limit =
        refusal.at_end ? statement.end : std::max<std::size_t>(statement.end, wanted + 1);
    Scanner scanner(text().substr(0, limit), begin);
    while (scanner.next_word(token)) {
      last = token;
      if (token.end > wanted) break;
    }
    if (last.end <= last.begin) return {statement.begin, statement.begin + 1};
    return last.kind == TokenKind::string || last.kind == TokenKind::dollar_string ? head_of(last)
                                                                                   : last.span();
  }

  // One line for each broken statement, but no flood: the last problem of a file sums up the rest.
  void report(Problem problem) {
    std::vector<Problem>& problems = reading_.script.problems;
    const std::uint32_t end = problem.statement.end;
    if (++reading_.broken_statements <= reported_problems) {
      problems.push_back(std::move(problem));
      return;
    }
    if (reading_.broken_statements == reported_problems + 1) {
      problem.hint.clear();
      problems.push_back(std::move(problem));
    }
    Problem& summary = problems.back();
    summary.statement.end = std::max(summary.statement.end, end);
    const std::size_t count = reading_.broken_statements - reported_problems;
    summary.kind = ProblemKind::syntax;
    summary.message = count == 1 ? cat("1 more statement that cannot be read")
                                 : cat(count, " more statements that cannot be read");
  }

  Reading& reading_;
  std::uint32_t end_;
  std::size_t budget_;  // bytes that may be parsed again because a statement holds semicolons
  std::string buffer_;
};

}  // namespace

std::size_t recover(Reading& reading, Span range, std::size_t stop,
                    std::optional<std::size_t> refused_at) {
  return Recovery(reading, range).run(range.begin, stop, refused_at);
}

}  // namespace migguard::sql
