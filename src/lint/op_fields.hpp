// The fields of an operation by their names, as `migguard dump` shows them: for rules that are no
// C++. A path leads into what a field holds (`column.type.name`), and through every item of a list.
#pragma once

#include <migguard/op.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

// A value at the end of a path. A name, type, expression, column or constraint has a text of its
// own, and fields besides.
struct FieldValue {
  std::string_view text;       // `true`, `42`, an enumerator's name, a plain name
  const Name* name = nullptr;  // where it is a name that may have a schema
  // Where the path leads through a list: which item of the outermost one this is of, and how many
  // parts of the path lead on from there.
  std::optional<std::size_t> item;
  std::size_t behind = 0;
};

using FieldPath = std::span<const std::string>;

// Every value that the path leads to; none where the operation has no such field.
void each_value(const Op& op, FieldPath path, const std::function<void(const FieldValue&)>& take);
// The text of the first one; empty where there is none.
std::string first_text(const Op& op, FieldPath path);

// The public names of operations, in the order of Op.
std::span<const std::string_view> operation_kinds();
// What is wrong with a path into operations of a kind (an index into operation_kinds), or nothing.
// `known` gets the names that could stand where the first wrong one does.
bool path_exists(std::size_t kind, FieldPath path, std::vector<std::string_view>& known);

}  // namespace migguard::lint
