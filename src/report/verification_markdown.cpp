// What a real server made of histories, as Markdown: a chapter of the audit, and a comment on a
// pull request for `migguard verify --format markdown`.
#include <report/markdown_text.hpp>
#include <report/place.hpp>
#include <report/verification.hpp>
#include <report/verification_parts.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

using lint::TakenBack;
using lint::VerifiedHistory;
using lint::VerifiedMigration;
using lint::VerifyFinding;

// A comment has room for so many rows, and nobody reads more; what fails is never left out.
constexpr std::size_t most_rows = 200;

std::string finding_text(const VerifyFinding& finding) {
  std::string out = cat("\n- **", lint::to_string(finding.kind), "** ");
  if (finding.source)
    out += cat(markdown_code(to_string(place_of(finding.source, finding.span))), ": ");
  out += cat(markdown_prose(finding.message), "\n");
  if (finding.server) {
    for (const std::string* each : {&finding.server->detail, &finding.server->hint})
      if (!each->empty()) out += cat("  *The server adds:* ", markdown_prose(*each), "\n");
  }
  if (!finding.why.empty()) out += cat("\n*Why:* ", markdown_prose(finding.why), "\n");
  if (!finding.help.empty()) out += cat("\n*Instead:* ", markdown_help(finding.help));
  return out;
}

std::string migrations_text(const VerifiedHistory& history) {
  std::string out =
      "\n| migration | outcome | time | locks that make others wait | its rollback |\n"
      "| --- | --- | --- | --- | --- |\n";
  std::size_t rows = 0, left_out = 0;
  for (const VerifiedMigration& each : history.migrations) {
    const bool failed = each.verdict == lint::Verdict::failed;
    if (!failed && ++rows > most_rows) {
      ++left_out;
      continue;
    }
    const bool begun = each.verdict != lint::Verdict::not_reached;
    out += cat("| ", markdown_code(each.migration->id), " | ", failed ? "**" : "",
               in_words(each.verdict), failed ? "**" : "", each.beforehand ? " beforehand" : "",
               " | ", begun ? duration(each.milliseconds) : std::string(), " | ",
               markdown_prose(felt_locks(each)), " | ", in_words(each.taken_back), " |\n");
  }
  if (left_out > 0) out += cat("\nand ", left_out, " more\n");
  return out;
}

std::string locks_text(const VerifiedHistory& history) {
  const std::string sentence = locks_sentence(history);
  if (sentence.empty()) return {};
  std::string out = cat("\n**Locks:** ", markdown_prose(sentence), ".\n");
  const auto all = lock_comparisons(history);
  if (std::none_of(all.begin(), all.end(), [](const auto& each) { return each.mistaken; }))
    return out;
  out += "\n| statement | relation | the server | migguard locks |\n| --- | --- | --- | --- |\n";
  for (const LockComparison& each : all) {
    if (!each.mistaken) continue;
    const auto line = place_of(each.migration->migration->source, each.statement->span).begin.line;
    out += cat("| ", markdown_code(cat(each.migration->migration->id, ":", line)), " | ",
               markdown_code(each.relation), " | ", each.taken, " | ", each.predicted, " |\n");
  }
  return out;
}

std::string schema_text(const VerifiedHistory& history) {
  const std::string sentence = schema_sentence(history);
  if (sentence.empty()) return {};
  std::string out = cat("\n**Schema:** ", sentence, ".\n");
  if (!history.differences->empty()) out += '\n';
  for (const SchemaDifference& each : *history.differences)
    out += cat("- ", markdown_prose(in_words(each)), "\n");
  return out;
}

std::string history_text(const VerifiedHistory& history) {
  std::string out = cat("\n### ", markdown_code(history.history->folder), " (",
                        display_name(history.history->tool), ")\n");
  if (!history.skipped.empty()) return cat(out, "\nNot run, for ", history.skipped, ".\n");
  for (const VerifyFinding& each : history.findings) out += finding_text(each);
  out += cat(migrations_text(history), locks_text(history), schema_text(history));
  const auto add = [&](std::string_view title, const std::string& sentence) {
    if (!sentence.empty()) out += cat("\n**", title, ":** ", markdown_prose(sentence), ".\n");
  };
  add("Again", history.second_run);
  add("Rollbacks", rollbacks_sentence(history));
  add("Left", history.left);
  return out;
}

std::string body(const lint::Verification& verification) {
  std::string out = cat(verification.server, ". ", applied_sentence(verification), ": **",
                        outcome(verification), "**.\n");
  for (const VerifiedHistory& each : verification.histories) out += history_text(each);
  return out;
}

}  // namespace

std::string verification_chapter(const lint::Verification& verification) {
  return cat("\n## On a real server\n\n", body(verification));
}

std::string verification_markdown(const lint::Verification& verification, const RenderOptions&) {
  return cat("<!-- migguard-verification -->\n## Migrations on a real server\n\n",
             body(verification));
}

}  // namespace migguard::report
