#include <report/frame.hpp>
#include <report/place.hpp>
#include <report/style.hpp>
#include <report/text_parts.hpp>
#include <report/verification.hpp>
#include <report/verification_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {
namespace {

using lint::Verdict;
using lint::VerifiedHistory;
using lint::VerifiedMigration;
using lint::VerifiedStatement;
using lint::VerifyFinding;

Style style_of_verdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::applied:
      return Style::good;
    case Verdict::failed:
      return Style::error;
    default:
      return Style::dim;
  }
}

void append_statement(std::string& out, const VerifiedMigration& migration,
                      const VerifiedStatement& statement, const RenderOptions& options,
                      const Painter& paint) {
  const Place place = place_of(migration.migration->source, statement.span);
  const std::string_view text = migration.migration->source->text;
  const std::string_view all = text.substr(std::min<std::size_t>(statement.span.begin, text.size()),
                                           statement.span.end - statement.span.begin);
  std::string head = cat("      ", padded(cat("line ", place.begin.line), 10),
                         padded(duration(statement.milliseconds), 9));
  const std::string first = printable(trim(all.substr(0, all.find('\n'))));
  const std::size_t room = options.width > 30 + head.size() ? options.width - head.size() : 30;
  out += head;
  out += display_width(first) <= room ? first : cat(first.substr(0, room - 3), "...");
  out += '\n';
  for (const lint::LockSeen& each : statement.locks) {
    const bool same = each.taken == each.predicted;
    const auto name = [](std::optional<LockMode> mode) {
      return mode ? std::string(sql_name(*mode)) : std::string("none");
    };
    std::string line =
        cat(padded(cat("          ", printable(shown(each.relation))), 44), "  ", name(each.taken));
    if (each.conditional) line += cat("  (in other cases: ", name(each.predicted), ")");
    if (!same && statement.known && !each.conditional)
      line += cat("  (predicted: ", name(each.predicted), ")");
    if (!same && !statement.known && !each.conditional)
      line += cat("  (at worst: ", name(each.predicted), ")");
    out +=
        cat(paint(same || !statement.known || each.conditional ? Style::dim : Style::warning, line),
            '\n');
  }
  for (const RelationName& each : statement.rewritten)
    out += cat("          ", printable(shown(each)), " is written anew\n");
  if (!statement.watched && !statement.unwatched.empty())
    out += cat(paint(Style::dim, cat("          not watched: ", statement.unwatched)), '\n');
}

void append_migrations(std::string& out, const VerifiedHistory& history,
                       const RenderOptions& options, const Painter& paint) {
  std::size_t widest = 0;
  for (const VerifiedMigration& each : history.migrations)
    widest = std::max(widest, display_width(printable(each.migration->id)));
  widest = std::min<std::size_t>(widest, 48);
  std::size_t beforehand = 0, waiting = 0;
  for (const VerifiedMigration& each : history.migrations) {
    if (each.beforehand && each.verdict == Verdict::applied) {
      ++beforehand;
      continue;
    }
    if (each.verdict == Verdict::not_reached) {
      ++waiting;
      continue;
    }
    if (beforehand > 0) {
      out += cat(paint(Style::dim, cat("  ", count(beforehand, "migration"), " beforehand")), '\n');
      beforehand = 0;
    }
    std::string line =
        cat("  ", paint(style_of_verdict(each.verdict), padded(in_words(each.verdict), 8)), "  ",
            padded(printable(each.migration->id), widest), "  ",
            padded(duration(each.milliseconds), 7));
    const std::string locks = felt_locks(each);
    if (!locks.empty()) line += cat("  ", paint(Style::dim, locks));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
    if (!options.verbose) continue;
    for (const VerifiedStatement& statement : each.statements)
      append_statement(out, each, statement, options, paint);
  }
  if (waiting > 0)
    out += cat(paint(Style::dim, cat("  ", count(waiting, "migration"), " not reached")), '\n');
}

// What the server adds to its message.
std::string details_of(const VerifyFinding& finding) {
  if (!finding.server) return {};
  std::string text;
  for (const std::string* each : {&finding.server->detail, &finding.server->hint}) {
    if (each->empty()) continue;
    text += cat(text.empty() ? "" : " ", *each);
  }
  return text;
}

