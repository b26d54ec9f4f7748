// From parse trees to the statements of a script.
#include <algorithm>
#include <array>
#include <memory>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {

// White lies included. Most statements hold none, and are spared a walk through their tree.
bool may_hold_json_keys(std::string_view text) {
  static constexpr std::array<bool, 256> telling = [] {
    std::array<bool, 256> table{};
    for (const unsigned char c : std::string_view("{?#@>[-jJhH")) table[c] = true;
    return table;
  }();
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  const auto tells = [&](std::size_t i) -> unsigned {
    return telling[static_cast<unsigned char>(text[i])];
  };
  // Few bytes tell anything: eight at a time.
  const auto next_telling = [&](std::size_t i) {
    while (i + 8 <= text.size() && !(tells(i) | tells(i + 1) | tells(i + 2) | tells(i + 3) |
                                     tells(i + 4) | tells(i + 5) | tells(i + 6) | tells(i + 7)))
      i += 8;
    while (i < text.size() && !tells(i)) ++i;
    return i;
  };
  for (std::size_t i = next_telling(0); i < text.size(); i = next_telling(i + 1)) {
    switch (text[i]) {
      case '{':  // '{"a": 1}', '{a,b}'
      case '?':
        return true;
      case '#':  // #>, #>>, #-
        if (at(i + 1) == '>' || at(i + 1) == '-') return true;
        break;
      case '@':  // @>, @?, @@, <@
        if (at(i + 1) == '>' || at(i + 1) == '?' || at(i + 1) == '@' ||
            (i > 0 && text[i - 1] == '<'))
          return true;
        break;
      case '>':                                                                // ->, ->>
        if (i > 0 && (text[i - 1] == '-' || text[i - 1] == '=')) return true;  // 'key=>value'
        break;
      case '[':  // column['key']
        if (at(i + 1) == '\'') return true;
        break;
      case '-': {  // column - 'key'
        std::size_t next = i + 1;
        while (at(next) == ' ') ++next;
        if (at(next) == '\'' || (at(next) | 0x20) == 'a') return true;  // - ARRAY['key']
        i = next - 1;
        break;
      }
      default:
        if (same_word(text.substr(i, 4), "json") || same_word(text.substr(i, 6), "hstore"))
          return true;
    }
  }
  return false;
}

void lower_statement(const RawStmt& statement, Lowering& out) {
  lower(statement, out);
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
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const Span range = tree.range(i);
    Statement statement;
    statement.span = {base + range.begin, base + range.end};
    ops.clear();
    Lowering lowering{
        .text = piece, .base = base, .statement = statement.span, .arena = memory, .ops = ops};
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
