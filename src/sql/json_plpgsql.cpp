// JSON keys in a PL/pgSQL body: in its SQL, its conditions and assignments, and what goes from one
// to the other through variables.
#include <sql/json_plpgsql.hpp>
//
#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <sql/json_walk.hpp>
#include <sql/plpgsql.hpp>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <util/text.hpp>

namespace migguard::sql {
namespace {

constexpr std::size_t most_statements = 20'000;

// A piece of a body that was parsed by itself.
struct Piece {
  Piece(std::string sql_text, std::int32_t its_shift)
      : sql(std::move(sql_text)), shift(its_shift), tree(sql) {}
  std::string sql;
  std::int32_t shift;  // what to add to a place in `sql` to get the place in the body
  RawParse tree;
  const ::Node* query() const { return tree.good() && tree.size() == 1 ? tree[0].stmt : nullptr; }
};

// No place in the body: positions are the whole statement's.
constexpr std::int32_t nowhere = std::numeric_limits<std::int32_t>::min() / 4;

// Follows a PL/pgSQL body statement by statement, whatever its control words test, and remembers
// what its variables hold: the expression or the query that each was given last.
class BodyKeys {
 public:
  BodyKeys(const BodyText& body, Lowering& out, const Name& trigger_function)
      : body_(body),
        tokens_(body.text, {0, static_cast<std::uint32_t>(body.text.size())}),
        out_(out),
        inner_{.text = body.text,
               .base = body.offset.value_or(0),
               .statement = out.statement,
               .within = out.within,
               .exact_positions = body.offset.has_value(),
               .arena = out.arena,
               .ops = out.ops,
               .depth = out.depth + 1},
        walk_(inner_),
        trigger_function_(trigger_function) {
    if (trigger_function.name.empty()) return;
    for (const std::string_view row : {"new", "old"}) {
      JsonRelation relation;
      relation.alias = row;
      relation.trigger_function = trigger_function;
      relation.record = true;
      walk_.declare(relation);
    }
  }
  ~BodyKeys() {
    while (!pieces_.empty()) pieces_.pop_back();  // trees end in the reverse order
  }
  BodyKeys(const BodyKeys&) = delete;
  BodyKeys& operator=(const BodyKeys&) = delete;

  // A parameter or variable that has the columns of a table, where the type is one.
  void declare_row(std::string_view name, const Name& table) {
    JsonRelation relation;
    relation.alias = known(name);
    relation.table = table;
    relation.record = true;
    walk_.declare(relation);
  }

  void read() {
    std::size_t chunks = 0;
    for (std::size_t at = 0; at < tokens_.size() && chunks < most_statements; ++chunks) {
      const std::size_t end = statement_end(tokens_, at);
      read_chunk(at, end);
      at = end + 1;
    }
    // What only went to variables is judged when it is known where it went from there.
    for (const Later& each : later_) {
      inner_.statement = each.span;
      walk_.set_variables(each.variables);
      walk_.enter_tree(each.shift);
      walk_.read_for_variables(each.query, each.guard);
    }
  }

 private:
  struct Later {
    const ::Node* query;
    const JsonScope* variables;
    std::int32_t shift;
    Span span;
    bool guard;
  };

  bool any_word(std::size_t at, std::initializer_list<std::string_view> words) const {
    return sql::any_word(tokens_, at, words);
  }
  std::size_t keyword(std::size_t at, std::size_t end, std::string_view wanted) const {
    return sql::keyword(tokens_, at, end, wanted);
  }
  std::string_view text(std::size_t first, std::size_t last) const {
    if (first >= last) return {};
    return body_.text.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin);
  }
  Span span(std::size_t first, std::size_t last) const {
    if (!body_.offset || first >= last) return out_.statement;
    return {*body_.offset + tokens_[first].begin, *body_.offset + tokens_[last - 1].end};
  }
  // A name as PostgreSQL folds it.
  static std::string name_of(std::string_view written) {
    if (written.size() < 2 || written.front() != '"') return to_lower(written);
    std::string name(written.substr(1, written.size() - 2));
    for (std::size_t at = 0; (at = name.find("\"\"", at)) != std::string::npos; ++at)
      name.erase(at, 1);
    return name;
  }
  // The name of a variable, for as long as the walk.
  std::string_view known(std::string_view name) { return *names_.insert(std::string(name)).first; }

