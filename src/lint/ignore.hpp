// Ignore comments: what the author of a migration has answered for, beside the SQL.
//   -- migguard: ignore drop-table, drop-column: archived in release 12
//   -- migguard: ignore-file delete-without-where
#pragma once

#include <migguard/finding.hpp>
#include <migguard/project.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

struct IgnoredRule {
  std::string_view name;  // as written
  Span span;
  bool used = false;
};

// One comment. `ignore` covers the statement it stands in, behind on the same line, or above;
// `ignore-file` covers the file.
struct IgnoreComment {
  Span span;  // of the directive, from `migguard:` on
  bool file = false;
  Span statement;               // what it covers; meaningless for `file`
  bool covers_nothing = false;  // no statement follows
  std::vector<IgnoredRule> rules;
  std::string_view reason;
  std::string mistake;  // a directive that is none: what is wrong with it
};

// The ignore comments of a file, in order.
std::vector<IgnoreComment> read_ignore_comments(const SourceFile& source, const Script& script);

}  // namespace migguard::lint
