#include <lint/group.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <functional>
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

// What the findings of a group have in common: the rule, the file, the severity, the cause.
using Key = std::tuple<std::string_view, const SourceFile*, Severity, std::string_view>;

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const std::hash<std::string_view> text;
    const std::size_t file = std::hash<const SourceFile*>()(std::get<1>(key));
    return (text(std::get<0>(key)) * 31 + file) * 31 + text(std::get<3>(key));
  }
};

std::string_view item_of(const Finding& finding) {
  const auto found = finding.data.find("item");
  return found == finding.data.end() ? std::string_view() : found->second;
}

std::string items(const std::vector<Finding>& findings, const Group& group) {
  std::vector<std::string_view> names;
  for (const std::size_t index : group.others) {
    const std::string_view item = item_of(findings[index]);
    const bool own = item == item_of(findings[group.first]);
    if (!own && !item.empty() && std::find(names.begin(), names.end(), item) == names.end())
      names.push_back(item);
  }
  const std::size_t shown = names.size() <= named_items ? names.size() : named_items - 1;
  std::string text;
  for (std::size_t index = 0; index < shown; ++index)
    text += cat(index == 0 ? "" : index + 1 == names.size() ? " and " : ", ", names[index]);
  if (shown < names.size()) text += cat(" and ", names.size() - shown, " more");
  return text;
}

// An imperative on the first line and SQL below it: the SQL of all behind one imperative.
void add_help(std::string& help, const std::vector<Finding>& findings, const Group& group) {
  const std::size_t end = help.find(":\n");
  if (end == std::string::npos) return;
  const std::string imperative = help.substr(0, end + 2);
  std::vector<std::string_view> said = {std::string_view(help).substr(imperative.size())};
  std::string sql(said.front());
  std::size_t left_out = 0;
  for (const std::size_t index : group.others) {
    const std::string_view other = findings[index].help;
    if (!other.starts_with(imperative)) continue;
    const std::string_view own = other.substr(imperative.size());
    if (std::find(said.begin(), said.end(), own) != said.end()) continue;
    if (said.size() >= shown_remedies) {
      ++left_out;
      continue;
    }
    said.push_back(own);
    sql += cat("\n", own);
  }
  if (left_out > 0) sql += cat("\n-- and so for ", left_out, " more");
  help = imperative + sql;
}

// The findings of one file, from `begin` to `end`. `gone`: what another one now speaks for.
void draw_together(std::vector<Finding>& findings, std::size_t begin, std::size_t end,
                   std::vector<bool>& gone) {
  std::unordered_map<Key, Group, KeyHash> groups;
  for (std::size_t index = begin; index < end; ++index) {
    const Finding& each = findings[index];
    if (each.cause.empty() || item_of(each).empty() || each.status != Status::open) continue;
    const auto [entry, added] =
        groups.try_emplace({each.rule, each.source, each.severity, each.cause}, Group{index, {}});
    if (added) continue;
    entry->second.others.push_back(index);
    gone[index] = true;
  }
  for (const auto& [key, group] : groups) {
    if (group.others.empty()) continue;
    Finding& first = findings[group.first];
    add_help(first.help, findings, group);
    const std::string also = items(findings, group);
    first.message += also.empty() ? cat("; ", group.others.size(), " more like it")
                                  : cat("; the same goes for ", also);
    first.data["also"] = std::to_string(group.others.size());
    for (std::size_t at = 0; at < group.others.size() && at < shown_labels; ++at) {
      const Finding& other = findings[group.others[at]];
      if (other.span != first.span)
        first.label(*other.source, other.span, std::string(item_of(other)));
    }
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
    while (end < findings.size() && findings[end].source->path == findings[begin].source->path)
      ++end;
    if (end - begin > 1) {
      draw_together(findings, begin, end, gone);
    } else if (!item_of(findings[begin]).empty()) {
      findings[begin].cause.clear();
    }
  }
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
