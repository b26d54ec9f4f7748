// Operations as one line of text for tests: `drop_table{table=public.a cascade}`. Only members that
// differ from their default are printed, so that a test says what matters and nothing else.
#pragma once

#include <migguard/op.hpp>
#include <optional>
#include <string>
#include <type_traits>

namespace migguard::test {

inline std::string op_text(bool value) { return value ? "true" : "false"; }
inline std::string op_text(std::int32_t value) { return std::to_string(value); }
inline std::string op_text(std::uint32_t value) { return std::to_string(value); }
inline std::string op_text(std::uint8_t value) { return std::to_string(value); }
inline std::string op_text(std::uint16_t value) { return std::to_string(value); }

// A plain word as it is, all else in quotes.
inline std::string op_text(Text text) {
  const auto plain_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (const char c : text) {
    if (!plain_character(c)) return "'" + std::string(text) + "'";
  }
  return text.empty() ? "''" : std::string(text);
}

inline std::string op_text(const Name& name) {
  return name.schema.empty() ? std::string(name.name)
                             : std::string(name.schema) + "." + std::string(name.name);
}
inline std::string op_text(const TypeName& type) { return op_text(type.text); }
inline std::string op_text(const FunctionCall& call) {
  return op_text(call.name) + "/" + std::to_string(call.arguments);
}
inline std::string op_text(const OptionValue& option) {
  return std::string(option.name) + "=" + std::string(option.value);
}

inline std::string op_text(Persistence value) {
  return value == Persistence::permanent  ? "permanent"
         : value == Persistence::unlogged ? "unlogged"
                                          : "temporary";
}
inline std::string op_text(OnCommit value) {
  return value == OnCommit::preserve_rows ? "preserve_rows"
         : value == OnCommit::delete_rows ? "delete_rows"
                                          : "drop";
}
inline std::string op_text(ReferentialAction value) {
  constexpr const char* names[] = {"no_action", "restrict", "cascade", "set_null", "set_default"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(Identity value) {
  constexpr const char* names[] = {"none", "always", "by_default"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(Generated value) {
  constexpr const char* names[] = {"none", "stored", "virtual"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(ConstraintKind value) {
  constexpr const char* names[] = {"not_null", "check",       "primary_key",
                                   "unique",   "foreign_key", "exclusion"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(ExpressionKind value) {
  constexpr const char* names[] = {"none", "null", "constant", "column", "call", "other"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(Volatility value) {
  constexpr const char* names[] = {"volatile", "stable", "immutable"};
  return names[static_cast<std::size_t>(value)];
}
inline std::string op_text(TransactionStep value) {
  constexpr const char* names[] = {"begin",     "commit",          "rollback",
                                   "savepoint", "release",         "rollback_to",
                                   "prepare",   "commit_prepared", "rollback_prepared"};
  return names[static_cast<std::size_t>(value)];
}
// In lower case, with underlines: `materialized_view`.
inline std::string op_text(ObjectKind value) {
  std::string text(to_string(value));
  for (char& c : text) {
    if (c == ' ') c = '_';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// JsonKey's enumerations: its own tests print them.
template <class Enumeration>
requires std::is_enum_v<Enumeration> std::string op_text(Enumeration value) {
  return std::to_string(static_cast<int>(value));
}

template <class T>
std::string op_text(const std::optional<T>& value) {
  return value ? op_text(*value) : "unset";
}

template <class Struct>
requires requires { Struct::fields(); }
std::string op_text(const Struct& value);

template <class T>
std::string op_text(const List<T>& list) {
  std::string text = "[";
  for (const T& item : list) {
    if (text.size() > 1) text += ", ";
    text += op_text(item);
  }
  return text + "]";
}

// `{member=value flag}`
template <class Struct>
requires requires { Struct::fields(); }
std::string op_text(const Struct& value) {
  static const Struct defaults{};
  std::string text = "{";
  const auto print = [&](const auto& field) {
    const auto& member = field.of(value);
    const std::string printed = op_text(member);
    if (printed == op_text(field.of(defaults))) return;
    if (text.size() > 1) text += ' ';
    text += field.name;
    if constexpr (std::is_same_v<std::decay_t<decltype(member)>, bool>) {
      if (!member) text += "=false";
    } else {
      text += '=';
      text += printed;
    }
  };
  std::apply([&](const auto&... fields) { (print(fields), ...); }, Struct::fields());
  return text + "}";
}

// An operation with its kind: `drop_table{table=a}`.
inline std::string op_text(const Op& op) {
  return std::visit([](const auto& each) { return std::string(each.kind) + op_text(each); }, op);
}

}  // namespace migguard::test
