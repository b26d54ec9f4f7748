// The audit as text: a report to hand to a colleague. What there is, how bad it is, every finding
// in the order of importance, and what to do first.
#include <report/chapters.hpp>
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

std::string right(std::size_t number, std::size_t width) {
  const std::string digits = number == 0 ? "·" : std::to_string(number);
  const std::size_t columns = number == 0 ? 1 : digits.size();
  return std::string(width - std::min(width, columns), ' ') + digits;
}

std::string table(const std::vector<Chapter>& chapters, const Painter& paint) {
  std::string out = paint(Style::dim, " errors  warnings  notes  rule\n");
  for (const Chapter& chapter : chapters) {
    const auto cell = [&](std::size_t number, std::size_t width, Style style) {
      return paint(number ? style : Style::dim, right(number, width));
    };
    out += cat(cell(chapter.errors, 7, Style::error), cell(chapter.warnings, 10, Style::warning),
               cell(chapter.notes, 7, Style::note), "  ", chapter.rule, " ",
               paint(Style::dim, cat("(", chapter.family, ")")), "\n");
  }
  return out + "\n";
}

std::string chapter_text(const Chapter& chapter, const RenderOptions& options,
                         const Painter& paint) {
  std::string out;
  rule_off(out, cat(to_string(chapter.severity), "[", chapter.rule, "]"),
           tally(chapter.errors, chapter.warnings, chapter.notes), options.width, paint);
  const Severity least = options.verbose ? Severity::note : Severity::warning;
  FoldedBefore before;
  for (const auto& group : by_remedy(chapter, least)) {
    out += '\n';
    // The same words are said once, below the last place they hold for.
    for (std::size_t index = 0; index < group.size(); ++index) {
      const Finding& finding = *group[index];
      out += cat("  ", paint(Style::bold, to_string(place_of(finding.source, finding.span))), "\n");
      if (index + 1 < group.size() && group[index + 1]->message == finding.message) continue;
      out += paragraph("    ", 4, printable(finding.message), 4, options.width, paint);
    }
    remedy(out, group.front()->why, group.front()->help, 2, options.width, paint, before);
  }
  return out + "\n";
}

// The remedies of errors, each once, in the order of importance.
std::string first_steps(const std::vector<Chapter>& chapters, const RenderOptions& options,
                        const Painter& paint) {
  const std::vector<Step> steps = steps_of(chapters, Severity::error);
  if (steps.empty()) return {};
  std::string out;
  rule_off(out, "What to do first", count(steps.size(), "step"), options.width, paint);
  out += '\n';
  std::size_t number = 0;
  for (const Step& step : steps) {
    const Finding& first = step.first();
    std::string help = printable(first.help.substr(0, first.help.find('\n')));
    while (help.ends_with(':')) help.pop_back();
    const std::string where = to_string(place_of(first.source, first.span));
    const std::string label = cat(++number < 10 ? " " : "", number, ". ");
    const std::size_t others = step.findings.size() - 1;
    out += paragraph(paint(Style::bold, label), label.size(), help, 4, options.width, paint);
    out += paragraph(
        "    ", 4,
        cat(first.rule, ": ", where, others > 0 ? cat(" and ", count(others, "other place")) : ""),
        4, options.width, paint, Style::dim);
  }
  return out + "\n";
}

}  // namespace

std::string overview(const lint::Report& report, const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out;
  if (report.project) {
    out += describe(*report.project, options, paint);
    if (!out.empty()) out += '\n';
  }
  const std::vector<Chapter> chapters = chapters_of(report.findings);
  if (!chapters.empty()) out += table(chapters, paint);
  return out;
}

std::string audit_text(const lint::Report& report, const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out = overview(report, options);
  const std::vector<Chapter> chapters = chapters_of(report.findings);
  for (const Chapter& chapter : chapters) {
    if (chapter.severity == Severity::note && !options.verbose) continue;
    out += chapter_text(chapter, options, paint);
  }
  if (options.verification) {
    rule_off(out, "On a real server", "", options.width, paint);
    out += '\n';
    out += verification_text(*options.verification, options) + "\n";
  }
  out += first_steps(chapters, options, paint);
  return out + last_line(report, options, paint);
}

}  // namespace migguard::report