  // ---- statements

  void read_chunk(std::size_t at, std::size_t end) {
    while (at < end) {
      if (tokens_.text(at) == "<<") {
        at += 3;
      } else if (any_word(at, {"declare", "begin"})) {
        declaring_ = tokens_.word(at++, "declare");
      } else if (any_word(at, {"loop", "else", "exception"})) {
        ++at;
      } else if (any_word(at, {"if", "elsif", "elseif", "when"})) {
        if (tokens_.word(at, "if")) ++nesting_;
        const std::size_t then = keyword(at + 1, end, "then");
        read_condition(at + 1, then, ends_work(then + 1, end));
        at = then + 1;
      } else if (tokens_.word(at, "case")) {
        ++nesting_;
        at = keyword(at + 1, end, "when");
      } else if (tokens_.word(at, "while")) {
        ++nesting_;
        const std::size_t loop = keyword(at + 1, end, "loop");
        read_condition(at + 1, loop, false);
        at = loop + 1;
      } else if (any_word(at, {"for", "foreach"})) {
        ++nesting_;
        const std::size_t loop = keyword(at + 1, end, "loop");
        read_for(at + 1, loop);
        at = loop + 1;
      } else {
        break;
      }
    }
    if (at >= end) return;
    if (tokens_.word(at, "end")) {
      if (any_word(at + 1, {"if", "loop", "case"}) && nesting_ > 0) --nesting_;
      return;
    }
    inner_.statement = span(at, end);
    if (declaring_) return declare(at, end);
    if (any_word(at, {"select", "values", "with", "insert", "update", "delete", "merge"}))
      return read_sql(at, end);
    if (tokens_.word(at, "perform")) return read_expression(at + 1, end, false);
    if (tokens_.word(at, "return")) return read_return(at + 1, end);
    if (tokens_.word(at, "open")) {
      const std::size_t query = keyword(at + 1, end, "for") + 1;
      if (query < end && !tokens_.word(query, "execute")) read_sql(query, end);
      return;
    }
    if (any_word(at, {"raise", "execute", "null", "exit", "continue", "get", "fetch", "move",
                      "close", "commit", "rollback", "call", "assert"}) &&
        !is_assignment(at, end))
      return;
    assign(at, end);
  }

  // Whether what follows a condition ends the work with an error, or drops the row.
  bool ends_work(std::size_t at, std::size_t end) const {
    if (tokens_.word(at, "return")) return at + 1 < end && tokens_.word(at + 1, "null");
    return tokens_.word(at, "raise") &&
           !any_word(at + 1, {"notice", "warning", "info", "log", "debug"});
  }

  void read_condition(std::size_t first, std::size_t last, bool guard) {
    inner_.statement = span(first, last);
    read_expression(first, last, guard);
  }

  void read_return(std::size_t at, std::size_t end) {
    if (at >= end) return;
    if (tokens_.word(at, "query")) {
      if (!tokens_.word(at + 1, "execute")) read_sql(at + 1, end);
      return;
    }
    if (tokens_.word(at, "next")) ++at;
    if (at + 1 == end && any_word(at, {"new", "old", "null"})) return;
    read_expression(at, end, false);
  }

  // target IN query, target IN cursor, target IN ARRAY expression, i IN 1..10
  void read_for(std::size_t first, std::size_t last) {
    const std::size_t in = keyword(first, last, "in");
    if (in >= last) return;
    inner_.statement = span(in + 1, last);
    std::size_t at = in + 1;
    if (any_word(at,
                 {"select", "with", "values", "insert", "update", "delete", "merge", "table"}) ||
        tokens_.symbol(at, '('))
      return bind_query(first, in, at, last);
    if (tokens_.word(at, "array")) return read_expression(at + 1, last, false);
    const auto cursor = cursors_.find(name_of(tokens_.text(at)));
    if (cursor != cursors_.end())
      bind_query(first, in, cursor->second.first, cursor->second.second);
  }

