// What the verdict (text.cpp) and the audit (audit.cpp) have in common: headings, remedies, the
// last line.
#pragma once

#include <lint/lint.hpp>
#include <report/report.hpp>
#include <report/style.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::report {

// Findings under one heading: one alone, or all that have the same cause, in the order of the
// report.
struct Block {
  std::vector<const Finding*> findings;
  const Finding& first() const { return *findings.front(); }
  Severity severity() const;  // the gravest
};

// The open findings of at least `least`, as blocks in the order of their first findings.
std::vector<Block> blocks_of(const std::vector<Finding>& findings, Severity least);

// These write behind what is there.

// `error[drop-table]: this drops ...`.
void heading(std::string& out, Severity severity, std::string_view rule, std::string_view message,
             std::size_t width, const Painter& paint);

// Paragraphs that a report has folded already: the findings of a rule mostly give one reason, and
// their helps begin alike. To be used with one width and one painter.
class FoldedBefore {
 public:
  // The text, folded, behind `indent` columns that are there.
  void append(std::string& out, std::string_view text, std::size_t indent, std::size_t width,
              const Painter& paint);

 private:
  struct Known {
    std::string text;
    std::size_t indent = 0;
    std::string folded;
  };
  Known& place_of(std::string_view text);
  std::vector<Known> known_;
};

// `= why: ...` and `= help: ...`, behind `indent` columns; SQL and commands of the help on lines of
// their own, never folded and with nothing before them but blanks, so that they can be pasted.
void remedy(std::string& out, std::string_view why, std::string_view help, std::size_t indent,
            std::size_t width, const Painter& paint, FoldedBefore& before);
// The same where little else is said.
inline void remedy(std::string& out, std::string_view why, std::string_view help,
                   std::size_t indent, std::size_t width, const Painter& paint) {
  FoldedBefore none;
  remedy(out, why, help, indent, width, paint, none);
}
// The help alone, its first line behind a label.
void help_text(std::string& out, std::string_view label, std::size_t label_width,
               std::string_view help, std::size_t indent, std::size_t width, const Painter& paint);

// A line across the terminal with words at both ends.
void rule_off(std::string& out, std::string_view left, std::string_view right, std::size_t width,
              const Painter& paint);

// Whether a line of a help that is not its first is prose again: `then, in a later release:`.
bool is_prose(std::string_view line);

// A help in parts: prose, and code on lines of its own, without the blank lines around it.
struct HelpPart {
  bool code = false;
  std::string text;
};
std::vector<HelpPart> help_parts(std::string_view help);

// What was read and as what, one history after another, each line ending with a line end.
std::string describe(const Project& project, const RenderOptions& options, const Painter& paint);

// `3 errors, 1 warning`; `nothing found`. Notes only where `notes`.
std::string tally(std::size_t errors, std::size_t warnings, std::size_t notes);

// What was checked and what was found, on one line.
std::string last_line(const lint::Report& report, const RenderOptions& options,
                      const Painter& paint);

// The audit, for `Mode::audit`.
std::string audit_text(const lint::Report& report, const RenderOptions& options);
std::string audit_markdown(const lint::Report& report, const RenderOptions& options);

}  // namespace migguard::report
