#include <lint/group.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>

namespace migguard::lint {
namespace {

constexpr std::size_t named_items = 4;  // in the message
constexpr std::size_t shown_remedies = 8;
constexpr std::size_t shown_labels = 8;

// The findings that follow the first one of a group.
struct Group {
  std::size_t first = 0;
  std::vector<std::size_t> others;
};

constexpr std::string_view guard = "jsonb";

// What the findings of a group have in common: the rule, the file, the severity, the cause, and how
// the remedy begins. Keys of one JSON object differ in how sure it is that they are money, not in
// what happens: their severity is not looked at.
using Key =
    std::tuple<std::string_view, const SourceFile*, Severity, std::string_view, std::string_view>;

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const std::hash<std::string_view> text;
    const std::size_t file = std::hash<const SourceFile*>()(std::get<1>(key));
    return ((text(std::get<0>(key)) * 31 + file) * 31 + text(std::get<3>(key))) * 31 +
           text(std::get<4>(key));
  }
};

std::string_view data_of(const Finding& finding, std::string_view name) {
  const auto found = finding.data.find(name);
  return found == finding.data.end() ? std::string_view() : found->second;
}

std::string_view item_of(const Finding& finding) { return data_of(finding, "item"); }

Severity common_severity(const Finding& finding) {
  return finding.family == guard ? Severity::note : finding.severity;
}

std::string_view unquoted(std::string_view name) {
  return name.size() > 1 && name.front() == '"' && name.back() == '"'
             ? name.substr(1, name.size() - 2)
             : name;
}

std::string items(const std::vector<Finding>& findings, const Group& group) {
  std::vector<std::string> names;
  const std::string_view table = data_of(findings[group.first], "table");
  for (const std::size_t index : group.others) {
    const std::string_view item = item_of(findings[index]);
    const bool own = item == item_of(findings[group.first]);
    if (own || item.empty()) continue;
    const std::string_view other = data_of(findings[index], "table");
    std::string name =
        other == table || other == unquoted(item) ? std::string(item) : cat(item, " on ", other);
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  }
  const std::size_t shown = names.size() <= named_items ? names.size() : named_items - 1;
  std::string text;
  for (std::size_t index = 0; index < shown; ++index)
    text += cat(index == 0 ? "" : index + 1 == names.size() ? " and " : ", ", names[index]);
  if (shown < names.size()) text += cat(" and ", names.size() - shown, " more");
  return text;
}

// What a remedy begins with: an imperative, with SQL on the lines behind it or not.
std::string_view imperative_of(std::string_view help) {
  const std::size_t end = help.find(":\n");
  return end == help.npos ? help : help.substr(0, end + 2);
}

// SQL before and behind the line that says when the second step may be taken.
struct Steps {
  std::string_view first, divider, second;
};
Steps steps_of(std::string_view sql) {
  const std::size_t begin = sql.find("\n-- in ");
  if (begin == sql.npos) return {sql, {}, {}};
  const std::size_t end = sql.find('\n', begin + 1);
  if (end == sql.npos) return {sql, {}, {}};
  return {sql.substr(0, begin), sql.substr(begin + 1, end - begin - 1), sql.substr(end + 1)};
}

// An imperative on the first line and SQL below it: the SQL of all behind one imperative, all first
// steps before all second ones.
void add_help(std::string& help, const std::vector<Finding>& findings, const Group& group) {
  const std::string_view imperative = imperative_of(help);
  if (imperative.size() == help.size()) return;
  const std::string_view own = std::string_view(help).substr(imperative.size());
  const Steps steps = steps_of(own);
  std::vector<std::string_view> said;
  said.reserve(shown_remedies);
  said.push_back(own);
  std::string whole = cat(imperative, steps.first);
  std::string second(steps.second);
  std::size_t left_out = 0;
  for (const std::size_t index : group.others) {
    const std::string_view other = findings[index].help;
    if (imperative_of(other) != imperative) continue;
    const std::string_view sql = other.substr(imperative.size());
    if (std::find(said.begin(), said.end(), sql) != said.end()) continue;
    const Steps others = steps_of(sql);
    if (said.size() >= shown_remedies || others.divider != steps.divider) {
      ++left_out;
      continue;
    }
    said.push_back(sql);
    append(whole, '\n', others.first);
    if (!steps.divider.empty()) append(second, '\n', others.second);
  }
  if (!steps.divider.empty()) append(whole, '\n', steps.divider, '\n', second);
  if (left_out > 0) append(whole, "\n-- and so for ", left_out, " more");
  help = std::move(whole);
}

