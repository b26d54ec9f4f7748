// How often each key that holds money occurs in many documents of one column.
#pragma once

#include <cstdint>
#include <jsonb/walk.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migguard::jsonb {

struct KeyCount {
  std::string key;
  Classification verdict;  // of the highest level seen
  bool money_shape = false;
  std::uint64_t values = 0;     // occurrences
  std::uint64_t documents = 0;  // documents that have at least one
  std::string example;          // the first scalar value, masked
};

class KeyCounts {
 public:
  // Paths beyond this many are counted together; keys that are data (identifiers) make many.
  static constexpr std::size_t most_paths = 10'000;

  explicit KeyCounts(WalkSettings settings);

  // Counts one document; or why it is no JSON.
  std::optional<json::Broken> add(std::string_view document);

  // Visits (path, KeyCount) in the order of paths, which have any index: `items[*].price`.
  template <class Visitor>
  void each(Visitor&& visit) const {
    for (const auto& [path, count] : paths_) visit(path, static_cast<const KeyCount&>(count));
  }
  std::uint64_t documents() const { return documents_; }
  std::uint64_t documents_with_money() const { return with_money_; }
  std::uint64_t uncounted() const { return uncounted_; }  // occurrences under paths beyond the most

 private:
  struct Counted : KeyCount {
    std::uint64_t last_document = 0;
  };

  Walker walker_;
  std::map<std::string, Counted, std::less<>> paths_;
  std::uint64_t documents_ = 0;
  std::uint64_t with_money_ = 0;
  std::uint64_t uncounted_ = 0;
};

}  // namespace migguard::jsonb
