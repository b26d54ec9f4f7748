// The audit as text: a report to hand to a colleague. What there is, how bad it is, every finding
// in the order of importance, and what to do first.
#include <report/place.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace migguard::report {
namespace {

// What one rule found.
struct Chapter {
  std::string_view rule;
  std::string_view family;
  Severity severity = Severity::note;  // the gravest
  std::size_t errors = 0, warnings = 0, notes = 0;
  std::vector<const Finding*> findings;
};

// What cannot be read hides everything else; then what runs at all, what is lost, what fails, what
// blocks.
std::size_t rank(std::string_view family) {
  constexpr std::string_view order[] = {"input", "history",       "destructive", "transaction",
                                        "locks", "compatibility", "jsonb",       "schema"};
  return static_cast<std::size_t>(std::find(std::begin(order), std::end(order), family) -
                                  std::begin(order));
}

std::vector<Chapter> chapters_of(const std::vector<Finding>& findings) {
  std::map<std::string_view, Chapter> by_rule;
  for (const Finding& finding : findings) {
    if (finding.status != Status::open) continue;
    Chapter& chapter = by_rule[finding.rule];
    chapter.rule = finding.rule;
    chapter.family = finding.family;
    chapter.severity = std::max(chapter.severity, finding.severity);
    ++(finding.severity == Severity::error     ? chapter.errors
       : finding.severity == Severity::warning ? chapter.warnings
                                               : chapter.notes);
    chapter.findings.push_back(&finding);
  }
  std::vector<Chapter> chapters;
  for (auto& [rule, chapter] : by_rule) {
    std::stable_sort(chapter.findings.begin(), chapter.findings.end(),
                     [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
    chapters.push_back(std::move(chapter));
  }
  std::stable_sort(chapters.begin(), chapters.end(), [](const Chapter& a, const Chapter& b) {
    const auto key = [](const Chapter& each) {
      return std::tuple(-static_cast<int>(each.severity), rank(each.family),
                        -static_cast<long>(each.errors));
    };
    return key(a) < key(b);
  });
  return chapters;
}

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

// Findings of a chapter that have one cause, or that one why and one help answer.
std::vector<std::vector<const Finding*>> by_remedy(const Chapter& chapter, Severity least) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> known;
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding* finding : chapter.findings) {
    if (finding->severity < least) continue;
    const bool alone = finding->cause.empty();
    const std::string_view why = alone ? std::string_view(finding->why) : std::string_view();
    const std::string_view help = alone ? std::string_view(finding->help) : std::string_view();
    const auto [entry, added] = known.try_emplace({finding->cause, why, help}, groups.size());
    if (added) groups.emplace_back();
    groups[entry->second].push_back(finding);
  }
  return groups;
}

std::string chapter_text(const Chapter& chapter, const RenderOptions& options,
                         const Painter& paint) {
  std::string out =
      rule_off(cat(to_string(chapter.severity), "[", chapter.rule, "]"),
               tally(chapter.errors, chapter.warnings, chapter.notes), options.width, paint);
  const Severity least = options.verbose ? Severity::note : Severity::warning;
  for (const auto& group : by_remedy(chapter, least)) {
    out += '\n';
    // The same words are said once, below the last place they hold for.
    for (std::size_t index = 0; index < group.size(); ++index) {
      const Finding& finding = *group[index];
      out += cat("  ", paint(Style::bold, to_string(place_of(finding.source, finding.span))), "\n");
      if (index + 1 < group.size() && group[index + 1]->message == finding.message) continue;
      out += paragraph("    ", 4, printable(finding.message), 4, options.width, paint);
    }
    remedy(out, group.front()->why, group.front()->help, 2, options.width, paint);
  }
  return out + "\n";
}

// The remedies of errors, each once, in the order of importance.
std::string first_steps(const std::vector<Chapter>& chapters, const RenderOptions& options,
                        const Painter& paint) {
  struct Step {
    const Finding* first;
    std::size_t places = 0;
  };
  std::vector<Step> steps;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> known;
  for (const Chapter& chapter : chapters) {
    for (const Finding* finding : chapter.findings) {
      if (finding->severity != Severity::error || finding->help.empty()) continue;
      const std::string_view help =
          std::string_view(finding->help).substr(0, finding->help.find('\n'));
      const auto [entry, added] = known.try_emplace({finding->rule, help}, steps.size());
      if (added) steps.push_back({finding});
      ++steps[entry->second].places;
    }
  }
  if (steps.empty()) return {};
  std::string out =
      rule_off("What to do first", count(steps.size(), "step"), options.width, paint) + "\n";
  std::size_t number = 0;
  for (const Step& step : steps) {
    std::string help = printable(step.first->help.substr(0, step.first->help.find('\n')));
    while (help.ends_with(':')) help.pop_back();
    const std::string where = to_string(place_of(step.first->source, step.first->span));
    const std::string label = cat(++number < 10 ? " " : "", number, ". ");
    out += paragraph(paint(Style::bold, label), label.size(), help, 4, options.width, paint);
    out +=
        paragraph("    ", 4,
                  cat(step.first->rule, ": ", where,
                      step.places > 1 ? cat(" and ", count(step.places - 1, "other place")) : ""),
                  4, options.width, paint, Style::dim);
  }
  return out + "\n";
}

}  // namespace

std::string audit_text(const lint::Report& report, const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out;
  if (report.project) {
    out += describe(*report.project, options, paint);
    if (!out.empty()) out += '\n';
  }
  const std::vector<Chapter> chapters = chapters_of(report.findings);
  if (!chapters.empty()) out += table(chapters, paint);
  for (const Chapter& chapter : chapters) {
    if (chapter.severity == Severity::note && !options.verbose) continue;
    out += chapter_text(chapter, options, paint);
  }
  out += first_steps(chapters, options, paint);
  return out + last_line(report, options, paint);
}

}  // namespace migguard::report
