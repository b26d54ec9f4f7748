#include <lint/identity.hpp>
#include <lint/narrow.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace migguard::lint {
namespace {

using Key = std::tuple<std::string_view, std::string, std::string>;

// Paths at the base to today's, for files that moved: a folder of another name is not new.
std::map<std::string, std::string> renamed_files(const Project& base, const Project& project) {
  std::set<std::string_view> then, now;
  for (const SourceFile& each : base.files) then.insert(each.path);
  for (const SourceFile& each : project.files) now.insert(each.path);
  std::multimap<std::string_view, std::string_view> added;  // text to path
  for (const SourceFile& each : project.files) {
    if (!then.contains(each.path) && !each.text.empty()) added.emplace(each.text, each.path);
  }
  // A file that moved and was changed as well is known by its name, where only one has it.
  std::multimap<std::string_view, std::string_view> named;
  for (const auto& [text, path] : added) named.emplace(file_name(path), path);
  std::map<std::string, std::string> renamed;
  for (const SourceFile& each : base.files) {
    if (now.contains(each.path)) continue;
    if (const auto found = added.find(each.text); found != added.end()) {
      renamed.emplace(each.path, found->second);
      added.erase(found);
    } else if (named.count(file_name(each.path)) == 1) {
      renamed.emplace(each.path, named.find(file_name(each.path))->second);
    }
  }
  return renamed;
}

}  // namespace

std::uint32_t keep_new(const Report& base, const Project& project, std::vector<Finding>& findings) {
  const auto renamed = renamed_files(*base.project, project);
  std::map<Key, std::pair<std::uint32_t, std::uint32_t>> before;  // in all, and open
  const auto before_identities = identify(*base.project, base.findings);
  for (std::size_t index = 0; index < base.findings.size(); ++index) {
    const Finding& each = base.findings[index];
    const auto moved = renamed.find(each.source->path);
    auto& [all, open] =
        before[{each.rule, moved == renamed.end() ? each.source->path : moved->second,
                before_identities[index].subject}];
    ++all;
    if (each.status == Status::open) ++open;
  }
  const auto identities = identify(project, findings);
  std::vector<Finding> kept;
  std::uint32_t known = 0;
  for (std::size_t index = 0; index < findings.size(); ++index) {
    Finding& each = findings[index];
    const auto found = before.find({each.rule, each.source->path, identities[index].subject});
    if (found != before.end()) {
      auto& [all, open] = found->second;
      std::uint32_t& left = each.status == Status::open ? open : all;
      if (left > 0) {
        --left;
        ++known;
        continue;
      }
    }
    kept.push_back(std::move(each));
  }
  findings = std::move(kept);
  return known;
}

}  // namespace migguard::lint
