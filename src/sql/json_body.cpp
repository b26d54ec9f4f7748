// JSON keys in the bodies of functions and DO blocks. The SQL in a body is found by lower_body;
// read here is what only PL/pgSQL has: assignments to NEW, and variables that hold a document. What
// a function does is only defined, so of its operations nothing but the keys is kept.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/raw_parse.hpp>
#include <sql/scan.hpp>
#include <util/text.hpp>

namespace migguard::sql {
namespace {

// A body and where it stands in the source, if it stands there verbatim.
struct BodyText {
  std::string_view text;
  std::optional<std::uint32_t> offset;
};

constexpr unsigned deepest_body = 8;
constexpr std::size_t most_statements = 20'000;

// Follows a PL/pgSQL body chunk by chunk. Control words are skipped, whatever they test.
class BodyKeys {
 public:
  BodyKeys(const BodyText& body, Lowering& out, const Name& function)
      : body_(body),
        tokens_(body.text, {0, static_cast<std::uint32_t>(body.text.size())}),
        out_(out),
        function_(function) {}

  void read() {
    std::size_t chunks = 0;
    for (std::size_t at = 0; at < tokens_.size() && chunks < most_statements; ++chunks) {
      std::size_t end = at;
      while (end < tokens_.size() && !tokens_.symbol(end, ';')) ++end;
      read_chunk(at, end);
      at = end + 1;
    }
  }

 private:
  bool any_word(std::size_t at, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return tokens_.word(at, each); });
  }
  std::size_t behind(std::size_t at, std::size_t end, std::string_view word) const {
    while (at < end && !tokens_.word(at, word)) ++at;
    return std::min(at + 1, end);
  }
  std::string text(std::size_t first, std::size_t last) const {
    if (first >= last) return {};
    return std::string(
        body_.text.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin));
  }

  void read_chunk(std::size_t at, std::size_t end) {
    while (at < end) {
      if (tokens_.text(at) == "<<")
        at += 3;
      else if (any_word(at, {"declare", "begin"}))
        declaring_ = tokens_.word(at++, "declare");
      else if (any_word(at, {"loop", "else", "exception"}))
        ++at;
      else if (any_word(at, {"if", "elsif", "elseif", "when", "case"}))
        at = behind(at + 1, end, "then");
      else if (any_word(at, {"while", "for", "foreach"}))
        at = behind(at + 1, end, "loop");
      else
        break;
    }
    if (at >= end) return;
    if (declaring_) return declare(at, end);
    if (any_word(at, {"update", "insert", "merge", "with"})) {
      if (mentions_variable(at, end)) walk(text(at, end), false);
      return;
    }
    if (tokens_.word(at, "return")) {
      if (!any_word(at + 1, {"query", "next", "new", "old", "null"}))
        walk(cat("SELECT ", text(at + 1, end)), false);
      return;
    }
    assign(at, end);
  }

  // name [CONSTANT] type [NOT NULL] := expression
  void declare(std::size_t at, std::size_t end) {
    for (std::size_t sign = at + 1; sign < end; ++sign) {
      if (tokens_.text(sign) != ":=" && !tokens_.symbol(sign, '=') &&
          !tokens_.word(sign, "default"))
        continue;
      remember(std::string(tokens_.text(at)), text(sign + 1, end));
      return;
    }
  }

  // A variable that may hold a document: constants and builders are, whatever they were cast to.
  void remember(std::string name, std::string expression) {
    constexpr std::size_t largest = 65'536;
    name = to_lower(name);
    if (expression.size() > largest) return;
    if (expression.find('{') == std::string::npos && expression.find("json") == std::string::npos) {
      variables_.erase(name);
    } else {
      variables_[name] = std::move(expression);
    }
  }

  bool mentions_variable(std::size_t at, std::size_t end) const {
    if (variables_.empty()) return false;
    for (; at < end; ++at) {
      if (tokens_.name(at) && variables_.contains(to_lower(tokens_.text(at)))) return true;
    }
    return false;
  }

  // variable := expression, NEW.column := expression, NEW.column['a']['b'] := expression
  void assign(std::size_t at, std::size_t end) {
    std::size_t sign = at;
    int depth = 0;
    for (; sign < end; ++sign) {
      if (tokens_.symbol(sign, '[') || tokens_.symbol(sign, '(')) ++depth;
      if (tokens_.symbol(sign, ']') || tokens_.symbol(sign, ')')) --depth;
      if (depth == 0 && (tokens_.text(sign) == ":=" || tokens_.symbol(sign, '='))) break;
    }
    if (sign >= end || !tokens_.name(at)) return;
    if (sign == at + 1) return remember(std::string(tokens_.text(at)), text(sign + 1, end));
    if (!tokens_.word(at, "new") || !tokens_.symbol(at + 1, '.')) return;
    // As the SET clause that it is: PostgreSQL's grammar reads the subscripts.
    const std::string set = text(at + 2, sign);
    walk(cat("UPDATE new SET ", set, " = ", text(sign + 1, end)), true);
  }

  // Walks a statement; what is new of its keys is kept. `assignment`: it is an UPDATE of NEW in its
  // trigger function.
  void walk(const std::string& sql, bool assignment) {
    const RawParse tree(sql);
    if (!tree.good() || tree.size() == 0) return;
    std::vector<Op> ops;
    Lowering inner{.text = sql,
                   .base = 0,
                   .statement = out_.statement,
                   .within = out_.within,
                   .exact_positions = false,
                   .arena = out_.arena,
                   .ops = ops,
                   .depth = out_.depth + 1};
    JsonWalk keys(inner);
    keys.set_variables(&variables_);
    if (assignment)
      keys.assignment(tree[0].stmt, function_);
    else
      keys.statement(tree[0].stmt);
    keep_new_keys(ops, out_);
  }

 public:
  // Appends the keys among the operations that are not there yet.
  static void keep_new_keys(const std::vector<Op>& ops, Lowering& out) {
    const std::size_t before = out.ops.size();
    for (const Op& op : ops) {
      const auto* key = std::get_if<JsonKey>(&op);
      if (!key) continue;
      const bool known =
          std::any_of(out.ops.begin(), out.ops.begin() + static_cast<std::ptrdiff_t>(before),
                      [&](const Op& each) {
                        const auto* other = std::get_if<JsonKey>(&each);
                        return other && other->path == key->path && other->column == key->column &&
                               other->access == key->access && other->feeds == key->feeds &&
                               std::equal(other->tables.begin(), other->tables.end(),
                                          key->tables.begin(), key->tables.end());
                      });
      if (!known) out.ops.push_back(op);
    }
  }

 private:
  BodyText body_;
  TokenList tokens_;
  Lowering& out_;
  Name function_;
  bool declaring_ = false;
  JsonVariables variables_;
};

