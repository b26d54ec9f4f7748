#include <repair/snapshot_parts.hpp>

#include <algorithm>
#include <sql/clause.hpp>
#include <sql/scan.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

std::string unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"') return to_lower(name);
  std::string out;
  for (std::size_t at = 1; at + 1 < name.size(); ++at) {
    out += name[at];
    if (name[at] == '"') ++at;
  }
  return out;
}

std::string double_quoted(std::string_view name) { return cat("\"", name, "\""); }

// drizzle-kit writes `USING btree ("a","b")`; people leave the method out, or the quotes.
bool in_drizzle_spelling(std::string_view text, Span statement) {
  return sql::after_word(text, statement, "using").begin !=
             sql::after_word(text, statement, "using").end &&
         sql::slice(text, statement).find("ON \"") != std::string_view::npos;
}

// A number with its sign, from token `at`.
std::string signed_number(const sql::TokenList& tokens, std::size_t at) {
  if (tokens.symbol(at, '-')) return cat("-", tokens.text(at + 1));
  return at < tokens.size() ? std::string(tokens.text(at)) : std::string();
}

void read_options(const sql::TokenList& tokens, SequenceOptions& options) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const auto value = [&](std::string_view filler) {
      return signed_number(tokens, tokens.word(at + 1, filler) ? at + 2 : at + 1);
    };
    if (tokens.word(at, "no")) {
      ++at;
    } else if (tokens.word(at, "increment")) {
      options.increment = value("by");
    } else if (tokens.word(at, "minvalue")) {
      options.minimum = value({});
    } else if (tokens.word(at, "maxvalue")) {
      options.maximum = value({});
    } else if (tokens.word(at, "start")) {
      options.start = value("with");
    } else if (tokens.word(at, "cache")) {
      options.cache = value({});
    } else if (tokens.word(at, "cycle")) {
      options.cycle = true;
    } else if (tokens.word(at, "sequence") && tokens.word(at + 1, "name")) {
      at += 2;
      while (tokens.symbol(at + 1, '.')) at += 2;
      if (at < tokens.size()) options.name = unquoted(tokens.text(at));
    }
  }
}

// Where nothing is said: what drizzle-kit fills in, which is what PostgreSQL does (init_params in
// src/backend/commands/sequence.c).
void fill_in(SequenceOptions& options, std::string_view integer) {
  const bool down = options.increment.starts_with('-');
  const std::string_view least = integer == "int2"   ? "-32768"
                                 : integer == "int4" ? "-2147483648"
                                                     : "-9223372036854775808";
  const std::string_view most = integer == "int2"   ? "32767"
                                : integer == "int4" ? "2147483647"
                                                    : "9223372036854775807";
  if (options.minimum.empty()) options.minimum = down ? least : "1";
  if (options.maximum.empty()) options.maximum = down ? "-1" : most;
  if (options.start.empty()) options.start = down ? options.maximum : options.minimum;
}

// `security_invoker` as Drizzle has it: securityInvoker.
std::string camel_case(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '_' && at + 1 < name.size()) {
      ++at;
      out +=
          static_cast<char>(name[at] >= 'a' && name[at] <= 'z' ? name[at] - 'a' + 'A' : name[at]);
    } else {
      out += name[at];
    }
  }
  return out;
}

}  // namespace

std::string whole_name(std::string_view name, std::string_view text, Span statement) {
  constexpr std::size_t longest = 63, longest_code_point = 4;
  if (name.size() + longest_code_point <= longest) return std::string(name);
  // Not by tokens: it may stand in the body of a DO block, which is one.
  const std::string_view spelled = sql::slice(text, statement);
  const std::size_t at = spelled.find(cat("\"", name));
  if (at == std::string_view::npos) return std::string(name);
  return unquoted(spelled.substr(at, spelled.find('"', at + 1) + 1 - at));
}

std::string with_names_of_now(std::string_view text, const Relation& table) {
  const auto now = [&](std::string_view name) -> std::string_view {
    for (const Column& column : table.columns) {
      if (column.name == name) return name;
    }
    for (const Column& column : table.columns) {
      if (!column.created_as.empty() && column.created_as == name) return column.name;
    }
    return name;
  };
  sql::Scanner scanner(text);
  sql::Token token;
  std::string out;
  std::size_t copied = 0;
  while (scanner.next(token)) {
    const bool word = token.kind == sql::TokenKind::word;
    if (!word && token.kind != sql::TokenKind::quoted_word) continue;
    const std::string_view spelled = text.substr(token.begin, token.end - token.begin);
    const std::string name = unquoted(spelled);
    std::string_view current;
    const bool qualifier = token.end < text.size() && text[token.end] == '.';
    if (qualifier && name == table.created_as && table.created_as != table.name) {
      current = table.name;
    } else if (!qualifier) {
      current = now(name);
    }
    if (current.empty() || current == name) continue;
    out += text.substr(copied, token.begin - copied);
    out += double_quoted(current);
    copied = token.end;
  }
  return cat(out, text.substr(copied));
}

