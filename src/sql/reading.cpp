// From parse trees to the statements of a script.
#include <algorithm>
#include <limits>
#include <memory>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {

namespace {

// Tells `found` of every byte that speaks of JSON keys, until it says that this is enough. White
// lies included. These bytes are rare, and the C library finds one many bytes at a time.
template <class Found>
void find_json_keys(std::string_view text, Found found) {
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto any = [&](char byte, auto tells) {
    for (std::size_t i = text.find(byte); i != std::string_view::npos; i = text.find(byte, i + 1))
      if (tells(i) && found(i)) return true;
    return false;
  };
  const auto always = [](std::size_t) { return true; };
  const auto begins = [&](std::string_view word) {
    return [&text, word](std::size_t i) { return same_word(text.substr(i, word.size()), word); };
  };
  // column - 'key', column - ARRAY['key']
  const auto removes = [&](std::size_t i) {
    do ++i;
    while (at(i) == ' ');
    return at(i) == '\'' || (at(i) | 0x20) == 'a';
  };
  static_cast<void>(
      any('{', always) ||  // '{"a": 1}', '{a,b}'
      any('?', always) ||
      any('#', [&](std::size_t i) { return at(i + 1) == '>' || at(i + 1) == '-'; }) ||
      // @>, @?, @@, <@
      any('@',
          [&](std::size_t i) {
            return at(i + 1) == '>' || at(i + 1) == '?' || at(i + 1) == '@' ||
                   (i > 0 && text[i - 1] == '<');
          }) ||
      // ->, ->>, 'key=>value'
      any('>',
          [&](std::size_t i) { return i > 0 && (text[i - 1] == '-' || text[i - 1] == '='); }) ||
      any('[', [&](std::size_t i) { return at(i + 1) == '\''; }) ||  // column['key']
      any('-', removes) || any('j', begins("json")) || any('J', begins("json")) ||
      any('h', begins("hstore")) || any('H', begins("hstore")));
}

// From the first such byte to the last; empty without any.
Span json_keys_in(std::string_view text) {
  constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  Span keys{none, 0};
  find_json_keys(text, [&](std::size_t i) {
    const auto place = static_cast<std::uint32_t>(i);
    keys = {std::min(keys.begin, place), std::max(keys.end, place + 1)};
    return false;
  });
  return keys.begin == none ? Span{} : keys;
}

}  // namespace

bool may_hold_json_keys(std::string_view text) {
  bool any = false;
  find_json_keys(text, [&](std::size_t) { return any = true; });
  return any;
}

void lower_statement(const RawStmt& statement, Lowering& out) {
  lower(statement, out);
  if (!out.json_keys) return;
  const std::size_t begin = std::min<std::size_t>(
      out.statement.begin - std::min(out.base, out.statement.begin), out.text.size());
  const std::size_t size = out.statement.end - out.statement.begin;
  // The keys of a body are looked for in all of it, together with its variables.
  if (out.within == Within::do_block) return;
  if (may_hold_json_keys(out.exact_positions ? out.text.substr(begin, size) : out.text))
    lower_json_keys(statement, out);
}

void Reading::accept(const RawParse& tree, std::uint32_t base, std::size_t size) {
  const Stopwatch lowering_time(options.timings, &Timings::lower);
  const std::string_view piece = std::string_view(source.text).substr(base, size);
  const Span json_keys = json_keys_in(piece);  // few statements have any
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const Span range = tree.range(i);
    Statement statement;
    statement.span = {base + range.begin, base + range.end};
    ops.clear();
    Lowering lowering{.text = piece,
                      .base = base,
                      .statement = statement.span,
                      .json_keys = range.begin < json_keys.end && json_keys.begin < range.end,
                      .arena = memory,
                      .ops = ops};
    lower_statement(tree[i], lowering);
    for (Op& op : ops) {
      auto* copied = std::get_if<Copy>(&op);
      if (copied && copied->from) copied->data = data_of(statement.span);
    }
    statement.ops = keep(lowering, ops);
    statements.push_back(statement);
  }
}

Span Reading::data_of(Span statement) const {
  const auto data = std::lower_bound(
      copy_data.begin(), copy_data.end(), statement.end,
      [](const CopyData& each, std::uint32_t end) { return each.semicolon < end; });
  if (data == copy_data.end()) return {};
  Token token;
  Scanner scanner(text(), statement.end);
  return scanner.next_word(token) && token.begin == data->semicolon ? data->lines : Span{};
}

}  // namespace migguard::sql
