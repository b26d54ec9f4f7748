#include <jsonb/key_counts.hpp>

namespace migguard::jsonb {
namespace {

WalkSettings by_shape(WalkSettings settings) {
  settings.exact_paths = false;
  return settings;
}

}  // namespace

KeyCounts::KeyCounts(WalkSettings settings) : walker_(by_shape(std::move(settings))) {}

std::optional<json::Broken> KeyCounts::add(std::string_view document) {
  ++documents_;
  bool any = false;
  auto broken = walker_.document(document, [&](const Hit& hit) {
    any = true;
    auto found = paths_.find(hit.shape);
    if (found == paths_.end()) {
      if (paths_.size() >= most_paths) {
        ++uncounted_;
        return;
      }
      found = paths_.emplace(std::string(hit.shape), Counted()).first;
      found->second.key = hit.key;
    }
    Counted& count = found->second;
    ++count.values;
    if (count.last_document != documents_) ++count.documents;
    count.last_document = documents_;
    if (hit.verdict.level > count.verdict.level) count.verdict = hit.verdict;
    count.money_shape = count.money_shape || hit.money_shape;
    if (count.example.empty() && !hit.value.empty()) count.example = masked(hit.value);
  });
  with_money_ += any;
  return broken;
}

}  // namespace migguard::jsonb