std::vector<IndexElement> index_elements(const Written<CreateIndex>& written, const Relation& table,
                                         const Index& index) {
  std::vector<IndexElement> elements;
  std::vector<Span> pieces;
  if (written && written.op->within == Within::statement)
    pieces = sql::split_brackets(written.text, written.statement);
  const std::size_t count = written ? written.op->columns.size() : index.columns.size();
  for (std::size_t at = 0; at < count; ++at) {
    IndexElement& element = elements.emplace_back();
    const Text name = at < index.columns.size() ? index.columns[at] : Text();
    const std::string_view piece =
        at < pieces.size() ? sql::slice(written.text, pieces[at]) : std::string_view();
    element.expression = name;
    if (!written) {
      element.is_expression = name.empty();
      continue;
    }
    const IndexColumn& column = written.op->columns[at];
    if (name.empty()) {
      element.is_expression = true;
      element.expression = with_names_of_now(
          piece.empty() ? std::string_view(column.expression->text) : piece, table);
      continue;
    }
    element.operator_class = column.operator_class;
    // Drizzle writes neither order nor place of nulls beside an operator class.
    if (!element.operator_class.empty()) continue;
    element.ascending = !column.descending;
    element.nulls_first = column.nulls_first;
    // `.desc()` gives NULLS LAST or FIRST, always written; without it, this is the text of
    // sql`...`.
    if (column.descending && in_drizzle_spelling(written.text, written.statement) &&
        to_lower(piece).find(" nulls ") == std::string::npos) {
      element = {with_names_of_now(piece, table), true, true, false, {}};
    }
  }
  return elements;
}

std::string element_sql(const IndexElement& element) {
  std::string out = element.is_expression ? element.expression : double_quoted(element.expression);
  if (!element.operator_class.empty()) return cat(out, " ", element.operator_class);
  if (!element.ascending) out += " DESC";
  if (element.ascending && !element.nulls_first) return out;
  return cat(out, element.nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

SequenceOptions sequence_options(std::string_view text, Span range, std::string_view integer) {
  SequenceOptions options;
  read_options(sql::TokenList(text, range), options);
  fill_in(options, integer);
  return options;
}

SequenceOptions identity_options(std::string_view text, Span range, std::string_view integer) {
  // IDENTITY is no reserved word, but nothing else stands before its brackets.
  const Span behind = sql::after_word(text, range, "identity");
  const sql::TokenList tokens(text, behind);
  SequenceOptions options;
  if (tokens.symbol(0, '('))
    read_options(sql::TokenList(text, sql::inside_brackets(text, behind)), options);
  fill_in(options, integer);
  return options;
}

std::string in_brackets_after(std::string_view text, Span range, std::string_view word) {
  const Span behind = sql::after_word(text, range, word);
  if (behind.begin == behind.end) return {};
  return std::string(trim(sql::slice(text, sql::inside_brackets(text, behind))));
}

PolicyClauses policy_clauses(const Written<CreatePolicy>& written) {
  PolicyClauses clauses;
  const sql::TokenList tokens(written.text, written.statement);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (tokens.symbol(at, '(')) break;
    if (tokens.word(at, "restrictive")) clauses.permissive = false;
    if (tokens.word(at, "for")) {
      for (const std::string_view each : {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE"})
        if (tokens.word(at + 1, to_lower(each))) clauses.command = each;
    }
    if (!tokens.word(at, "to")) continue;
    for (++at; tokens.name(at); at += 2) {
      clauses.roles.push_back(unquoted(tokens.text(at)));
      if (!tokens.symbol(at + 1, ',')) break;
    }
  }
  if (clauses.roles.empty()) clauses.roles.emplace_back("public");
  std::sort(clauses.roles.begin(), clauses.roles.end());
  clauses.using_ = in_brackets_after(written.text, written.statement, "using");
  clauses.with_check = in_brackets_after(written.text, written.statement, "check");
  return clauses;
}

ViewClauses view_clauses(const Written<Statement>& written) {
  ViewClauses clauses;
  const std::string_view text = written.text;
  const Span before = sql::before_word(text, written.statement, "as");
  const Span query = sql::after_word(text, written.statement, "as");
  clauses.materialized = sql::has_words(text, before, "materialized", "view");
  Span body = sql::trimmed(text, query);
  if (sql::has_words(text, query, "no", "data")) {
    clauses.no_data = true;
    body = sql::trimmed(text, sql::before_word(text, query, "with"));
  }
  std::string_view definition = sql::slice(text, body);
  if (definition.starts_with('(')) {
    const Span inside = sql::inside_brackets(text, body);
    if (inside.end + 1 == body.end) definition = trim(sql::slice(text, inside));
  }
  clauses.definition = definition;
  const Span options = sql::after_word(text, before, "with");
  if (options.begin == options.end) return clauses;
  for (const Span each : sql::split_brackets(text, options)) {
    const std::string_view option = sql::slice(text, each);
    const std::size_t equals = option.find('=');
    clauses.options.emplace_back(
        camel_case(to_lower(trim(option.substr(0, equals)))),
        equals == std::string_view::npos ? "true" : std::string(trim(option.substr(equals + 1))));
  }
  return clauses;
}

}  // namespace migguard::repair
