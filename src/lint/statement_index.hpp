// The statements of one migration by the names in them.
#pragma once

#include <migguard/project.hpp>
#include <unordered_map>
#include <vector>

namespace migguard::lint {

// Made when first asked, and only of a long migration: a short one is walked as quickly.
class StatementIndex {
 public:
  StatementIndex() = default;
  explicit StatementIndex(List<Statement> statements) : all_(statements) {}

  // Those with an operation that names one of these, by the last part of any name in it, in order;
  // there may be others among them.
  std::vector<const Statement*> naming(Text name, Text other);

 private:
  List<Statement> all_;
  std::unordered_map<Text, std::vector<const Statement*>> by_name_;
};

}  // namespace migguard::lint