  // SQL, with or without INTO.
  void read_sql(std::size_t first, std::size_t last) {
    if (const auto into = variables_into(tokens_, first, last))
      return bind_into(first, last, *into);
    if (!speaks_of_json(first, last)) return;
    const bool reads_only = any_word(first, {"select", "values"});
    const Piece* piece =
        parse(std::string(text(first, last)), static_cast<std::int32_t>(tokens_[first].begin));
    if (!piece) return;
    if (reads_only) return read_later(*piece, false);
    walk_.enter_tree(piece->shift);
    walk_.statement(piece->query());
    forget();
  }

  // SELECT a, b INTO x, y FROM ...; UPDATE ... RETURNING a INTO x
  void bind_into(std::size_t first, std::size_t last, std::size_t into) {
    const std::size_t targets = into + (tokens_.word(into + 1, "strict") ? 2 : 1);
    const std::size_t at = after_targets(tokens_, targets, last);
    std::string sql(text(first, last));
    const std::size_t begin = tokens_[into].begin - tokens_[first].begin;
    const std::size_t size = tokens_[at - 1].end - tokens_[into].begin;
    sql.replace(begin, size, size, ' ');
    bind(std::move(sql), static_cast<std::int32_t>(tokens_[first].begin), targets, at);
  }

  void bind_query(std::size_t targets, std::size_t targets_end, std::size_t first,
                  std::size_t last) {
    bind(std::string(text(first, last)), static_cast<std::int32_t>(tokens_[first].begin), targets,
         targets_end);
  }

  // Parses a query whose row goes to the variables named by tokens.
  void bind(std::string sql, std::int32_t shift, std::size_t targets, std::size_t targets_end) {
    if (pieces_.size() + 1 >= most_kept) return;
    const Piece* piece = parse(std::move(sql), shift);
    if (!piece) return;
    if (as<SelectStmt>(piece->query())) {
      read_later(*piece, false);
    } else {
      walk_.enter_tree(piece->shift);
      walk_.statement(piece->query());
    }
    std::vector<std::string> names;
    for (std::size_t at = targets; at < targets_end; ++at) {
      if (tokens_.name(at) && (at + 1 >= targets_end || tokens_.symbol(at + 1, ',')) &&
          (at == targets || tokens_.symbol(at - 1, ',')))
        names.push_back(name_of(tokens_.text(at)));
    }
    walk_.enter_tree(piece->shift);
    for (std::size_t i = 0; i < names.size(); ++i) {
      JsonRelation relation;
      const JsonRelation* before = walk_.variable(names[i]);
      relation.record = names.size() == 1 && !scalars_.contains(names[i]);
      relation.alias = known(names[i]);
      relation.query = piece->query();
      if (!relation.record) relation.output = static_cast<std::int32_t>(i);
      if (before && nesting_ > 0) relation.earlier = walk_.variables();
      walk_.declare(relation);
    }
  }

  // ---- variables

  // name [CONSTANT] type [NOT NULL] := expression; name CURSOR FOR query
  void declare(std::size_t at, std::size_t end) {
    if (!tokens_.name(at)) return;
    const std::string name = name_of(tokens_.text(at));
    const std::size_t query = keyword(at + 1, end, "for");
    if (keyword(at + 1, end, "cursor") < query && query + 1 < end) {
      cursors_[name] = {query + 1, end};
      return;
    }
    std::size_t type = at + 1;
    if (tokens_.word(type, "constant")) ++type;
    std::size_t sign = type;
    while (sign < end && tokens_.text(sign) != ":=" && !tokens_.symbol(sign, '=') &&
           !tokens_.word(sign, "default"))
      ++sign;
    if (!tokens_.word(type, "record")) declare_type(name, type, sign);
    if (sign + 1 < end) bind_expression(name, sign + 1, end);
  }

