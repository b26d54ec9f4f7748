// The page of the format `html`, section by section. Each function writes one section, or nothing
// where there is nothing to show.
#pragma once

#include <report/chapters.hpp>
#include <report/html/writer.hpp>
#include <report/overview.hpp>
#include <report/report.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migguard::report {

// What the sections share: the facts, and where on the page each of them stands.
struct Page {
  Page(const lint::Report& of, const RenderOptions& with);

  const lint::Report& report;
  const RenderOptions& options;
  Overview overview;
  std::vector<Chapter> chapters;
  HtmlWriter out;

  // The anchors of a finding, a migration, a table and a rule.
  std::string anchor(const Finding& finding) const;
  static std::string anchor(const MigrationRow& row) { return cat("m-", row.number); }
  static std::string table_anchor(std::size_t index) { return cat("t-", index + 1); }
  static std::string rule_anchor(std::string_view rule) { return cat("rule-", rule); }
  // The rule of that name, compiled in or the reader's own; null where it is neither.
  const Rule* rule(std::string_view name) const;
  const MigrationRow* row_of(const SourceFile* source) const;
  const MigrationRow* row_of(const Migration* migration) const;

  // ---- Parts that sections are made of

  void begin_section(std::string_view id, std::string_view title, std::string_view remark = {});
  void end_section() { out.end(); }
  // `error`, as a coloured word.
  void badge(Severity severity);
  // `3` in the colour of a severity, or a dot.
  void number_cell(std::size_t number, Severity severity);
  // A place as text, leading to the finding that speaks of it.
  void place(const Finding& finding);
  void rule_link(std::string_view rule);
  void migration_link(const MigrationRow& row);
  // Code with a button that copies it.
  void code(std::string_view text);
  // A help: prose and code.
  void help(std::string_view text);
  // The lines a finding is about, what is to blame marked.
  void excerpt(const SourceFile& source, Span span);
  // `applied` or `accepted`: why a finding is no alarm.
  void state(const Finding& finding);

 private:
  std::unordered_map<const Finding*, std::size_t> findings_;
  std::unordered_map<const SourceFile*, std::size_t> sources_;
};

// html.cpp: the head of a page that needs nothing else, and runs no script but ours.
void write_head(HtmlWriter& out, std::string_view title);
// html_summary.cpp
void write_summary(Page& page);
void write_plan(Page& page);
// html_history.cpp
void write_time_line(Page& page);
void write_journals(Page& page);
void write_tables(Page& page);
// html_findings.cpp
void write_destructive(Page& page);
void write_locks(Page& page);
void write_jsonb(Page& page);
void write_findings(Page& page);
void write_answered(Page& page);
void write_rules(Page& page);

}  // namespace migguard::report
