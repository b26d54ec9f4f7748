// Walks operations by their own lists of fields, so that a new operation needs nothing here.
#include <lint/enum_names.hpp>
#include <lint/op_fields.hpp>

#include <array>
#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace migguard::lint {
namespace {

using Take = std::function<void(const FieldValue&)>;

template <class T>
concept Reflected = requires {
  T::fields();
};

template <class T>
struct ListItem {
  using type = void;
};
template <class T>
struct ListItem<List<T>> {
  using type = T;
};
template <class T>
using Item = typename ListItem<T>::type;

template <class T>
struct OptionalItem {
  using type = void;
};
template <class T>
struct OptionalItem<std::optional<T>> {
  using type = T;
};

// ---- Values ----------------------------------------------------------------------------------

// What stands for a whole struct.
void take_text(const Name& name, const Take& take) {
  if (!name.name.empty()) take({plain(name), &name});
}
void take_text(const TypeName& type, const Take& take) {
  if (type.text.empty() && type.name.name.empty()) return;
  take({type.text, nullptr});
  if (type.name.name != type.text) take({plain(type.name), nullptr});
}
void take_text(const Expression& expression, const Take& take) {
  if (expression) take({expression.text, nullptr});
}
void take_text(const FunctionCall& call, const Take& take) { take({plain(call.name), nullptr}); }
void take_text(const OptionValue& option, const Take& take) { take({option.name, nullptr}); }
void take_text(const ColumnDefinition& column, const Take& take) { take({column.name, nullptr}); }
void take_text(const IndexColumn& column, const Take& take) { take({column.name, nullptr}); }
void take_text(const ConstraintDefinition& constraint, const Take& take) {
  take({constraint.name, nullptr});
}
void take_text(const LikeClause& like, const Take& take) { take_text(like.table, take); }

template <class T>
void visit_value(const T& value, FieldPath path, const Take& take);

template <class Struct>
void visit_fields(const Struct& value, FieldPath path, const Take& take) {
  std::apply(
      [&](const auto&... field) {
        ((field.name == path.front() ? visit_value(field.of(value), path.subspan(1), take)
                                     : void()),
         ...);
      },
      Struct::fields());
}

template <class T>
void visit_value(const T& value, FieldPath path, const Take& take) {
  if constexpr (!std::is_void_v<Item<T>>) {
    std::size_t item = 0;
    const Take take_item = [&](FieldValue each) {
      each.item = item;
      each.behind = path.size();
      take(each);
    };
    for (const auto& each : value) {
      visit_value(each, path, take_item);
      ++item;
    }
  } else if constexpr (!std::is_void_v<typename OptionalItem<T>::type>) {
    if (value) visit_value(*value, path, take);
  } else if constexpr (Reflected<T>) {
    if (path.empty()) {
      take_text(value, take);
    } else {
      visit_fields(value, path, take);
    }
  } else if (!path.empty()) {
    return;
  } else if constexpr (std::is_same_v<T, bool>) {
    take({value ? "true" : "false", nullptr});
  } else if constexpr (std::is_enum_v<T>) {
    take({enum_name(value), nullptr});
  } else if constexpr (std::integral<T>) {
    take({std::to_string(value), nullptr});
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    // An empty text is the absence of one: a column without a name, an option without a value.
    if (!std::string_view(value).empty()) take({value, nullptr});
  }
}

// ---- Paths -----------------------------------------------------------------------------------

template <class T>
bool leads(FieldPath path, std::vector<std::string_view>& known);

template <class Struct>
bool field_leads(FieldPath path, std::vector<std::string_view>& known) {
  bool found = false, leads_on = false;
  std::apply(
      [&](const auto&... field) {
        const auto look = [&](const auto& each) {
          if (each.name != path.front()) return;
          found = true;
          using Member = std::decay_t<decltype(each.of(std::declval<const Struct&>()))>;
          leads_on = leads<Member>(path.subspan(1), known);
        };
        (look(field), ...);
        if (!found) (known.push_back(field.name), ...);
      },
      Struct::fields());
  return found && leads_on;
}

template <class T>
bool leads(FieldPath path, std::vector<std::string_view>& known) {
  if (path.empty()) return true;
  if constexpr (!std::is_void_v<Item<T>>) {
    return leads<Item<T>>(path, known);
  } else if constexpr (!std::is_void_v<typename OptionalItem<T>::type>) {
    return leads<typename OptionalItem<T>::type>(path, known);
  } else if constexpr (Reflected<T>) {
    return field_leads<T>(path, known);
  } else {
    return false;
  }
}

template <class Variant>
struct Kinds;
template <class... Each>
struct Kinds<std::variant<Each...>> {
  static constexpr std::array<std::string_view, sizeof...(Each)> names{Each::kind...};
  using Leads = bool (*)(FieldPath, std::vector<std::string_view>&);
  static constexpr std::array<Leads, sizeof...(Each)> leads{&field_leads<Each>...};
};

}  // namespace

void each_value(const Op& op, FieldPath path, const Take& take) {
  if (path.empty()) return;
  std::visit([&](const auto& each) { visit_fields(each, path, take); }, op);
}

std::string first_text(const Op& op, FieldPath path) {
  std::string text;
  bool found = false;
  each_value(op, path, [&](const FieldValue& value) {
    if (!found) text = value.text;
    found = true;
  });
  return text;
}

std::span<const std::string_view> operation_kinds() { return Kinds<Op>::names; }

bool path_exists(std::size_t kind, FieldPath path, std::vector<std::string_view>& known) {
  return !path.empty() && Kinds<Op>::leads[kind](path, known);
}

}  // namespace migguard::lint
