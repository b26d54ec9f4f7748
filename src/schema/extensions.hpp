// What well-known extensions bring that columns, defaults and indexes can depend on.
#pragma once

#include <span>
#include <string_view>

namespace migguard::schema {

struct ExtensionObjects {
  std::string_view name;
  std::span<const std::string_view> types;
  std::span<const std::string_view> functions;         // that make sense in a default
  std::span<const std::string_view> operator_classes;  // and access methods of indexes
};

// Null for an extension that none of these are known of.
const ExtensionObjects* extension_objects(std::string_view extension);

}  // namespace migguard::schema
