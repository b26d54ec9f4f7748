#include <adopt/names.hpp>
#include <sql/scan.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::adopt {
namespace {

// The identifier that a token spells.
std::string identifier(std::string_view token) {
  std::string out;
  if (token.starts_with('"')) {
    for (std::size_t at = 1; at + 1 < token.size(); ++at) {
      out += token[at];
      if (token[at] == '"' && token[at + 1] == '"') ++at;
    }
    return out;
  }
  for (const char each : token)
    out += each >= 'A' && each <= 'Z' ? static_cast<char>(each + 32) : each;
  return out;
}

bool is_dot(const sql::TokenList& tokens, std::size_t at) { return tokens.symbol(at, '.'); }

bool is_cast(const sql::TokenList& tokens, std::size_t at) {
  return tokens.text(at) == "::" || tokens.symbol(at, ':');
}

// In quotes, also where it needs none.
std::string in_quotes(std::string_view name) {
  std::string out = "\"";
  for (const char each : name) out += each == '"' ? "\"\"" : std::string(1, each);
  return out + '"';
}

// Puts `name` in the place of every token that `wanted` names, in quotes where that one is.
template <class Wanted>
std::string replaced(std::string_view text, std::string_view name, Wanted wanted) {
  const sql::TokenList tokens(text, {0, static_cast<std::uint32_t>(text.size())});
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (!tokens.name(at) || !wanted(tokens, at)) continue;
    out += text.substr(copied, tokens[at].begin - copied);
    out += tokens.text(at).starts_with('"') ? in_quotes(name) : quote_identifier(name);
    copied = tokens[at].end;
  }
  return out + std::string(text.substr(copied));
}

// Whether token `at` is a column of that name: not a function, a type behind `::`, or a relation's
// name before a dot.
bool is_column(const sql::TokenList& tokens, std::size_t at, std::string_view name) {
  if (identifier(tokens.text(at)) != name) return false;
  if (tokens.symbol(at + 1, '(') || is_dot(tokens, at + 1)) return false;
  return at == 0 || !is_cast(tokens, at - 1);
}

// Whether token `at` names that object: with its schema before it, or without.
bool is_object(const sql::TokenList& tokens, std::size_t at, const Name& name) {
  if (identifier(tokens.text(at)) != name.name) return false;
  if (at < 2 || !is_dot(tokens, at - 1)) return true;
  return identifier(tokens.text(at - 2)) == name.schema;
}

// Whether the words around token `at` say that it is a relation.
bool stands_for_relation(const sql::TokenList& tokens, std::size_t at) {
  if (is_dot(tokens, at + 1)) return true;
  const std::size_t begin = at >= 2 && is_dot(tokens, at - 1) ? at - 2 : at;
  if (begin == 0) return false;
  constexpr std::array<std::string_view, 12> heads{"from",  "join",       "on",    "into",
                                                   "only",  "references", "using", "update",
                                                   "table", "sequence",   "view",  "exists"};
  return std::any_of(heads.begin(), heads.end(),
                     [&](std::string_view head) { return tokens.word(begin - 1, head); });
}

// The text with another name where a type that it casts to, or a function that it calls, has one.
std::string with_object(const std::string& text, const Name& from, const Name& to) {
  return replaced(text, to.name, [&](const auto& tokens, std::size_t at) {
    if (!is_object(tokens, at, from)) return false;
    const std::size_t begin = at >= 2 && is_dot(tokens, at - 1) ? at - 2 : at;
    return tokens.symbol(at + 1, '(') ||
           (begin > 0 && (is_cast(tokens, begin - 1) || tokens.word(begin - 1, "as")));
  });
}

}  // namespace

std::string written(const Name& name) {
  return name.schema.empty() || name.schema == "public"
             ? quote_identifier(name.name)
             : cat(quote_identifier(name.schema), '.', quote_identifier(name.name));
}

void Renames::relation(const Name& old_name, const Name& new_name, Origin when) {
  objects_[old_name].push_back(all_.size());
  made_[new_name].push_back(all_.size());
  all_.push_back({{}, old_name, new_name, when, true});
}

void Renames::object(const Name& old_name, const Name& new_name, Origin when) {
  objects_[old_name].push_back(all_.size());
  made_[new_name].push_back(all_.size());
  all_.push_back({{}, old_name, new_name, when});
}

void Renames::column(const Name& table, Text old_name, Text new_name, Origin when) {
  columns_[table].push_back(all_.size());
  all_.push_back({table, {{}, old_name}, {{}, new_name}, when});
}