  // quotes%ROWTYPE, or a type that may be a table's.
  void declare_type(const std::string& name, std::size_t type, std::size_t end) {
    std::size_t last = type;
    while (last + 2 < end && tokens_.symbol(last + 1, '.')) last += 2;
    const bool row =
        last + 2 < end && tokens_.text(last + 1) == "%" && tokens_.word(last + 2, "rowtype");
    const bool copied = last + 2 < end && tokens_.text(last + 1) == "%" && !row;
    if (!row && (copied || last + 1 != end)) {
      scalars_.insert(name);
      return;
    }
    if (!row && is_scalar_type(tokens_.text(last))) {
      scalars_.insert(name);
      return;
    }
    Name table{{}, known(name_of(tokens_.text(last)))};
    if (last >= type + 2) table.schema = known(name_of(tokens_.text(last - 2)));
    declare_row(name, table);
  }

  static bool is_scalar_type(std::string_view type) {
    const std::string lower = to_lower(type);
    return is_json_type_name(lower) || is_number_type_name(lower) ||
           std::any_of(std::begin(other_scalars), std::end(other_scalars),
                       [&](std::string_view each) { return lower == each; });
  }
  static constexpr std::string_view other_scalars[] = {
      "text",      "varchar",     "int",   "integer", "bigint", "smallint", "boolean",
      "bool",      "uuid",        "date",  "real",    "char",   "name",     "time",
      "timestamp", "timestamptz", "float", "hstore",  "serial", "interval", "bytea"};

  void bind_expression(const std::string& name, std::size_t first, std::size_t last) {
    if (!speaks_of_json(first, last) || pieces_.size() + 1 >= most_kept) return;
    const Piece* piece = parse_expression(first, last);
    if (!piece) return;
    read_later(*piece, false);
    const JsonRelation* before = walk_.variable(name);
    JsonRelation relation;
    relation.alias = known(name);
    relation.query = piece->query();
    relation.output = 0;
    if (before && nesting_ > 0) relation.earlier = walk_.variables();
    walk_.enter_tree(piece->shift);
    walk_.declare(relation);
  }

  std::size_t assignment_sign(std::size_t at, std::size_t end) const {
    int depth = 0;
    for (; at < end; ++at) {
      if (tokens_.symbol(at, '[') || tokens_.symbol(at, '(')) ++depth;
      if (tokens_.symbol(at, ']') || tokens_.symbol(at, ')')) --depth;
      if (depth == 0 && (tokens_.text(at) == ":=" || tokens_.symbol(at, '='))) break;
    }
    return at;
  }
  bool is_assignment(std::size_t at, std::size_t end) const {
    return at + 1 < end && (tokens_.text(at + 1) == ":=" || tokens_.symbol(at + 1, '='));
  }

  // variable := expression, NEW.column := expression, NEW.column['a']['b'] := expression
  void assign(std::size_t at, std::size_t end) {
    const std::size_t sign = assignment_sign(at, end);
    if (sign + 1 >= end || !tokens_.name(at)) return;
    const std::string name = name_of(tokens_.text(at));
    if (sign == at + 1) return bind_expression(name, sign + 1, end);
    if (tokens_.symbol(at + 1, '[')) return bind_member(name, at, sign, end);
    if (!tokens_.symbol(at + 1, '.') || at + 2 >= sign) return;
    const JsonRelation* row = walk_.variable(name);
    if (!row || (row->trigger_function.name.empty() && row->table.name.empty())) return;
    // As the SET clause that it is: PostgreSQL's grammar reads the subscripts.
    constexpr std::string_view update = "UPDATE new SET ";
    std::string sql(text(at + 2, end));
    const std::size_t place = tokens_[sign].begin - tokens_[at + 2].begin;
    if (tokens_.text(sign) == ":=") sql.replace(place, 2, " =");
    const auto shift =
        static_cast<std::int32_t>(tokens_[at + 2].begin) - static_cast<std::int32_t>(update.size());
    const Piece* piece = parse(cat(update, sql), shift);
    if (!piece) return;
    walk_.enter_tree(piece->shift);
    walk_.assignment(piece->query(), row->table, row->trigger_function);
    forget();
  }

