// What names a unique index in INSERT ... ON CONFLICT further down in the migration, and fails
// before the index is there (infer_arbiter_indexes in src/backend/optimizer/util/plancat.c).
#pragma once

#include <migguard/rule.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "wording.hpp"

namespace migguard::rules {
namespace conflict_target {

inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

// A name as SQL writes it, as PostgreSQL sees it.
inline std::string folded(std::string_view name) {
  if (name.size() > 1 && name.front() == '"' && name.back() == '"')
    return std::string(name.substr(1, name.size() - 2));
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

// Takes a word off the front of a text, in any case.
inline bool take(std::string_view& text, std::string_view word) {
  text = trimmed(text);
  if (text.size() < word.size() || !std::equal(word.begin(), word.end(), text.begin(),
                                               [](char a, char b) { return a == to_lower(b); }))
    return false;
  text.remove_prefix(word.size());
  return true;
}

// Whether ON CONFLICT of a text names the columns, in any order, or the constraint.
inline bool names(std::string_view text, std::vector<std::string> columns,
                  std::string_view constraint) {
  std::sort(columns.begin(), columns.end());
  constexpr std::string_view on = "on";
  for (std::size_t at = 0; at + on.size() < text.size(); ++at) {
    if (to_lower(text[at]) != 'o' || to_lower(text[at + 1]) != 'n') continue;
    std::string_view rest = text.substr(at + on.size());
    if (!take(rest, "conflict")) continue;
    rest = trimmed(rest);
    if (take(rest, "on")) {
      if (!take(rest, "constraint")) continue;
      rest = trimmed(rest);
      const std::size_t end =
          rest.starts_with('"') ? rest.find('"', 1) + 1 : rest.find_first_of(" \t\r\n;");
      if (folded(rest.substr(0, end)) == constraint) return true;
    } else if (rest.starts_with('(')) {
      rest = rest.substr(1, std::min(rest.find(')'), rest.size()) - 1);
      std::vector<std::string> named;
      for (std::size_t comma = 0; comma != rest.npos;) {
        comma = rest.find(',');
        named.push_back(folded(trimmed(rest.substr(0, comma))));
        if (comma != rest.npos) rest.remove_prefix(comma + 1);
      }
      std::sort(named.begin(), named.end());
      if (named == columns) return true;
    }
  }
  return false;
}

}  // namespace conflict_target

// A line for a remedy that builds a unique index later: what this migration drops of the table's
// unique indexes has to stay until then, or ON CONFLICT fails and duplicates come in meanwhile.
inline std::string keep_old_keys(const Context& ctx, const Name& table) {
  const Relation* relation = ctx.schema().relation(table).known();
  std::string kept;
  if (relation)
    for (const Index& each : relation->lost_keys)
      if (each.dropped.migration == ctx.schema().current_migration())
        kept += cat(kept.empty() ? "" : ", ", quote_identifier(each.name));
  return kept.empty() ? std::string() : cat("\n-- and drop ", kept, " only then");
}

// Lines for a remedy that moves the building of an index out of the migration: what has to move
// along, or fails until the index is there. Empty where nothing further down names it.
inline std::string then_on_conflict(const Context& ctx, const Name& table, List<Text> columns,
                                    std::string_view constraint = {}) {
  if (columns.empty()) return keep_old_keys(ctx, table);
  const std::vector<std::string> wanted(columns.begin(), columns.end());
  const Name resolved = ctx.schema().resolve(table);
  const std::string_view text = ctx.migration().source->text;
  std::string lines;
  any_soon_after(ctx, [&](const Op& op) {
    if (const auto* insert = std::get_if<Insert>(&op)) {
      if (!(insert->on_conflict_update || insert->on_conflict_nothing) ||
          insert->table.name != table.name || !(ctx.schema().resolve(insert->table) == resolved))
        return false;
      const Span span = insert->span;
      if (span.end > text.size() || span.begin >= span.end ||
          !conflict_target::names(text.substr(span.begin, span.end - span.begin), wanted,
                                  conflict_target::folded(constraint)))
        return false;
      lines = cat("\n-- and behind it, as ON CONFLICT fails before:\nINSERT INTO ",
                  to_string(table), " ... ON CONFLICT ", column_list(columns), " ...;");
      return true;
    }
    const auto* function = std::get_if<CreateFunction>(&op);
    if (!function || function->body.find(table.name) == Text::npos ||
        !conflict_target::names(function->body, wanted, conflict_target::folded(constraint)))
      return false;
    lines = cat("\n-- and behind it, as its ON CONFLICT fails before:\nCREATE FUNCTION ",
                to_string(function->function), " ...;");
    return true;
  });
  return lines + keep_old_keys(ctx, table);
}

inline std::string then_on_conflict(const Context& ctx, const CreateIndex& op) {
  if (!op.unique) return {};
  std::vector<Text> columns;
  for (const IndexColumn& each : op.columns) {
    // There are too many ways to write an expression.
    if (each.name.empty()) return keep_old_keys(ctx, op.table);
    columns.push_back(each.name);
  }
  return then_on_conflict(ctx, op.table, columns);
}

}  // namespace migguard::rules
