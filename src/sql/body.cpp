// PL/pgSQL that is executed at once. Its SQL is found by following its statements (IF, LOOP, CASE
// ...) from one to the next, as plpgsql's grammar does (src/pl/plpgsql/src/pl_gram.y), without
// evaluating anything: what may be executed counts as executed.
//
// A body is parsed while the tree of its DO statement is walked: RawParse switches memory contexts.
#include <algorithm>
#include <array>
#include <optional>
#include <sql/dynamic_sql.hpp>
#include <sql/lower.hpp>
#include <sql/plpgsql.hpp>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {
namespace {

constexpr int most_extensions = 50;

class Body {
 public:
  Body(std::string_view text, std::optional<std::uint32_t> offset, Lowering& out)
      : text_(text),
        offset_(offset),
        tokens_(text, {0, static_cast<std::uint32_t>(text.size())}),
        out_(out),
        within_(out.within == Within::dynamic_sql ? Within::dynamic_sql : Within::do_block) {
    if (!out.ops.empty() && std::holds_alternative<DoBlock>(out.ops.back()))
      block_ = out.ops.size() - 1;
  }

  void read() {
    for (std::size_t at = 0; at < tokens_.size();) at = std::max(read_statement(at), at + 1);
  }

  // SQL that is there but cannot be known.
  void opaque(std::size_t first, std::size_t last, std::string_view reason,
              bool may_change_schema) {
    if (block_) std::get<DoBlock>(out_.ops[*block_]).opaque = true;
    bool& reported = may_change_schema ? opaque_schema_ : opaque_rows_;
    if (reported) return;
    reported = true;
    Opaque op;
    op.span = span(first, last);
    op.within = within_;
    op.reason = reason;
    op.may_change_schema = may_change_schema;
    out_.ops.push_back(op);
  }

 private:
  bool any_word(std::size_t at, std::initializer_list<std::string_view> words) const {
    return sql::any_word(tokens_, at, words);
  }

  // The place of tokens in the source file.
  Span span(std::size_t first, std::size_t last) const {
    if (!offset_ || first >= last || last > tokens_.size()) return out_.statement;
    return {*offset_ + tokens_[first].begin, *offset_ + tokens_[last - 1].end};
  }

  std::size_t statement_end(std::size_t at) const { return sql::statement_end(tokens_, at); }

  // The keyword outside of brackets and CASE expressions, a semicolon or the end, whatever comes
  // first.
  std::size_t keyword(std::size_t at, std::string_view wanted) const {
    return sql::keyword(tokens_, at, statement_end(at), wanted);
  }

  // x := ..., x.y[1] = ...
  bool assigns(std::size_t at) const {
    if (!tokens_.name(at)) return false;
    for (++at; at < tokens_.size() && !tokens_.symbol(at, ';'); ++at) {
      if (tokens_.text(at) == ":=" || tokens_.symbol(at, '=')) return true;
      if (tokens_.symbol(at, '[')) {
        while (at < tokens_.size() && !tokens_.symbol(at, ']') && !tokens_.symbol(at, ';')) ++at;
      } else if (tokens_.symbol(at, '.')) {
        ++at;
      } else {
        return false;
      }
    }
    return false;
  }

  // Reads the statement that begins at a token and returns where the next one begins.
  std::size_t read_statement(std::size_t at) {
    if (tokens_.text(at) == "<<") return at + 3;  // <<label>>
    if (assigns(at)) {
      const std::size_t end = statement_end(at);
      while (at < end && tokens_.text(at) != ":=" && !tokens_.symbol(at, '=')) ++at;
      read_expression(at + 1, end);
      return end + 1;
    }
    if (any_word(at, {"begin", "loop", "else", "exception"})) return at + 1;
    if (any_word(at, {"if", "elsif", "elseif", "when", "case"})) {
      const std::size_t then = keyword(at + 1, "then");
      read_expression(at + 1, then);
      return then + 1;
    }
    if (any_word(at, {"while", "foreach"})) {
      const std::size_t loop = keyword(at + 1, "loop");
      read_expression(at + 1, loop);
      return loop + 1;
    }
    if (tokens_.word(at, "declare")) return after_declarations(at + 1);
    if (tokens_.word(at, "for")) return read_for(at);
    const std::size_t end = statement_end(at);
    if (tokens_.word(at, "execute")) {
      read_execute(at + 1, end);
    } else if (tokens_.word(at, "perform")) {
      read_sql(at, end, false);
    } else if (tokens_.word(at, "return")) {
      if (tokens_.word(at + 1, "query")) read_query(at + 2, end);
    } else if (!any_word(at, {"end", "null", "raise", "exit", "continue", "assert", "get", "open",
                              "fetch", "move", "close"}) &&
               tokens_[at].kind == TokenKind::word) {
      return read_sql(at, end, true) + 1;
    }
    return end + 1;
  }

  std::size_t after_declarations(std::size_t at) const {
    while (at < tokens_.size() && !tokens_.word(at, "begin")) at = statement_end(at) + 1;
    return at;
  }

  // FOR x IN 1..10 LOOP, FOR x IN query LOOP, FOR x IN EXECUTE ... LOOP
  std::size_t read_for(std::size_t at) {
    const std::size_t loop = keyword(at + 1, "loop");
    const std::size_t in = keyword(at + 1, "in");
    if (in < loop) read_query(in + 1, loop);
    return loop + 1;
  }

