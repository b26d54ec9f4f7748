// Ignore comments: what the author of a migration has answered for, beside the SQL.
//   -- migguard: ignore drop-table, drop-column: archived in release 12
//   -- migguard: ignore-file delete-without-where
//   -- migguard: ignore set-not-null until 2027-03-31: the table is empty before launch
#pragma once

#include <cstdint>
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
  std::string_view until;  // the last day (UTC) that it holds, as written; empty: for good
  bool ran_out = false;    // that day is over
  std::string mistake;     // a directive that is none: what is wrong with it
};

// The ignore comments of a file, in order. `now` is in milliseconds since 1970.
std::vector<IgnoreComment> read_ignore_comments(const SourceFile& source, const Script& script,
                                                std::int64_t now);

}  // namespace migguard::lint