std::string_view language_of(const ::List* options) {
  for (const DefElem* option : items<DefElem>(options)) {
    if (std::string_view(option->defname) != "language") continue;
    const char* name = string_of(option->arg);
    return name ? name : "";
  }
  return {};
}

void read_body(const BodyText& body, std::string_view language, const Name& function,
               Lowering& out) {
  std::vector<Op> ops;
  Lowering inner{.text = out.text,
                 .base = out.base,
                 .statement = out.statement,
                 .within = out.within,
                 .exact_positions = out.exact_positions,
                 .arena = out.arena,
                 .ops = ops,
                 .depth = out.depth + 1};
  if (language == "sql") {
    const std::string sql(body.text);
    const RawParse tree(sql);
    if (!tree.good()) return;
    inner.text = sql;
    inner.base = body.offset.value_or(0);
    inner.exact_positions = body.offset.has_value();
    for (std::size_t i = 0; i < tree.size(); ++i) {
      JsonWalk keys(inner);
      keys.statement(tree[i].stmt);
    }
  } else if (language == "plpgsql") {
    lower_body(body.text, body.offset, inner);
    BodyKeys(body, inner, function).read();
  }
  for (Op& op : ops) {
    if (auto* key = std::get_if<JsonKey>(&op)) key->defined = true;
  }
  BodyKeys::keep_new_keys(ops, out);
}

}  // namespace

void json_keys_of_body(const CreateFunctionStmt& statement, Lowering& out) {
  if (out.depth >= deepest_body) return;
  const auto last = std::find_if(out.ops.rbegin(), out.ops.rend(), [](const Op& op) {
    return std::holds_alternative<CreateFunction>(op);
  });
  if (last == out.ops.rend()) return;
  const CreateFunction function = std::get<CreateFunction>(*last);
  if (function.body.empty()) return;
  BodyText body{function.body, {}};
  if (out.exact_positions && function.body_span.begin < function.body_span.end)
    body.offset = function.body_span.begin;
  const bool trigger = function.returns.name.name == "trigger";
  read_body(body, language_of(statement.options), trigger ? function.function : Name{}, out);
}

void json_keys_of_body(const DoStmt& statement, Lowering& out) {
  if (out.depth >= deepest_body) return;
  const std::string_view language = language_of(statement.args);
  if (!language.empty() && language != "plpgsql") return;
  for (const DefElem* option : items<DefElem>(statement.args)) {
    if (std::string_view(option->defname) != "as") continue;
    if (const char* body = string_of(option->arg)) BodyKeys({body, {}}, out, {}).read();
  }
}

}  // namespace migguard::sql
