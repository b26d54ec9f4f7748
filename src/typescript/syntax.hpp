// TypeScript (and JavaScript without JSX) as a tree whose every node knows its place in the text.
// Broken source yields a tree all the same: what could not be read is an `ERROR` node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::typescript {

class Tree;

// A node of a tree, or none. Cheap to copy; lives as long as its tree. What is asked of none is
// none, empty or false, so that questions chain.
class Node {
 public:
  Node() = default;
  Node(const Tree* tree, std::int32_t index) : tree_(tree), index_(index) {}

  explicit operator bool() const { return tree_ != nullptr; }
  // As the grammar calls it: `call_expression`, `property_signature`, `string`.
  std::string_view kind() const;
  bool is(std::string_view kind) const { return this->kind() == kind; }
  Span span() const;
  std::string_view text() const;  // as written
  Node parent() const;
  // The child in a role of the grammar: `function`, `arguments`, `name`, `value`.
  Node field(std::string_view name) const;
  // Without punctuation, keywords and comments.
  std::vector<Node> children() const;
  // The first child of a kind.
  Node child(std::string_view kind) const;
  // This node and everything below it, in the order written.
  std::vector<Node> all(std::string_view kind) const;

 private:
  const Tree* tree_ = nullptr;
  std::int32_t index_ = -1;
};

class Tree {
 public:
  Node root() const { return {this, nodes_.empty() ? -1 : 0}; }
  std::string_view source() const { return source_; }

 private:
  friend class Node;
  friend std::optional<Tree> parse(std::string_view text);
  struct Record {
    std::string_view kind;
    std::string_view field;
    Span span;
    std::int32_t parent = -1;
    std::int32_t end = 0;  // behind the last record below this one
    bool named = false;
  };
  std::string_view source_;
  std::vector<Record> nodes_;  // a parent before its children, in the order written
};

// Reads a source, which must outlive the tree. None where it is over 8 MB, or takes more work than
// any source that people write to recover from its errors: the same on every machine.
std::optional<Tree> parse(std::string_view text);

// What a string literal, or a template without holes, says.
std::optional<std::string> string_value(Node node);

// An expression without parentheses, `as T`, `satisfies T`, `!` and `await` around it.
Node bare(Node expression);

// The value of a property of an object literal; none where it is not written plainly.
Node property(Node object, std::string_view name);

// The name of a property, signature or parameter as it is at run time: `price`, `"unit price"`.
std::string property_name(Node node);

}  // namespace migguard::typescript
