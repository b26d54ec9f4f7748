// The format `markdown`: a comment on a pull request, where it is no audit. What was found in one
// table, why and what to do folded away, and a marker that lets a later run find the comment and
// replace it.
#include <report/markdown_text.hpp>
#include <report/place.hpp>
#include <report/report.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

// Scripts search comments for it: it never changes.
constexpr std::string_view marker = "<!-- migguard-report -->\n";

constexpr std::size_t shown_rows = 30;
constexpr std::size_t shown_message = 300;  // bytes of a message in the table
// GitHub refuses comments over 65536 characters, a reference such as `&#95;` counting five.
constexpr std::size_t room = 60000;

std::string where(const Finding& finding, const RenderOptions& options) {
  const Place place = place_of(finding.source, finding.span);
  const std::string path = path_in(options.repository, place.path);
  return markdown_code(place.whole_file ? path : cat(path, ":", place.begin.line));
}

// At most so many bytes, cut between characters.
std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U) --most;
  return cat(text.substr(0, most), "…");
}

std::string more(const Block& block) {
  return block.size() > 1 ? cat(" (and ", block.size() - 1, " more like it)") : std::string();
}

std::string row(const Block& block, const RenderOptions& options) {
  const Finding& first = block.first();
  return cat("| ", to_string(block.severity()), " | ", where(first, options), " | ",
             markdown_prose(shortened(first.message, shown_message)), more(block), " | ",
             markdown_code(first.rule), " |\n");
}

std::string detail(const Block& block, const RenderOptions& options) {
  const Finding& first = block.first();
  std::string out = cat("\n**", first.rule, "** ", where(first, options), more(block), "\n\n",
                        markdown_prose(first.message), "\n");
  if (!first.why.empty()) out += cat("\n*Why:* ", markdown_prose(first.why), "\n");
  if (!first.help.empty()) out += cat("\n*Instead:* ", markdown_help(first.help));
  return out;
}

std::string folded(std::string_view summary, std::string_view content) {
  return cat("\n<details><summary>", summary, "</summary>\n", content, "\n</details>\n");
}

// As many details as there is room for, and how many are left out.
std::string details(const std::vector<Block>& blocks, std::size_t begin, std::size_t end,
                    const RenderOptions& options, std::size_t left) {
  std::string out;
  for (std::size_t index = begin; index < end; ++index) {
    const std::string each = detail(blocks[index], options);
    if (out.size() + each.size() > left) {
      return out + cat("\nand ", end - index, " more: see the log of the run.\n");
    }
    out += each;
  }
  return out;
}

std::string table(const std::vector<Block>& blocks, std::size_t end, const RenderOptions& options) {
  std::string out = "\n| | where | what happens | rule |\n| --- | --- | --- | --- |\n";
  const std::size_t shown = std::min(end, shown_rows);
  for (std::size_t index = 0; index < shown; ++index) out += row(blocks[index], options);
  if (shown < end) out += cat("\nand ", end - shown, " more: see the log of the run.\n");
  return out;
}

}  // namespace

std::string markdown(const lint::Report& report, const RenderOptions& options) {
  if (options.mode == Mode::audit) return audit_markdown(report, options);
  const lint::Summary& summary = report.summary;
  std::vector<Block> blocks = blocks_of(report.findings, Severity::note);
  std::stable_sort(blocks.begin(), blocks.end(),
                   [](const Block& a, const Block& b) { return a.severity() > b.severity(); });
  const auto notes = std::find_if(blocks.begin(), blocks.end(), [](const Block& each) {
    return each.severity() == Severity::note;
  });
  const auto grave = static_cast<std::size_t>(notes - blocks.begin());

  std::string out = cat(marker, "### migguard: ", tally(summary.errors, summary.warnings, 0), "\n");
  if (grave > 0) {
    out += table(blocks, grave, options);
    out += folded("Why, and what to do instead",
                  details(blocks, 0, grave, options, room - std::min(room, out.size())));
  }
  if (grave < blocks.size()) {
    out +=
        folded(count(blocks.size() - grave, "note"),
               details(blocks, grave, blocks.size(), options, room - std::min(room, out.size())));
  }
  const std::string last = last_line(report, {.verbose = true}, Painter(false));
  return cat(out, "\n<sub>", trim(last), "</sub>\n");
}

}  // namespace migguard::report
