// What an expression of a configuration comes to, as far as the text alone tells: literals, names
// for them, paths put together. Nothing is executed.
#pragma once

#include <project/modules.hpp>
#include <string>
#include <string_view>
#include <util/json.hpp>
#include <vector>

namespace migguard::project {

struct ConfigMember;

struct ConfigValue {
  enum class Kind : std::uint8_t {
    unknown,   // computed
    text,      // also numbers, as written
    fallback,  // `process.env.X ?? 'text'`
    list,
    object,
  };
  Kind kind = Kind::unknown;
  std::string text;
  // The text is a path of the project's tree, made from the folder of the configuration; otherwise
  // a path is relative to wherever the tool is started.
  bool anchored = false;
  std::string variable;  // of a fallback: `X`; empty where what is left of it is something else
  std::vector<ConfigValue> items;
  std::vector<ConfigMember> members;  // of an object, later ones first
  bool complete = true;               // of a list or object: nothing spread into it is unknown

  bool is_text() const { return kind == Kind::text; }
  // A member of an object; null where it is not written.
  const ConfigMember* find(std::string_view name) const;
};

struct ConfigMember {
  std::string name;
  Span key;  // in the configuration: of the key, or of what it is spread from
  ConfigValue value;
};

ConfigValue evaluate(Modules& modules, Meaning expression);
ConfigValue from_json(const json::Value& value);

}  // namespace migguard::project
