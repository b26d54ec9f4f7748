#include <lint/statement_index.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <variant>

namespace migguard::lint {
namespace {

constexpr std::size_t short_migration = 64;  // statements

template <class Take>
void names_in(Text text, const Take& take) {
  if (!text.empty()) take(text);
}
template <class Take>
void names_in(const Name& name, const Take& take) {
  names_in(name.name, take);
}
template <class Take>
void names_in(const ColumnDefinition& column, const Take& take) {
  names_in(column.name, take);
}
template <class Take>
void names_in(const ConstraintDefinition& constraint, const Take& take) {
  names_in(constraint.name, take);
  names_in(constraint.references, take);
}
template <class Item, class Take>
void names_in(List<Item> items, const Take& take) {
  if constexpr (std::is_same_v<Item, Name> || std::is_same_v<Item, Text>)
    for (const Item& each : items) names_in(each, take);
}
// Expressions, types, flags: what they name is not what the operation is about.
template <class Other, class Take>
requires(!std::is_convertible_v<const Other&, Text>) void names_in(const Other&, const Take&) {}

}  // namespace

std::vector<const Statement*> StatementIndex::naming(Text name, Text other) {
  std::vector<const Statement*> found;
  if (all_.size() <= short_migration) {
    found.reserve(all_.size());
    for (const Statement& each : all_) found.push_back(&each);
    return found;
  }
  if (by_name_.empty()) {
    for (const Statement& statement : all_) {
      const auto take = [&](Text each) {
        std::vector<const Statement*>& list = by_name_[each];
        if (list.empty() || list.back() != &statement) list.push_back(&statement);
      };
      const auto take_all = [&](const auto& op) {
        std::apply([&](const auto&... field) { (names_in(field.of(op), take), ...); }, op.fields());
      };
      for (const Op& op : statement.ops) std::visit(take_all, op);
    }
  }
  static const std::vector<const Statement*> none;
  const auto list = [&](Text key) -> const std::vector<const Statement*>& {
    const auto known = by_name_.find(key);
    return known == by_name_.end() ? none : known->second;
  };
  if (other.empty() || other == name) return list(name);
  std::set_union(list(name).begin(), list(name).end(), list(other).begin(), list(other).end(),
                 std::back_inserter(found));
  return found;
}

}  // namespace migguard::lint
