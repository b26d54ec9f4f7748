// The format `text`: the verdict of `lint` for people, file by file, and a last line that says what
// was checked.
#include <report/frame.hpp>
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <vector>

namespace migguard::report {
namespace {

constexpr std::size_t shown_places = 20;  // of findings under one heading, without --verbose

Severity least_shown(const RenderOptions& options) {
  return options.verbose ? Severity::note : Severity::warning;
}

// A finding's place and those of its labels.
struct Places {
  Place own;
  std::vector<Place> labels;
};

Places places_of(const Finding& finding) {
  Places places{place_of(finding.source, finding.span), {}};
  places.labels.reserve(finding.labels.size());
  for (const Label& label : finding.labels)
    places.labels.push_back(place_of(label.source, label.span));
  return places;
}

std::size_t gutter_of(const Places& places) {
  std::size_t gutter = gutter_width(places.own);
  for (const Place& place : places.labels) gutter = std::max(gutter, gutter_width(place));
  return gutter;
}

// The places where a finding stands and those that explain it, as one frame.
void frames(std::string& out, const Finding& finding, const Places& places, std::size_t gutter,
            std::size_t width, const Painter& paint) {
  place_at_margin(out, gutter, paint, "╭─ ", places.own);
  out += '\n';
  if (finding.source && !places.own.whole_file) {
    frame(out, {finding.source, finding.span, '^', style_of(finding.severity), {}}, places.own,
          gutter, width, paint);
  }
  for (std::size_t index = 0; index < finding.labels.size(); ++index) {
    const Label& label = finding.labels[index];
    const Place& place = places.labels[index];
    const bool whole = !label.source || place.whole_file;
    place_at_margin(out, gutter, paint, "├─ ", place);
    if (whole) append(out, "  ", printable(label.text));
    out += '\n';
    if (!whole)
      frame(out, {label.source, label.span, '-', Style::frame, label.text}, place, gutter, width,
            paint);
  }
}

void single(std::string& out, const Finding& finding, const RenderOptions& options,
            const Painter& paint, FoldedBefore& before) {
  const Places places = places_of(finding);
  const std::size_t gutter = gutter_of(places);
  heading(out, finding.severity, finding.rule, finding.message, options.width, paint);
  frames(out, finding, places, gutter, options.width, paint);
  remedy(out, finding.why, finding.help, gutter + 2, options.width, paint, before);
}

std::string rules_of(const Block& block) {
  std::vector<std::string_view> rules;
  for (const Finding* each : block.findings) {
    if (std::find(rules.begin(), rules.end(), each->rule) == rules.end())
      rules.push_back(each->rule);
  }
  std::string out;
  for (const std::string_view rule : rules) out += cat(out.empty() ? "" : ", ", rule);
  return out;
}

// Many findings with one cause: what they are, where they are, and once what to do.
void together(std::string& out, const Block& block, const RenderOptions& options,
              const Painter& paint, FoldedBefore& before) {
  const Finding& first = block.first();
  const bool same_message =
      std::all_of(block.findings.begin(), block.findings.end(),
                  [&](const Finding* each) { return each->message == first.message; });
  const std::string number = same_message ? cat(block.findings.size(), " places")
                                          : cat("and ", block.findings.size() - 1, " more like it");
  heading(out, block.severity(), rules_of(block), cat(first.message, " (", number, ")"),
          options.width, paint);

  const std::size_t gutter = 2;
  const std::size_t shown = options.verbose || block.findings.size() <= shown_places + 1
                                ? block.findings.size()
                                : shown_places;
  for (std::size_t index = 0; index < shown; ++index) {
    const Finding& each = *block.findings[index];
    place_at_margin(out, gutter, paint, index == 0 ? "╭─ " : "├─ ",
                    place_of(each.source, each.span));
    out += '\n';
    if (!options.verbose || same_message) continue;
    const std::size_t room = options.width > gutter + 25 ? options.width - gutter - 5 : 20;
    for (const std::string& line : fold(printable(each.message), room)) {
      margin(out, gutter, paint, "│  ");
      paint.append(out, Style::dim, line);
      out += '\n';
    }
  }
  if (shown < block.findings.size()) {
    margin(out, gutter, paint, "⋮  ", block.findings.size() - shown, " more, --verbose lists them");
    out += '\n';
  }
  remedy(out, first.why, first.help, gutter + 2, options.width, paint, before);
}

struct Tally {
  std::size_t errors = 0, warnings = 0, notes = 0;
  void add(const Block& block) {
    for (const Finding* each : block.findings) {
      ++(each->severity == Severity::error     ? errors
         : each->severity == Severity::warning ? warnings
                                               : notes);
    }
  }
};

// About how much the findings take: a text of ten megabytes that grew into its room would be copied
// five times.
std::size_t size_of(const std::vector<Finding>& findings, const RenderOptions& options) {
  constexpr std::size_t heading_and_frame = 480, label = 256;
  std::size_t size = 0;
  for (const Finding& each : findings) {
    if (each.status != Status::open || each.severity < least_shown(options)) continue;
    size += heading_and_frame + each.labels.size() * label + each.message.size() + each.why.size() +
            each.help.size() * 5 / 4;
  }
  return size;
}

// Blocks grouped by the file of their first finding.
void by_file(std::string& out, const std::vector<Block>& blocks, const RenderOptions& options,
             const Painter& paint) {
  FoldedBefore before;
  for (auto begin = blocks.begin(); begin != blocks.end();) {
    const SourceFile* file = begin->first().source;
    const auto end = std::find_if(begin, blocks.end(),
                                  [&](const Block& each) { return each.first().source != file; });
    Tally tallied;
    std::for_each(begin, end, [&](const Block& each) { tallied.add(each); });
    rule_off(out, file ? printable(file->path) : ".",
             tally(tallied.errors, tallied.warnings, tallied.notes), options.width, paint);
    for (; begin != end; ++begin) {
      out += '\n';
      if (begin->findings.size() > 1)
        together(out, *begin, options, paint, before);
      else
        single(out, begin->first(), options, paint, before);
    }
    out += '\n';
    options.hand_over(out);
  }
}

// What an ignore comment, the config or a baseline answers for: nothing is hidden without a trace.
std::string answered_for(const std::vector<Finding>& findings, const RenderOptions& options,
                         const Painter& paint) {
  std::string out;
  for (const Finding& finding : findings) {
    if (finding.status == Status::open) continue;
    const std::string place = to_string(place_of(finding.source, finding.span));
    out +=
        paragraph("", 0,
                  cat(place, ": ", to_string(finding.status), ": ", finding.rule,
                      finding.status_reason.empty() ? "" : ": ", printable(finding.status_reason)),
                  2, options.width, paint, Style::dim);
  }
  return out.empty() ? out : out + "\n";
}

// `path:line:column: error: message [rule]`, as compilers say it.
std::string one_line_each(const std::vector<Finding>& findings, const Painter& paint) {
  std::string out;
  for (const Finding& finding : findings) {
    if (finding.status != Status::open || finding.severity == Severity::note) continue;
    out += cat(to_string(place_of(finding.source, finding.span)), ": ",
               paint(style_of(finding.severity), to_string(finding.severity)), ": ",
               printable(finding.message), " [", finding.rule, "]\n");
  }
  return out;
}

}  // namespace

std::string text(const lint::Report& report, const RenderOptions& options) {
  const Painter paint(options.color);
  if (options.quiet) return one_line_each(report.findings, paint);
  if (options.mode == Mode::audit) return audit_text(report, options);
  std::string out;
  if (options.verbose && report.project) {
    out += describe(*report.project, options, paint);
    if (!out.empty()) out += '\n';
  }
  if (!options.take) out.reserve(out.size() + size_of(report.findings, options));
  by_file(out, blocks_of(report.findings, least_shown(options)), options, paint);
  if (options.verbose) out += answered_for(report.findings, options, paint);
  out += last_line(report, options, paint);
  return out;
}

}  // namespace migguard::report
