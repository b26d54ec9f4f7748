// What each statement does to a live server: as a table for people, and as JSON for programs.
#pragma once

#include <lint/statement_effects.hpp>
#include <report/report.hpp>
#include <report/style.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::report {

using lint::StatementEffects;

// One line of a table of locks: a relation, and everything that happens to it.
struct LockRow {
  std::string relation;  // as regclass prints it with search_path = public
  std::string mode;      // as LOCK TABLE spells it; `lock` of the table's head
  std::string who;       // whose statements wait: `reads and writes`, `writes`, `nobody`
  std::string work;      // what takes time that grows with the table: `rewritten`, `read whole`
  std::string why;       // a few words; may be empty
  Style style = Style::plain;
  friend bool operator==(const LockRow&, const LockRow&) = default;
};

// A row for each lock, in the order they are taken.
std::vector<LockRow> lock_rows(const Effects& effects);
// The rows in columns under a head, behind `indent` columns. Where they do not fit into `width`
// columns the reason, and then all but the relation, follow on lines of their own.
std::string lock_table(const std::vector<LockRow>& rows, std::size_t indent, const Painter& paint,
                       std::size_t width = 1000);
// What must end before the statement can: `every transaction that has written to the table`.
std::string_view in_words(Effects::WaitsFor what);

std::string locks_text(const std::vector<StatementEffects>& statements, int pg_version,
                       const RenderOptions& options);
std::string locks_json(const std::vector<StatementEffects>& statements, int pg_version);

}  // namespace migguard::report