// The gravest of a group speaks for it.
void put_gravest_first(const std::vector<Finding>& findings, Group& group) {
  for (std::size_t& other : group.others) {
    if (findings[other].severity > findings[group.first].severity) std::swap(other, group.first);
  }
  std::sort(group.others.begin(), group.others.end());
}

void add_labels(Finding& first, const std::vector<Finding>& findings, const Group& group) {
  for (std::size_t at = 0; at < group.others.size() && at < shown_labels; ++at) {
    const Finding& other = findings[group.others[at]];
    if (other.span != first.span)
      first.label(*other.source, other.span, std::string(item_of(other)));
  }
}

void add_items(Finding& first, const std::vector<Finding>& findings, const Group& group) {
  std::string& all = first.data["items"];
  all = item_of(first);
  for (const std::size_t index : group.others) append(all, ", ", item_of(findings[index]));
}

// The same key of the same column, taken or put there again by later statements and migrations, is
// one thing to mend as well.
void draw_repetitions(std::vector<Finding>& findings, std::vector<bool>& gone) {
  using Fact = std::tuple<std::string_view, std::string_view, std::string>;
  struct Repetition {
    std::size_t first;
    std::size_t times = 0;
    std::size_t files = 1;
    const SourceFile* last = nullptr;
  };
  std::map<Fact, Repetition> known;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    const Finding& each = findings[index];
    if (gone[index] || each.family != guard || each.status != Status::open) continue;
    const std::string_view items = data_of(each, "items");
    const std::string_view column = data_of(each, "column");
    if (column.empty() || column.starts_with('?')) continue;
    const auto [entry, added] =
        known.try_emplace({each.rule, column, std::string(items.empty() ? item_of(each) : items)},
                          Repetition{index, 0, 1, each.source});
    if (added) continue;
    Repetition& repetition = entry->second;
    std::size_t other = index;
    if (findings[repetition.first].severity < each.severity) std::swap(other, repetition.first);
    gone[other] = true;
    if (repetition.last != each.source) ++repetition.files;
    repetition.last = each.source;
    if (++repetition.times <= shown_labels) {
      findings[repetition.first].label(*findings[other].source, findings[other].span, "and here");
    }
  }
  for (const auto& [fact, repetition] : known) {
    if (repetition.times == 0) continue;
    Finding& first = findings[repetition.first];
    first.message += repetition.times == 1
                         ? "; another statement does it again"
                         : cat("; ", repetition.times, " other statements do it again");
    if (repetition.files > 1) first.message += cat(", in ", repetition.files, " files");
    first.data["again"] = std::to_string(repetition.times);
  }
}

// A migration that makes `cost jsonb` and fills it: the column is what there is to say.
void draw_into_columns(std::vector<Finding>& findings, std::vector<bool>& gone) {
  std::map<std::pair<const SourceFile*, std::string_view>, Group> columns;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    const Finding& each = findings[index];
    if (each.rule == "json-column-is-money" && each.status == Status::open)
      columns.try_emplace({each.source, data_of(each, "column")}, Group{index, {}});
  }
  if (columns.empty()) return;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    const Finding& each = findings[index];
    if (gone[index] || each.family != guard || each.status != Status::open) continue;
    const auto column = columns.find({each.source, data_of(each, "column")});
    if (column == columns.end() || column->second.first == index) continue;
    column->second.others.push_back(index);
    gone[index] = true;
  }
  for (const auto& [place, group] : columns) {
    if (group.others.empty()) continue;
    Finding& first = findings[group.first];
    for (const std::size_t index : group.others) {
      const Finding& other = findings[index];
      if (first.labels.size() >= shown_labels) break;
      if (item_of(other).empty()) continue;
      first.label(*other.source, other.span,
                  cat(data_of(other, "access") == "write" ? "filled with " : "used for ",
                      data_of(other, "items").empty() ? item_of(other) : data_of(other, "items")));
    }
    first.data["also"] = std::to_string(group.others.size());
  }
}