  // variable['a']['b'] := expression
  void bind_member(const std::string& name, std::size_t at, std::size_t sign, std::size_t end) {
    std::string path;
    for (std::size_t each = at + 1; each < sign; ++each) {
      if (tokens_.symbol(each, '[') || tokens_.symbol(each, ']')) continue;
      path += cat(path.empty() ? "" : ", ", "(", tokens_.text(each), ")::text");
    }
    if (pieces_.size() + 1 >= most_kept) return;
    const Piece* piece = parse(cat("SELECT jsonb_set(", tokens_.text(at), ", ARRAY[", path,
                                   "], to_jsonb(", text(sign + 1, end), "))"),
                               nowhere);
    if (!piece) return;
    JsonRelation relation;
    relation.alias = known(name);
    relation.query = piece->query();
    relation.output = 0;
    walk_.enter_tree(piece->shift);
    walk_.declare(relation);
  }

  // ---- parsing

  // What can hold no key, and speaks of no variable that may, need not be parsed.
  bool speaks_of_json(std::size_t first, std::size_t last) const {
    if (first >= last) return false;
    if (may_hold_json_keys(text(first, last))) return true;
    if (names_.empty()) return false;
    for (; first < last; ++first) {
      if (tokens_.name(first) && names_.contains(name_of(tokens_.text(first)))) return true;
    }
    return false;
  }

  const Piece* parse(std::string sql, std::int32_t shift) {
    constexpr std::size_t largest = std::size_t{1} << 20;
    if (sql.size() > largest) return nullptr;
    const Piece& piece = pieces_.emplace_back(std::move(sql), shift);
    if (piece.query()) return &piece;
    pieces_.pop_back();
    return nullptr;
  }
  const Piece* parse_expression(std::size_t first, std::size_t last) {
    constexpr std::string_view select = "SELECT ";
    if (first >= last) return nullptr;
    return parse(cat(select, text(first, last)), static_cast<std::int32_t>(tokens_[first].begin) -
                                                     static_cast<std::int32_t>(select.size()));
  }
  void forget() {
    walk_.leave_tree();
    pieces_.pop_back();
  }

  void read_expression(std::size_t first, std::size_t last, bool guard) {
    if (!speaks_of_json(first, last)) return;
    if (const Piece* piece = parse_expression(first, last)) read_later(*piece, guard);
  }

  void read_later(const Piece& piece, bool guard) {
    if (pieces_.size() < most_kept) {
      later_.push_back({piece.query(), walk_.variables(), piece.shift, inner_.statement, guard});
      return;
    }
    walk_.enter_tree(piece.shift);
    walk_.read_for_variables(piece.query(), guard);
    forget();
  }

  // What a variable was given stays for the whole walk: read_later keeps it as long as there is
  // room.
  static constexpr std::size_t most_kept = 500;

  BodyText body_;
  TokenList tokens_;
  Lowering& out_;
  Lowering inner_;
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> scalars_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> cursors_;  // token ranges of queries
  std::deque<Piece> pieces_;
  std::vector<Later> later_;
  JsonWalk walk_;
  Name trigger_function_;
  bool declaring_ = false;
  unsigned nesting_ = 0;  // of IF, CASE and loops
};

}  // namespace

void plpgsql_json_keys(const BodyText& body, const std::vector<RowVariable>& rows,
                       const Name& trigger_function, Lowering& out) {
  BodyKeys keys(body, out, trigger_function);
  for (const RowVariable& row : rows) keys.declare_row(row.name, row.type);
  keys.read();
}

}  // namespace migguard::sql
