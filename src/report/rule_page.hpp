// The documentation of rules as Markdown: a page for each, and a list that leads to them.
#pragma once

#include <migguard/rule.hpp>

#include <span>
#include <string>

namespace migguard::report {

// Rules in one table; `links`: each name leads to `NAME.md` beside it.
std::string rules_table(std::span<const RegisteredRule> rules, bool links);
// The page of the list, for `README.md`.
std::string rules_index();
std::string rule_page(const RegisteredRule& rule);

}  // namespace migguard::report
