#include <schema/generated_names.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>

namespace migguard::schema {
namespace {

// At most `size` bytes, not ending inside a UTF-8 character (pg_mbcliplen).
std::string_view clip(std::string_view text, std::size_t size) {
  if (size >= text.size()) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80U;
}

std::string_view trim_spaces(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

// Where the bracket or quote that opens at `begin` closes: the offset behind it, or npos.
std::size_t skip(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\'' || c == '"') {
      at = text.find(c, at + 1);
      if (at == std::string_view::npos) return at;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      if (depth > 0) --depth;
    }
    if (depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

// `a` of `(a)`, again and again.
std::string_view without_parentheses(std::string_view text) {
  for (text = trim_spaces(text);
       text.size() >= 2 && text.front() == '(' && skip(text, 0) == text.size();)
    text = trim_spaces(text.substr(1, text.size() - 2));
  return text;
}

// An operand of an expression: a word, a quoted name or a bracket, with the dots, calls and
// subscripts that follow. The offset behind it.
std::size_t operand_end(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_word(text[at]) || text[at] == '.') {
      ++at;
    } else if (text[at] == '"' || text[at] == '\'' || text[at] == '(' || text[at] == '[') {
      const std::size_t end = skip(text, at);
      if (end == std::string_view::npos) return text.size();
      at = end;
    } else {
      break;
    }
  }
  return at;
}

// The last part of a dotted name at the beginning of the text, folded as PostgreSQL does.
std::string leading_name(std::string_view text) {
  std::string name;
  std::size_t at = 0;
  while (at < text.size()) {
    name.clear();
    if (text[at] == '"') {
      const std::size_t end = text.find('"', at + 1);
      if (end == std::string_view::npos) return {};
      name = text.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      for (; at < text.size() && is_word(text[at]); ++at)
        name += (text[at] >= 'A' && text[at] <= 'Z') ? static_cast<char>(text[at] - 'A' + 'a')
                                                     : text[at];
    }
    if (at >= text.size() || text[at] != '.') break;
    ++at;
  }
  return name;
}

// Where the last occurrence of a lower-case word begins, in whatever case; npos where there is
// none.
std::size_t last_word(std::string_view text, std::string_view word) {
  const auto same = [](char c, char lower) {
    return c == lower || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == lower);
  };
  for (std::size_t at = text.size() < word.size() ? 0 : text.size() - word.size() + 1; at-- > 0;) {
    const std::size_t end = at + word.size();
    if (std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                   [&](char lower, char c) { return same(c, lower); }) &&
        (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return at;
  }
  return std::string_view::npos;
}

// FigureColnameInternal in src/backend/parser/parse_target.c, on the text of the expression: a
// column or the outermost function, through casts; the type where only a cast names anything.
std::optional<std::string> figure_name(std::string_view text, List<TypeName> casts) {
  text = without_parentheses(text);
  std::size_t end = operand_end(text);
  if (end == 0) return std::nullopt;
  const std::string_view operand = text.substr(0, end);
  std::string_view rest = trim_spaces(text.substr(end));
  const bool cast = rest.starts_with("::");
  const std::string word = leading_name(operand);
  if (word == "case" && operand.size() == word.size()) {
    // CASE is called after what its ELSE names.
    const std::size_t otherwise = last_word(rest, "else");
    const std::size_t end_word = last_word(rest, "end");
    if (otherwise == std::string_view::npos || end_word == std::string_view::npos ||
        end_word <= otherwise + 4)
      return word;
    return figure_name(rest.substr(otherwise + 4, end_word - otherwise - 4), {}).value_or(word);
  }
  if (word == "cast" && operand.size() > word.size() + 1 && operand[word.size()] == '(' &&
      rest.empty()) {
    const std::string_view inside = operand.substr(word.size() + 1);
    auto inner =
        figure_name(inside.substr(0, std::min(inside.size(), last_word(inside, "as"))), {});
    if (inner || casts.empty()) return inner;
    return std::string(casts.front().name.name);
  }
  if (leading_name(rest) == "collate") rest = {};
  if (!rest.empty() && !cast) return std::nullopt;
  if (cast) {
    // Only casts may follow; an operator behind them makes it a nameless expression.
    while (rest.starts_with("::")) {
      rest = trim_spaces(rest.substr(2));
      rest = trim_spaces(
          rest.substr(std::min(rest.size(), std::max<std::size_t>(operand_end(rest), 1))));
      while (!rest.empty() && is_word(rest.front()))
        rest = trim_spaces(rest.substr(operand_end(rest)));
    }
    if (!rest.empty()) return std::nullopt;
  }
  if (operand.front() == '(') {
    // `(price).cents` is called after its field, `(list)[1]` after what it is taken from.
    const std::size_t close = skip(operand, 0);
    if (close == std::string_view::npos) return std::nullopt;
    if (close < operand.size() && operand[close] == '.')
      return leading_name(operand.substr(close + 1));
    if (auto inner = figure_name(operand.substr(0, close), {})) return inner;
  } else if (operand.front() != '\'' && !(operand.front() >= '0' && operand.front() <= '9')) {
    if (!word.empty() && word != "null" && word != "true" && word != "false" && word != "not")
      return word;
  }
  if (cast && !casts.empty()) return std::string(casts.front().name.name);
  return std::nullopt;
}

std::string expression_name(const Expression& expression) {
  if (expression.kind == ExpressionKind::call && !expression.functions.empty())
    return std::string(expression.functions.front().name.name);
  if (expression.kind == ExpressionKind::column && !expression.columns.empty())
    return std::string(expression.columns.front());
  return figure_name(expression.text, expression.casts).value_or("expr");
}

}  // namespace

std::string make_object_name(std::string_view name1, std::string_view name2,
                             std::string_view label) {
  std::string name;
  make_object_name(name, name1, name2, label);
  return name;
}

void make_object_name(std::string& name, std::string_view name1, std::string_view name2,
                      std::string_view label) {
  std::size_t overhead = name2.empty() ? 0 : 1;
  if (!label.empty()) overhead += label.size() + 1;
  const std::size_t available = overhead < longest_name ? longest_name - overhead : 0;
  std::size_t size1 = name1.size();
  std::size_t size2 = name2.size();
  while (size1 + size2 > available) {
    if (size1 > size2)
      --size1;
    else
      --size2;
  }
  const Text first = clip(name1, size1);
  const Text second = clip(name2, size2);
  name.resize(first.size() + second.size() + overhead);
  auto end = std::copy(first.begin(), first.end(), name.begin());
  const auto append = [&](Text text) {
    *end++ = '_';
    end = std::copy(text.begin(), text.end(), end);
  };
  if (!name2.empty()) append(second);
  if (!label.empty()) append(label);
}

std::string name_addition(List<Text> columns) {
  std::string addition;
  for (const Text column : columns) {
    if (!addition.empty()) addition += '_';
    addition += column;
    if (addition.size() > longest_name) break;
  }
  return addition;
}

std::vector<std::string> index_column_names(List<IndexColumn> columns, List<Text> include) {
  std::vector<std::string> names;
  std::unordered_set<std::string> used;
  const auto add = [&](std::string original) {
    std::string name = original;
    for (unsigned number = 1; !used.insert(name).second; ++number) {
      const std::string digits = std::to_string(number);
      name = cat(clip(original, longest_name - digits.size()), digits);
    }
    names.push_back(std::move(name));
  };
  for (const IndexColumn& column : columns)
    add(column.name.empty() ? expression_name(column.expression) : std::string(column.name));
  for (const Text& column : include) add(std::string(column));
  return names;
}

}  // namespace migguard::schema