  // A condition or a value: what its subqueries read. PL/pgSQL executes it as SELECT expression.
  void read_expression(std::size_t first, std::size_t last) {
    constexpr std::string_view select = "SELECT ";
    last = std::min(last, tokens_.size());
    bool queries = false;
    for (std::size_t at = first; at < last; ++at) queries |= tokens_.word(at, "select");
    if (!queries || tokens_[first].begin < select.size()) return;
    const std::string sql = cat(
        select, text_.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin));
    const RawParse tree(sql);
    if (!tree.good()) return;
    const std::size_t before = out_.ops.size();
    lower_tree(tree, tokens_[first].begin - select.size(), sql.size(), within_, span(first, last));
    // The queries are in brackets: how much of a table they read cannot be told from outside.
    for (std::size_t i = before; i < out_.ops.size(); ++i) {
      if (auto* query = std::get_if<Select>(&out_.ops[i])) query->limited = true;
    }
  }

  void read_query(std::size_t first, std::size_t last) {
    if (tokens_.word(first, "execute")) {
      read_execute(first + 1, last);
    } else if (any_word(first, {"select", "with", "values", "insert", "update", "delete", "merge",
                                "table"})) {
      read_sql(first, last, false);
    }
  }

  // One SQL statement. Where it may go on after a semicolon (BEGIN ATOMIC), it is read to its end,
  // which is returned.
  std::size_t read_sql(std::size_t first, std::size_t last, bool may_go_on) {
    std::string sql;
    for (int extensions = 0;; ++extensions) {
      sql = text_.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin);
      if (tokens_.word(first, "perform")) sql.replace(0, 7, "SELECT ");
      remove_into(sql, first, last);
      const bool goes_on = may_go_on && last < tokens_.size() && extensions < most_extensions;
      if (goes_on) sql += ';';
      const RawParse tree(sql);
      if (tree.good()) {
        lower_tree(tree, tokens_[first].begin, sql.size(), within_, span(first, last));
        return last;
      }
      const std::size_t next = statement_end(last + 1);
      if (!goes_on || !tree.refusal().at_end || next >= tokens_.size()) break;
      last = next;
    }
    const std::size_t end = statement_end(first);
    opaque(first, end, "SQL that cannot be read", true);
    return end;
  }

  // PL/pgSQL's INTO names variables, where SQL's makes a table.
  void remove_into(std::string& sql, std::size_t first, std::size_t last) const {
    if (!any_word(first, {"select", "with", "values", "insert", "update", "delete", "merge"}))
      return;
    const auto into = variables_into(tokens_, first, last);
    if (!into) return;
    const std::size_t end = after_targets(tokens_, *into + 1, last);
    const std::size_t begin = tokens_[*into].begin - tokens_[first].begin;
    const std::size_t size = tokens_[end - 1].end - tokens_[*into].begin;
    sql.replace(begin, size, size, ' ');
  }

  // EXECUTE expression [INTO target] [USING values]
  void read_execute(std::size_t first, std::size_t last) {
    const std::size_t end = std::min({last, keyword(first, "into"), keyword(first, "using")});
    const Folded folded = fold(tokens_, first, end);
    if (!folded.constant)
      return opaque(first - 1, last, "dynamic SQL", may_change_schema(folded.text));
    if (out_.depth + 1 >= deepest_body) return opaque(first - 1, last, "nested too deeply", true);
    const RawParse tree(folded.text);
    if (!tree.good())
      return opaque(first - 1, last, "dynamic SQL that cannot be read",
                    may_change_schema(folded.text));
    if (folded.offset) {
      return lower_tree(tree, *folded.offset, folded.text.size(), Within::dynamic_sql);
    }
    Lowering inner{.text = keep(out_, folded.text),
                   .base = 0,
                   .statement = span(first - 1, last),
                   .within = Within::dynamic_sql,
                   .exact_positions = false,
                   .arena = out_.arena,
                   .ops = out_.ops,
                   .depth = out_.depth + 1};
    for (std::size_t i = 0; i < tree.size(); ++i) lower_statement(tree[i], inner);
  }

  // Lowers what was parsed from a place of the body on. `statement`: its place where it is known to
  // be one (the end of what was parsed may have been an INTO, and is blank now).
  void lower_tree(const RawParse& tree, std::size_t begin, std::size_t size, Within within,
                  std::optional<Span> statement = std::nullopt) {
    for (std::size_t i = 0; i < tree.size(); ++i) {
      Lowering inner{.text = text_.substr(begin, size),
                     .base = 0,
                     .statement = out_.statement,
                     .within = within,
                     .exact_positions = offset_.has_value(),
                     .arena = out_.arena,
                     .ops = out_.ops,
                     .depth = out_.depth + 1};
      if (offset_) {
        const Span range = tree.range(i);
        inner.base = *offset_ + static_cast<std::uint32_t>(begin);
        inner.statement =
            statement.value_or(Span{inner.base + range.begin, inner.base + range.end});
      }
      lower_statement(tree[i], inner);
    }
  }

  std::string_view text_;
  std::optional<std::uint32_t> offset_;  // of the text in the source file
  TokenList tokens_;
  Lowering& out_;
  Within within_;
  std::optional<std::size_t> block_;  // the DoBlock among out_.ops
  bool opaque_schema_ = false;
  bool opaque_rows_ = false;
};

}  // namespace

void lower_body(std::string_view body, std::optional<std::uint32_t> body_offset, Lowering& out) {
  if (!out.exact_positions) body_offset.reset();
  // Operations may refer to the text: it must outlive the tree that it came from.
  std::string_view text;
  if (body_offset && *body_offset >= out.base) {
    text = out.text.substr(std::min<std::size_t>(*body_offset - out.base, out.text.size()),
                           body.size());
  }
  if (text != body) text = keep(out, body);
  Body reader(text, body_offset, out);
  if (out.depth >= deepest_body) return reader.opaque(0, 0, "nested too deeply", true);
  reader.read();
}

}  // namespace migguard::sql
