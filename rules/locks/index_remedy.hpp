// What a remedy says that builds an index CONCURRENTLY, apart from the migration: the statement,
// and what has to follow it. INSERT ... ON CONFLICT fails before its unique index is there
// (infer_arbiter_indexes in src/backend/optimizer/util/plancat.c).
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

// Whether an earlier statement of the migration drops an index or constraint of that name, which
// the new one takes: they cannot stand side by side.
inline bool takes_name(const Context& ctx, const Name& table, Text name) {
  if (name.empty()) return false;
  for (const Statement& statement : ctx.statements_naming(name)) {
    for (const Op& op : statement.ops) {
      const auto* index = std::get_if<DropIndex>(&op);
      if (index && index->index.name == name) return true;
      const auto* constraint = std::get_if<DropConstraint>(&op);
      if (constraint && constraint->constraint == name && constraint->table.name == table.name)
        return true;
    }
    if (&statement == &ctx.statement()) break;
  }
  return false;
}

inline std::string new_name(Text name) { return cat(name, "_new"); }

// The statement with CONCURRENTLY, under a name that is free.
inline std::string built_concurrently(const Context& ctx, const CreateIndex& op) {
  std::string sql = with_word(ctx, op, "INDEX", "CONCURRENTLY");
  if (!takes_name(ctx, op.table, op.index)) return sql;
  const std::string quoted = cat('"', op.index, '"');
  const bool in_quotes = sql.find(quoted) != std::string::npos;
  const std::string written = in_quotes ? quoted : std::string(op.index);
  const std::size_t at = sql.find(written, sql.find("CONCURRENTLY"));
  if (at == std::string::npos) return sql;
  return sql.replace(at, written.size(),
                     in_quotes ? cat('"', new_name(op.index), '"') : new_name(op.index));
}

// Lines for a remedy that builds an index apart: what this migration drops of the table's unique
// indexes has to stay until then, or ON CONFLICT fails and duplicates come in meanwhile; and a name
// that was not free is given then.
inline std::string old_ones_go(const Context& ctx, const Name& table, Text name, bool constraint) {
  const Relation* relation = ctx.schema().relation(table).known();
  std::string kept;
  if (relation)
    for (const Index& each : relation->lost_keys)
      if (each.dropped.migration == ctx.schema().current_migration() && each.name != name &&
          !relation->index(each.name))
        kept += cat(kept.empty() ? "" : ", ", quote_identifier(each.name));
  std::string lines = kept.empty() ? std::string() : cat("\n-- and drop ", kept, " only then");
  if (takes_name(ctx, table, name) && !constraint)
    lines += cat("\n-- and then, instead of dropping the old one before:\nDROP INDEX CONCURRENTLY ",
                 to_string(Name{table.schema, name}), ";\nALTER INDEX ",
                 to_string(Name{table.schema, new_name(name)}), " RENAME TO ",
                 quote_identifier(name), ";");
  return lines;
}

// Lines for a remedy that moves the building of an index out of the migration: what has to move
// along, or fails until the index is there. Empty where nothing further down names it.
inline std::string behind_index(const Context& ctx, const Name& table, List<Text> columns,
                                Text name, bool constraint = false) {
  if (columns.empty()) return old_ones_go(ctx, table, name, constraint);
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
          !conflict_target::names(text.substr(span.begin, span.end - span.begin), wanted, name))
        return false;
      lines = cat("\n-- and behind it, as ON CONFLICT fails before:\nINSERT INTO ",
                  to_string(table), " ... ON CONFLICT ", column_list(columns), " ...;");
      return true;
    }
    const auto* function = std::get_if<CreateFunction>(&op);
    if (!function || function->body.find(table.name) == Text::npos ||
        !conflict_target::names(function->body, wanted, name))
      return false;
    lines = cat("\n-- and behind it, as its ON CONFLICT fails before:\nCREATE FUNCTION ",
                to_string(function->function), " ...;");
    return true;
  });
  return lines + old_ones_go(ctx, table, name, constraint);
}

inline std::string behind_index(const Context& ctx, const CreateIndex& op) {
  if (!op.unique) return old_ones_go(ctx, op.table, op.index, false);
  std::vector<Text> columns;
  for (const IndexColumn& each : op.columns) {
    // There are too many ways to write an expression.
    if (each.name.empty()) return old_ones_go(ctx, op.table, op.index, false);
    columns.push_back(each.name);
  }
  return behind_index(ctx, op.table, columns, op.index);
}

}  // namespace migguard::rules
