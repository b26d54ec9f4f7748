#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
#include <migguard/text.hpp>
#include <project/toml.hpp>

namespace migguard::project {
namespace {

using Strings = std::map<std::string, std::vector<std::string>, std::less<>>;

void add(const std::string& key, const toml::node& node, Strings& out) {
  if (const auto* text = node.as_string()) {
    out[key].push_back(text->get());
  } else if (const auto* list = node.as_array()) {
    for (const toml::node& each : *list) {
      if (each.is_string()) out[key].push_back(each.as_string()->get());
    }
  } else if (const auto* table = node.as_table()) {
    for (const auto& [name, value] : *table)
      add(key.empty() ? std::string(name.str()) : cat(key, '.', name.str()), value, out);
  }
}

}  // namespace

TomlStrings::TomlStrings(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (parsed) add({}, parsed.table(), strings_);
}

std::string TomlStrings::first(std::string_view key) const {
  const auto& values = all(key);
  return values.empty() ? std::string() : values.front();
}

const std::vector<std::string>& TomlStrings::all(std::string_view key) const {
  static const std::vector<std::string> none;
  const auto found = strings_.find(key);
  return found == strings_.end() ? none : found->second;
}

}  // namespace migguard::project
