// Which JSON columns are guarded: the tiers of their names, and the configuration's lists.
#include <algorithm>
#include <array>
#include <migguard/jsonb.hpp>
#include <string>
#include <string_view>
#include <util/text.hpp>

#include <jsonb/patterns.hpp>

namespace migguard::jsonb {
namespace {

// Metadata and its relatives: what is written there by hand belongs in columns.
constexpr std::array<std::string_view, 22> guarded_names = {
    "metadata", "meta",      "custom",    "extra",      "extras",       "misc",
    "tag",      "tags",      "label",     "labels",     "annotation",   "annotations",
    "metainfo", "metas",     "metafield", "metafields", "customfields", "customdata",
    "userdata", "extrainfo", "extradata", "additional"};
constexpr std::array<std::array<std::string_view, 2>, 12> guarded_pairs = {
    {{"meta", "data"},
     {"custom", "field"},
     {"custom", "fields"},
     {"custom", "data"},
     {"custom", "attributes"},
     {"custom", "properties"},
     {"additional", "data"},
     {"additional", "info"},
     {"extra", "data"},
     {"extra", "info"},
     {"extra", "fields"},
     {"user", "data"}}};
// Settings and payloads: money there is at most a warning.
constexpr std::array<std::string_view, 20> lower_names = {
    "settings", "setting",    "preferences", "config",     "configuration", "options", "attributes",
    "attrs",    "properties", "props",       "details",    "detail",        "info",    "data",
    "payload",  "context",    "params",      "parameters", "state",         "json"};
// Images of rows and raw copies of what others sent: they legitimately hold amounts.
constexpr std::array<std::string_view, 20> exempt_names = {
    "before",   "after",    "diff",        "changes", "snapshot",  "raw",    "request",
    "requests", "response", "responses",   "event",   "events",    "body",   "headers",
    "schema",   "policy",   "permissions", "geo",     "embedding", "webhook"};

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// A path or column as a path of directories, so that globs walk it: `quotes.items[0].price` is
// quotes/items/0/price.
std::string as_directories(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '.' || c == '[') {
      if (!out.empty()) out += '/';
    } else if (c != ']') {
      out += c;
    }
  }
  return out;
}

bool names_column(std::string_view pattern, std::string_view table, std::string_view column) {
  const std::string whole = table.empty() ? std::string(column) : cat(table, ".", column);
  const bool with_table = pattern.find('.') != std::string_view::npos;
  return glob_match(as_directories(pattern),
                    as_directories(with_table ? std::string_view(whole) : column)) ||
         (!with_table && tokenize(pattern) == tokenize(column));
}

bool any_names(const std::vector<std::string>& patterns, std::string_view table,
               std::string_view column) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return names_column(pattern, table, column);
  });
}

// Heads of names of collections: what such a column holds is what stands before.
constexpr std::array<std::string_view, 24> collections = {
    "adjustment", "band",   "breakdown", "component", "curve",   "grid",   "history", "item",
    "ladder",     "line",   "list",      "log",       "map",     "matrix", "point",   "range",
    "schedule",   "series", "split",     "structure", "summary", "table",  "tier",    "trend"};

bool is_collection(std::string_view word) {
  if (holds(collections, word)) return true;
  if (word.ends_with("ies"))
    return holds(collections, std::string(word.substr(0, word.size() - 3)) + "y");
  return word.ends_with("s") && holds(collections, word.substr(0, word.size() - 1));
}

// `cost_breakdown`, `salary_band`, `price_history`, `revenue_by_region`: money by what the name
// says before the collection.
std::optional<Classification> collection_of_money(std::vector<std::string> words) {
  const std::size_t all = words.size();
  if (const auto by = std::find(words.begin(), words.end(), "by"); by != words.end())
    words.erase(by, words.end());
  while (!words.empty() && is_collection(words.back())) words.pop_back();
  if (words.empty() || words.size() == all) return {};
  std::string rest;
  for (const std::string& each : words) rest += cat(rest.empty() ? "" : "_", each);
  Classification found = classify(rest, "");
  if (found.level != Level::high || found.kind == Class::currency) return {};
  return found;
}

}  // namespace