// The findings of one file, from `begin` to `end`. `gone`: what another one now speaks for.
void draw_together(std::vector<Finding>& findings, std::size_t begin, std::size_t end,
                   std::vector<bool>& gone) {
  std::vector<Group> groups;
  const auto key_of = [](const Finding& each) {
    const std::string_view remedy = each.family == guard ? "" : imperative_of(each.help);
    return Key{each.rule, each.source, common_severity(each), each.cause, remedy};
  };
  const auto can_be_grouped = [](const Finding& each) {
    return !each.cause.empty() && !item_of(each).empty() && each.status == Status::open;
  };
  // Most files have a few findings, which are compared with each other sooner than hashed.
  constexpr std::size_t few = 12;
  std::unordered_map<Key, std::size_t, KeyHash> places;
  for (std::size_t index = begin; index < end; ++index) {
    const Finding& each = findings[index];
    if (!can_be_grouped(each)) continue;
    std::size_t place = groups.size();
    if (end - begin > few) {
      place = places.try_emplace(key_of(each), place).first->second;
    } else {
      for (std::size_t other = 0; other < groups.size() && place == groups.size(); ++other) {
        const Finding& first = findings[groups[other].first];
        if (first.rule == each.rule && key_of(first) == key_of(each)) place = other;
      }
    }
    if (place == groups.size())
      groups.push_back({index, {}});
    else
      groups[place].others.push_back(index);
  }
  for (Group& group : groups) {
    if (group.others.empty()) continue;
    put_gravest_first(findings, group);
    for (const std::size_t index : group.others) gone[index] = true;
    Finding& first = findings[group.first];
    add_help(first.help, findings, group);
    const std::string also = items(findings, group);
    first.message += also.empty() ? cat("; ", group.others.size(), " more like it")
                                  : cat("; the same goes for ", also);
    first.data["also"] = std::to_string(group.others.size());
    if (first.family == guard) add_items(first, findings, group);
    add_labels(first, findings, group);
  }
  // Drawn together, they need no heading that they share.
  for (std::size_t index = begin; index < end; ++index) {
    Finding& each = findings[index];
    if (!each.cause.empty() && !item_of(each).empty()) each.cause.clear();
  }
}

}  // namespace

void draw_together(Report& report) {
  std::vector<Finding>& findings = report.findings;
  std::vector<bool> gone(findings.size(), false);
  for (std::size_t begin = 0, end = 0; begin < findings.size(); begin = end) {
    const SourceFile* file = findings[begin].source;
    while (end < findings.size() &&
           (findings[end].source == file || findings[end].source->path == file->path))
      ++end;
    if (end - begin > 1) {
      draw_together(findings, begin, end, gone);
    } else if (!item_of(findings[begin]).empty()) {
      findings[begin].cause.clear();
    }
  }
  draw_repetitions(findings, gone);
  draw_into_columns(findings, gone);
  const bool identified = report.identities.size() == findings.size();
  std::size_t kept = 0;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    if (gone[index]) continue;
    if (kept != index) {
      findings[kept] = std::move(findings[index]);
      if (identified) report.identities[kept] = std::move(report.identities[index]);
    }
    ++kept;
  }
  findings.resize(kept);
  if (identified) report.identities.resize(kept);
}

}  // namespace migguard::lint
