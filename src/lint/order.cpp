#include <lint/order.hpp>

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

namespace migguard::lint {
namespace {

bool path_before(const Finding& a, const Finding& b) {
  return a.source != b.source && a.source->path < b.source->path;
}

auto place_in_file(const Finding& finding) {
  return std::tie(finding.span.begin, finding.span.end, finding.rule, finding.message);
}

bool place_before(const Finding* a, const Finding* b) {
  return place_in_file(*a) < place_in_file(*b);
}

// Findings are large: their places are sorted, then each is moved once. They come file by file,
// nearly always in the order of the files.
void sort(std::vector<Finding*>& order) {
  const auto by_path = [](const Finding* a, const Finding* b) { return path_before(*a, *b); };
  if (!std::is_sorted(order.begin(), order.end(), by_path))
    std::stable_sort(order.begin(), order.end(), by_path);
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(begin, order.end(),
                                  [&](const Finding* each) { return path_before(**begin, *each); });
    if (!std::is_sorted(begin, end, place_before)) std::stable_sort(begin, end, place_before);
    begin = end;
  }
}

template <class Findings>
std::vector<Finding*> sorted(Findings& findings) {
  std::vector<Finding*> order;
  order.reserve(findings.size());
  for (Finding& each : findings) order.push_back(&each);
  sort(order);
  return order;
}

}  // namespace

void sort_findings(std::vector<Finding>& findings) {
  const auto in_order = [](const Finding& a, const Finding& b) {
    return a.source == b.source ? place_in_file(a) < place_in_file(b) : path_before(a, b);
  };
  if (std::adjacent_find(findings.begin(), findings.end(), std::not_fn(in_order)) == findings.end())
    return;
  std::vector<Finding> result;
  result.reserve(findings.size());
  for (Finding* each : sorted(findings)) {
    const bool again = !result.empty() && !path_before(result.back(), *each) &&
                       place_in_file(result.back()) == place_in_file(*each);
    if (!again) result.push_back(std::move(*each));
  }
  findings = std::move(result);
}

void move_sorted(std::deque<Finding>& some, std::vector<Finding>& behind) {
  // At once: while room grows, what was there is held twice.
  if (const std::size_t needed = behind.size() + some.size(); needed > behind.capacity())
    behind.reserve(std::max(needed, 2 * behind.capacity()));
  for (Finding* each : sorted(some)) behind.push_back(std::move(*each));
  some.clear();
}

}  // namespace migguard::lint