ColumnTier column_tier(std::string_view column) {
  std::vector<std::string> tokens = tokenize(column);
  while (!tokens.empty() && tokens.back().find_first_not_of("0123456789") == std::string::npos)
    tokens.pop_back();
  if (tokens.empty()) return ColumnTier::unlisted;
  while (tokens.back().size() > 1 && tokens.back().back() >= '0' && tokens.back().back() <= '9')
    tokens.back().pop_back();
  const std::string& last = tokens.back();
  const std::string_view before =
      tokens.size() > 1 ? std::string_view(tokens[tokens.size() - 2]) : std::string_view();

  if (last == "values" && (before == "old" || before == "new")) return ColumnTier::exempt;
  if (holds(exempt_names, last)) return ColumnTier::exempt;
  if (tokens.front() == "raw" || tokens.front() == "request" || tokens.front() == "response" ||
      tokens.front() == "webhook" || tokens.front() == "event" || tokens.front() == "geo") {
    if (tokens.front() == "raw" || (last != "metadata" && last != "meta"))
      return ColumnTier::exempt;
  }
  if (std::any_of(guarded_pairs.begin(), guarded_pairs.end(),
                  [&](const auto& pair) { return pair[0] == before && pair[1] == last; }) ||
      holds(guarded_names, last) || (last == "json" && before == "meta")) {
    return ColumnTier::guarded;
  }
  if (holds(lower_names, last)) return ColumnTier::lower;
  return ColumnTier::unlisted;
}

ColumnTier column_tier(std::string_view table, std::string_view column,
                       const JsonbSettings& settings) {
  if (any_names(settings.exempt_columns, table, column)) return ColumnTier::exempt;
  if (any_names(settings.add_columns, table, column)) return ColumnTier::guarded;
  if (!settings.columns.empty()) {
    return any_names(settings.columns, table, column) ? ColumnTier::guarded : ColumnTier::unlisted;
  }
  return column_tier(column);
}

std::optional<Classification> money_column(std::string_view table, std::string_view column,
                                           const JsonbSettings& settings) {
  // Names of documents that hold nothing but money, though the words alone are no amount.
  constexpr std::array<std::string_view, 6> documents = {"pricing", "totals",   "financials",
                                                         "charges", "payments", "earnings"};
  const std::vector<std::string> words = tokenize(column);
  if (words.empty() || column_tier(table, column, settings) != ColumnTier::unlisted) return {};
  Classification found = classify(column, "");
  bool money = found.monetary() && found.kind != Class::currency;
  if (!money) {
    if (auto collection = collection_of_money(words)) {
      found = *std::move(collection);
      money = true;
    }
  }
  if (!money && (words.size() > 2 || !holds(documents, words.back()))) return {};
  const std::string name = table.empty() ? std::string(column) : cat(table, ".", column);
  if (listed(name, "*", column, settings) == Listed::allowed) return {};
  if (!money) {
    found.kind = Class::amount;
    found.suggestion = "numeric(12,2)";
  }
  found.level = Level::medium;
  return found;
}

Listed listed(std::string_view column, std::string_view path, std::string_view key,
              const JsonbSettings& settings) {
  if (settings.allow.empty() && settings.deny.empty()) return Listed::no;
  const std::string below = as_directories(path);
  const std::string full = as_directories(cat(column, ".", path));
  const auto matches = [&](const std::string& pattern) {
    if (pattern == key || pattern == path) return true;
    if (is_pattern(pattern)) {
      return pattern_found(pattern, key) || pattern_found(pattern, cat(column, ".", path));
    }
    const std::string glob = as_directories(pattern);
    return glob_match(glob, below) || glob_match(glob, full) ||
           (pattern.find('.') == std::string::npos && glob_match(glob, as_directories(key)));
  };
  if (std::any_of(settings.allow.begin(), settings.allow.end(), matches)) return Listed::allowed;
  if (std::any_of(settings.deny.begin(), settings.deny.end(), matches)) return Listed::denied;
  return Listed::no;
}

Classification classify_listed(std::string_view column, std::string_view key, std::string_view path,
                               const ValueFacts& value, const JsonbSettings& settings) {
  const auto pack = [&settings](std::string_view name) {
    return std::find(settings.packs.begin(), settings.packs.end(), name) != settings.packs.end();
  };
  Classification found;
  switch (listed(column, path.empty() ? key : path, key, settings)) {
    case Listed::allowed:
      found.evidence = {"config=allow"};
      return found;
    case Listed::denied:
      found = classify(key, path, value);
      found.level = Level::high;
      if (found.kind == Class::none || found.kind == Class::business) found.kind = Class::amount;
      if (found.suggestion.empty()) found.suggestion = "numeric(12,2)";
      found.evidence = {"config=deny"};
      break;
    case Listed::no:
      found = classify(key, path, value);
      break;
  }
  if (found.kind == Class::business) found.level = pack("business") ? Level::medium : Level::none;
  const bool off = (found.kind == Class::currency && !pack("currency")) ||
                   ((found.kind == Class::amount || found.kind == Class::rate) && !pack("money"));
  if (off) found.level = Level::none;
  if (found.level == Level::none) {
    found.kind = Class::none;
    found.suggestion.clear();
  }
  return found;
}

}  // namespace migguard::jsonb
