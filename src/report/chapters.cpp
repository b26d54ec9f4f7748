#include <report/chapters.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace migguard::report {
namespace {

// What cannot be read hides everything else; then what runs at all, what is lost, what fails, what
// blocks.
std::size_t rank(std::string_view family) {
  constexpr std::string_view order[] = {"input", "history",       "destructive", "transaction",
                                        "locks", "compatibility", "jsonb",       "schema"};
  return static_cast<std::size_t>(std::find(std::begin(order), std::end(order), family) -
                                  std::begin(order));
}

}  // namespace

std::vector<Chapter> chapters_of(const std::vector<Finding>& findings) {
  std::map<std::string_view, Chapter> by_rule;
  for (const Finding& finding : findings) {
    if (finding.status != Status::open) continue;
    Chapter& chapter = by_rule[finding.rule];
    chapter.rule = finding.rule;
    chapter.family = finding.family;
    chapter.severity = std::max(chapter.severity, finding.severity);
    ++(finding.severity == Severity::error     ? chapter.errors
       : finding.severity == Severity::warning ? chapter.warnings
                                               : chapter.notes);
    chapter.findings.push_back(&finding);
  }
  std::vector<Chapter> chapters;
  for (auto& [rule, chapter] : by_rule) {
    std::stable_sort(chapter.findings.begin(), chapter.findings.end(),
                     [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
    chapters.push_back(std::move(chapter));
  }
  std::stable_sort(chapters.begin(), chapters.end(), [](const Chapter& a, const Chapter& b) {
    const auto key = [](const Chapter& each) {
      return std::tuple(-static_cast<int>(each.severity), rank(each.family),
                        -static_cast<long>(each.errors));
    };
    return key(a) < key(b);
  });
  return chapters;
}

std::vector<std::vector<const Finding*>> by_remedy(const Chapter& chapter, Severity least) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> known;
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding* finding : chapter.findings) {
    if (finding->severity < least) continue;
    const bool alone = finding->cause.empty();
    const std::string_view why = alone ? std::string_view(finding->why) : std::string_view();
    const std::string_view help = alone ? std::string_view(finding->help) : std::string_view();
    const auto [entry, added] = known.try_emplace({finding->cause, why, help}, groups.size());
    if (added) groups.emplace_back();
    groups[entry->second].push_back(finding);
  }
  return groups;
}

std::vector<Step> steps_of(const std::vector<Chapter>& chapters, Severity least) {
  std::vector<Step> steps;
  std::map<std::tuple<std::string_view, Severity, std::string_view>, std::size_t> known;
  for (const Chapter& chapter : chapters) {
    for (const Finding* finding : chapter.findings) {
      if (finding->severity < least || finding->help.empty()) continue;
      const std::string_view help =
          std::string_view(finding->help).substr(0, finding->help.find('\n'));
      const auto [entry, added] =
          known.try_emplace({finding->rule, finding->severity, help}, steps.size());
      if (added) steps.push_back({finding->severity, {}});
      steps[entry->second].findings.push_back(finding);
    }
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.severity > b.severity; });
  return steps;
}

}  // namespace migguard::report
