#include <lint/identity.hpp>
#include <lint/narrow.hpp>
#include <lint/renames.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace migguard::lint {
namespace {

using Key = std::tuple<std::string_view, std::string, std::string>;

}  // namespace

std::uint32_t keep_new(const Report& base, Report& report) {
  const auto renamed = renamed_files(*base.project, *report.project);
  std::map<Key, std::pair<std::uint32_t, std::uint32_t>> before;  // in all, and not suppressed
  const auto before_identities = identify(*base.project, base.findings);
  for (std::size_t index = 0; index < base.findings.size(); ++index) {
    const Finding& each = base.findings[index];
    const auto moved = renamed.find(each.source->path);
    auto& [all, open] =
        before[{each.rule, moved == renamed.end() ? each.source->path : moved->second,
                before_identities[index].subject}];
    ++all;
    if (each.status != Status::suppressed) ++open;
  }
  auto identities = report.identities.empty() ? identify(*report.project, report.findings)
                                              : std::move(report.identities);
  std::vector<Finding> findings = std::move(report.findings);
  report.findings.clear();
  report.identities.clear();
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
    report.findings.push_back(std::move(each));
    report.identities.push_back(std::move(identities[index]));
  }
  return known;
}

}  // namespace migguard::lint
