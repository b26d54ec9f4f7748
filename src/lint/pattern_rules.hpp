// Pattern rules at work: compiled once, asked for every operation of their kinds.
#pragma once

#include <lint/op_fields.hpp>
#include <lint/own_rules.hpp>
#include <migguard/rule.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

// The items of a list of an operation that a pattern is about.
struct ListItems {
  FieldPath list;  // of the pattern, which must outlive this
  std::set<std::size_t> items;
};

class PatternMatcher {
 public:
  explicit PatternMatcher(const PatternRule& rule);
  ~PatternMatcher();
  PatternMatcher(PatternMatcher&&) noexcept;
  PatternMatcher& operator=(PatternMatcher&&) noexcept;

  const PatternRule& rule() const { return *rule_; }
  bool listens_to(std::size_t kind) const;
  // Whether the pattern fits the operation, and which items of its lists: all fields of a list must
  // fit the same one.
  std::optional<std::vector<ListItems>> match(const Op& op, const Schema& schema) const;

 private:
  struct Value;
  struct Field;
  struct Operation;
  const PatternRule* rule_;
  std::vector<Operation> match_;
};

// The text with each `{path}` replaced by what the operation holds there, `{kind}` by its kind;
// names as SQL writes them. A path through a list stands for the items matched, else for all.
std::string filled_in(std::string_view text, const Op& op, const std::vector<ListItems>& matched);

// Why a value of a pattern cannot be read (a regular expression that is none), or nothing.
std::optional<std::string> value_mistake(const std::string& value);
// Why `text` has a `{path}` that operations of one of the kinds do not have, or nothing.
std::optional<std::string> placeholder_mistake(std::string_view text, const PatternRule& rule);

// `column.type.name` in parts.
std::vector<std::string> path_parts(std::string_view path);

}  // namespace migguard::lint
