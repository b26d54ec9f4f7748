// Predicates, wherever something is proved from them.
#pragma once

#include <migguard/op/parts.hpp>

namespace migguard::sql {

// What is true where the other is false: `less` for `greater_or_equal`, `any_of` for `all_of`.
PredicateNode::Kind opposite(PredicateNode::Kind kind);

}  // namespace migguard::sql
