// YAML with places: enough of a document to find the commands of compose files and workflows.
#pragma once

#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::project {

enum class YamlKind : std::uint8_t { scalar, sequence, mapping, alias };
enum class YamlStyle : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };

struct YamlMember;

struct YamlNode {
  YamlKind kind = YamlKind::scalar;
  YamlStyle style = YamlStyle::plain;
  std::string value;                // of a scalar
  Span span;                        // as written, with quotes or the header of a block
  std::vector<YamlNode> items;      // of a sequence
  std::vector<YamlMember> members;  // of a mapping, in the order written

  // The value of a key; null where this is no mapping or has no such key.
  const YamlNode* get(std::string_view key) const;
};

struct YamlMember {
  YamlNode key;
  YamlNode value;
};

// The first document of a text; none where it is no YAML, or is nested deeper than any file people
// write.
std::optional<YamlNode> parse_yaml(std::string_view text);

}  // namespace migguard::project