Name Renames::today(const Name& name, Origin since) const {
  Name now = name;
  for (std::size_t from = 0;;) {
    const auto found = objects_.find(now);
    if (found == objects_.end()) return now;
    const auto next = std::find_if(
        found->second.begin(), found->second.end(),
        [&](std::size_t each) { return each >= from && !before(all_[each].when, since); });
    if (next == found->second.end()) return now;
    now = all_[*next].to;
    since = all_[*next].when;
    from = *next + 1;
  }
}

Name Renames::then(const Name& name, Origin since) const {
  Name now = name;
  for (std::size_t until = all_.size();;) {
    const auto found = made_.find(now);
    if (found == made_.end()) return now;
    const auto last = std::find_if(found->second.rbegin(), found->second.rend(),
                                   [&](std::size_t each) { return each < until; });
    if (last == found->second.rend() || before(all_[*last].when, since)) return now;
    now = all_[*last].from;
    until = *last;
  }
}

std::string Renames::column_today(const Name& table, Text column, Origin since) const {
  std::string name(column);
  for (const Rename* each : of_columns(table, since))
    if (each->from.name == name) name = each->to.name;
  return name;
}

std::vector<const Renames::Rename*> Renames::of_columns(const Name& table, Origin since) const {
  std::vector<const Rename*> found;
  Name now = table;
  for (std::size_t from = 0;;) {
    // Until the table is renamed itself.
    const auto moves = objects_.find(now);
    std::size_t until = all_.size();
    if (moves != objects_.end()) {
      for (const std::size_t each : moves->second) {
        if (each < from || before(all_[each].when, since)) continue;
        until = each;
        break;
      }
    }
    if (const auto columns = columns_.find(now); columns != columns_.end()) {
      for (const std::size_t each : columns->second)
        if (each >= from && each < until && !before(all_[each].when, since))
          found.push_back(&all_[each]);
    }
    if (until == all_.size()) return found;
    now = all_[until].to;
    since = all_[until].when;
    from = until + 1;
  }
}

bool Renames::passes(const Name& table, Origin since, const Rename& rename) const {
  Name now = table;
  for (std::size_t from = 0;;) {
    const auto found = objects_.find(now);
    if (found == objects_.end()) return false;
    const auto next = std::find_if(
        found->second.begin(), found->second.end(),
        [&](std::size_t each) { return each >= from && !before(all_[each].when, since); });
    if (next == found->second.end()) return false;
    if (&all_[*next] == &rename) return true;
    now = all_[*next].to;
    since = all_[*next].when;
    from = *next + 1;
  }
}

std::string Renames::expression(std::string_view text, const Name& table, Origin since) const {
  std::string out(text);
  if (all_.empty()) return out;
  for (const Rename* each : of_columns(then(table, since), since)) {
    out = replaced(out, each->to.name, [&](const auto& tokens, std::size_t at) {
      return is_column(tokens, at, each->from.name);
    });
  }
  for (const Rename& each : all_) {
    if (each.table.name.empty() && !each.relation && !before(each.when, since))
      out = with_object(out, each.from, each.to);
  }
  return out;
}

std::optional<std::string> Renames::statement(std::string_view text,
                                              const std::vector<Name>& tables, Origin since,
                                              bool output) const {
  std::string out(text);
  if (all_.empty()) return out;
  for (const Name& table : tables) {
    for (const Rename* each : of_columns(table, since)) {
      bool named = false;
      std::string changed = replaced(out, each->to.name, [&](const auto& tokens, std::size_t at) {
        const bool found = identifier(tokens.text(at)) == each->from.name &&
                           !tokens.symbol(at + 1, '(') && !is_dot(tokens, at + 1);
        named = named || found;
        return found;
      });
      if (named && (output || tables.size() > 1)) return std::nullopt;
      out = std::move(changed);
    }
  }
  for (const Rename& each : all_) {
    if (!each.table.name.empty() || before(each.when, since)) continue;
    if (!each.relation) {
      out = with_object(out, each.from, each.to);
      continue;
    }
    const bool named = std::any_of(tables.begin(), tables.end(),
                                   [&](const Name& table) { return passes(table, since, each); });
    if (!named) continue;
    // Written with its schema, without it, or both: what a move makes of that is not told here.
    if (each.from.schema != each.to.schema) return std::nullopt;
    out = replaced(out, each.to.name, [&](const auto& tokens, std::size_t at) {
      return is_object(tokens, at, each.from) && stands_for_relation(tokens, at);
    });
    bool left = false;
    replaced(out, {}, [&](const auto& tokens, std::size_t at) {
      left = left || identifier(tokens.text(at)) == each.from.name;
      return false;
    });
    if (left && each.from.name != each.to.name) return std::nullopt;
  }
  return out;
}

}  // namespace migguard::adopt