void append_finding(std::string& out, const VerifyFinding& finding, const RenderOptions& options,
                    const Painter& paint) {
  const Severity severity = finding.fatal ? Severity::error : Severity::note;
  if (options.quiet) {
    out += cat(finding.source ? to_string(place_of(finding.source, finding.span)) : std::string(),
               ": ", to_string(severity), "[", lint::to_string(finding.kind),
               "]: ", printable(finding.message), '\n');
    return;
  }
  out += '\n';
  heading(out, severity, lint::to_string(finding.kind), finding.message, options.width, paint);
  std::size_t gutter = 2;
  if (finding.source) {
    const Excerpt excerpt{finding.source, finding.span, '^', style_of(severity), {}};
    const Place place = place_of(finding.source, finding.span);
    gutter = gutter_width(place);
    margin(out, gutter, paint, "╭─ ", to_string(place));
    out += '\n';
    if (!place.whole_file) frame(out, excerpt, place, gutter, options.width, paint);
  }
  const std::string details = details_of(finding);
  if (!details.empty()) {
    paragraph(
        out,
        cat(std::string(gutter + 2, ' '), paint(Style::frame, "="), paint(Style::bold, " says: ")),
        gutter + 10, printable(details, true), gutter + 10, options.width, paint);
  }
  remedy(out, finding.why, finding.help, gutter + 2, options.width, paint);
}

void append_locks(std::string& out, const VerifiedHistory& history, const RenderOptions& options,
                  const Painter& paint) {
  const std::string sentence = locks_sentence(history);
  if (sentence.empty()) return;
  out += paragraph("  locks: ", 9, printable(sentence), 9, options.width, paint);
  for (const VerifiedMigration& migration : history.migrations) {
    for (const VerifiedStatement& statement : migration.statements) {
      for (const std::string& each : statement.mistakes) {
        const Place place = place_of(migration.migration->source, statement.span);
        out += paragraph("    ", 4, cat(to_string(place), ": ", printable(each)), 6, options.width,
                         paint, Style::warning);
      }
    }
  }
}

void append_schema(std::string& out, const VerifiedHistory& history, const RenderOptions& options,
                   const Painter& paint) {
  const std::string sentence = schema_sentence(history);
  if (sentence.empty()) return;
  out += paragraph("  schema: ", 10, sentence, 10, options.width, paint);
  for (const SchemaDifference& each : *history.differences)
    out += paragraph("    ", 4, printable(in_words(each)), 6, options.width, paint, Style::warning);
}

void append_history(std::string& out, const lint::Verification& verification,
                    const VerifiedHistory& history, const RenderOptions& options,
                    const Painter& paint) {
  const std::string name = cat(history.history->folder, " (",
                               history.history->docker_init ? std::string_view("docker-entrypoint")
                                                            : display_name(history.history->tool),
                               ")");
  if (options.quiet) {
    for (const VerifyFinding& each : history.findings)
      if (each.fatal) append_finding(out, each, options, paint);
    return;
  }
  if (!history.skipped.empty()) {
    out += paragraph("", 0, cat(printable(name), ": not run, for ", history.skipped), 2,
                     options.width, paint, Style::dim);
    out += '\n';
    return;
  }
  rule_off(out, printable(name), verification.server, options.width, paint);
  out += '\n';
  append_migrations(out, history, options, paint);
  for (const VerifyFinding& each : history.findings) append_finding(out, each, options, paint);
  out += '\n';
  append_locks(out, history, options, paint);
  append_schema(out, history, options, paint);
  if (!history.second_run.empty())
    out += paragraph("  again: ", 9, printable(history.second_run), 9, options.width, paint);
  const std::string rollbacks = rollbacks_sentence(history);
  if (!rollbacks.empty())
    out += paragraph("  rollbacks: ", 13, printable(rollbacks), 13, options.width, paint);
  if (!history.left.empty())
    out += paragraph("  left: ", 8, printable(history.left), 8, options.width, paint);
  out += '\n';
}

}  // namespace

std::span<const VerificationFormat> verification_formats() {
  static constexpr std::array table{VerificationFormat{"text", &verification_text},
                                    VerificationFormat{"json", &verification_json},
                                    VerificationFormat{"junit", &verification_junit},
                                    VerificationFormat{"markdown", &verification_markdown},
                                    VerificationFormat{"html", &verification_html}};
  return table;
}

std::string verification_text(const lint::Verification& verification,
                              const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out;
  for (const VerifiedHistory& each : verification.histories)
    append_history(out, verification, each, options, paint);
  if (options.quiet) return out;
  return out + cat(applied_sentence(verification), ": ",
                   paint(verification.clean() ? Style::good : Style::error, outcome(verification)),
                   '\n');
}

}  // namespace migguard::report
