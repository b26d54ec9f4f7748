// TOML as a flat list of what it sets: enough for the configurations of migration tools.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::project {

// The strings of a document by their dotted keys (`flyway.table`): one of a value, all of a list's.
class TomlStrings {
 public:
  // Empty where the text is no TOML.
  explicit TomlStrings(std::string_view text);

  // The string of a key, or the first of its list; empty where there is none.
  std::string first(std::string_view key) const;
  const std::vector<std::string>& all(std::string_view key) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> strings_;
};

}  // namespace migguard::project
