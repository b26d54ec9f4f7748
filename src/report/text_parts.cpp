// The parts of text for people that more than one report is made of.
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <unordered_map>

namespace migguard::report {
namespace {

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::postgresql:
      return "PostgreSQL";
    case Dialect::sqlite:
      return "SQLite";
    case Dialect::mysql:
      return "MySQL";
    case Dialect::other:
      return "another dialect";
  }
  return "";
}

std::size_t statements_of(const History& history) {
  std::size_t statements = 0;
  for (const Migration& migration : history.migrations)
    statements += migration.script.statements.size();
  return statements;
}

// As many `─` in a row, which take three bytes each.
void append_dashes(std::string& out, std::size_t number) {
  constexpr std::string_view dash = "─";
  constexpr std::string_view many = "────────────────────────────────────────";
  for (; number * dash.size() > many.size(); number -= many.size() / dash.size()) out += many;
  out += many.substr(0, number * dash.size());
}

}  // namespace

bool is_prose(std::string_view line) {
  return line.ends_with(':') && !line.starts_with(' ') && !line.starts_with('-');
}

std::vector<HelpPart> help_parts(std::string_view help) {
  std::vector<HelpPart> parts;
  std::string code;
  const auto end_code = [&] {
    const std::size_t last = code.find_last_not_of(" \n\r");
    const std::size_t first = code.find_first_not_of("\n\r");
    if (last != std::string::npos) parts.push_back({true, code.substr(first, last + 1 - first)});
    code.clear();
  };
  bool first = true;
  for (const std::string_view line : split(trim(help), '\n')) {
    const std::string_view words = trim(line);
    // Where there is nothing to say but the SQL, the help begins with it.
    if (is_prose(words) || (first && !words.ends_with(';') && !words.starts_with("--"))) {
      end_code();
      if (!words.empty()) parts.push_back({false, std::string(words)});
    } else {
      code += cat(line, "\n");
    }
    first = false;
  }
  end_code();
  return parts;
}

Severity Block::severity() const {
  Severity gravest = first_->severity;
  for (const Finding* each : others_) gravest = std::max(gravest, each->severity);
  return gravest;
}

std::vector<Block> blocks_of(const std::vector<Finding>& findings, Severity least) {
  std::vector<Block> blocks;
  blocks.reserve(findings.size());
  std::unordered_map<std::string_view, std::size_t> by_cause;
  for (const Finding& finding : findings) {
    if (finding.status != Status::open || finding.severity < least) continue;
    if (!finding.cause.empty()) {
      const auto [known, added] = by_cause.try_emplace(finding.cause, blocks.size());
      if (!added) {
        blocks[known->second].add(finding);
        continue;
      }
    }
    blocks.emplace_back(finding);
  }
  return blocks;
}

void heading(std::string& out, Severity severity, std::string_view rule, std::string_view message,
             std::size_t width, const Painter& paint) {
  const std::string_view grave = to_string(severity);
  paint.begin(out, style_of(severity));
  append(out, grave, '[', rule, ']');
  paint.end(out, style_of(severity));
  paint.append(out, Style::bold, ": ");
  constexpr std::size_t signs = 4;  // brackets, colon, space
  std::string room;
  paragraph(out, {}, grave.size() + display_width(rule) + signs, printable(message, room, true), 4,
            width, paint, Style::bold);
}

FoldedBefore::Known& FoldedBefore::place_of(std::string_view text) {
  constexpr std::size_t places = 32;  // a later text takes the place of an earlier one
  if (known_.empty()) known_.resize(places);
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  return known_[(text.size() * 7 + at(0) + at(text.size() / 2)) % places];
}

void FoldedBefore::append(std::string& out, std::string_view text, std::size_t indent,
                          std::size_t width, const Painter& paint) {
  if (text.empty()) {
    out += '\n';
    return;
  }
  Known& known = place_of(text);
  if (known.text != text || known.indent != indent) {
    known.text = text;
    known.indent = indent;
    known.folded.clear();
    std::string room;
    paragraph(known.folded, {}, indent, printable(text, room, true), indent, width, paint);
  }
  out += known.folded;
}

namespace {

// The lines of a help behind its first one. `rest` begins with a line end.
void further_help(std::string& out, std::string_view rest, std::size_t indent, std::size_t width,
                  const Painter& paint) {
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_prose(line)) {
      out.append(indent, ' ');
      paragraph(out, {}, indent, line, indent, width, paint);
    } else if (line.empty() || (line.front() <= ' ' && trim(line).empty())) {
      out += '\n';
    } else {
      out.append(indent + 2, ' ');
      append(out, line, '\n');
    }
    rest.remove_prefix(end);
  }
}

std::string_view first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void help_text(std::string& out, std::string_view label, std::size_t label_width,
               std::string_view help, std::size_t indent, std::size_t width, const Painter& paint) {
  std::string room;
  const std::string_view text = printable(help, room, true);
  paragraph(out, label, label_width, first_line(text), indent, width, paint);
  further_help(out, text.substr(std::min(text.find('\n'), text.size())), indent, width, paint);
}

void remedy(std::string& out, std::string_view why, std::string_view help, std::size_t indent,
            std::size_t width, const Painter& paint, FoldedBefore& before) {
  const auto label = [&](std::string_view word) {
    out.append(indent, ' ');
    paint.append(out, Style::frame, "=");
    paint.append(out, Style::bold, word);
  };
  if (!why.empty()) {
    label(" why:  ");
    before.append(out, why, indent + 8, width, paint);
  }
  if (!help.empty()) {
    label(" help: ");
    std::string room;
    const std::string_view text = printable(help, room, true);
    before.append(out, first_line(text), indent + 8, width, paint);
    further_help(out, text.substr(std::min(text.find('\n'), text.size())), indent + 8, width,
                 paint);
  }
}

void rule_off(std::string& out, std::string_view left, std::string_view right, std::size_t width,
              const Painter& paint) {
  const std::size_t words = display_width(left) + display_width(right) + 2;
  const std::size_t dashes = width > words + 3 ? width - words : 3;
  paint.append(out, Style::bold, left);
  out += ' ';
  paint.begin(out, Style::dim);
  append_dashes(out, dashes);
  paint.end(out, Style::dim);
  out += ' ';
  paint.append(out, Style::dim, right);
  out += '\n';
}

std::string describe(const Project& project, const RenderOptions& options, const Painter& paint) {
  std::string out;
  for (const History& history : project.histories) {
    out += paragraph(
        cat(paint(Style::bold, printable(history.folder)), ": "), display_width(history.folder) + 2,
        cat(display_name(history.tool), ", ", name_of(history.dialect), ", ",
            count(history.migrations.size() + history.code.size(), "migration"), " (",
            count(statements_of(history), "statement"), ")",
            history.rollbacks.empty() ? ""
                                      : cat(", ", count(history.rollbacks.size(), "rollback"))),
        2, options.width, paint);
    std::string detail = printable(history.evidence);
    if (history.dialect == Dialect::sqlite && history.migrated) {
      detail += cat(detail.empty() ? "" : "; ", "SQLite itself has run it, in memory");
    } else if (history.dialect != Dialect::postgresql) {
      detail += detail.empty() ? "its SQL is not checked" : "; its SQL is not checked";
    }
    if (history.also_run_by_another) {
      detail += detail.empty() ? "another tool runs it, too" : "; another tool runs it, too";
    }
    if (!detail.empty()) out += paragraph("  ", 2, detail, 2, options.width, paint, Style::dim);
  }
  return out;
}

std::string tally(std::size_t errors, std::size_t warnings, std::size_t notes) {
  std::string out;
  const auto add = [&](std::size_t number, std::string_view noun) {
    if (number == 0) return;
    append(out, out.empty() ? "" : ", ", number, ' ', noun, number == 1 ? "" : "s");
  };
  add(errors, "error");
  add(warnings, "warning");
  add(notes, "note");
  return out.empty() ? "nothing found" : out;
}

std::string last_line(const lint::Report& report, const RenderOptions& options,
                      const Painter& paint) {
  const lint::Summary& summary = report.summary;
  const bool notes_shown = options.verbose;
  const Style style = summary.errors     ? Style::error
                      : summary.warnings ? Style::warning
                                         : Style::good;
  std::string out = cat(count(summary.migrations, "migration"), " (",
                        count(summary.statements, "statement"), ", ", summary.not_understood,
                        " not understood) in ", count(summary.histories, "history", "histories"),
                        " checked with ", count(summary.rules, "rule"));
  if (report.pg_version_of_images) {
    out += cat(" for PostgreSQL ", report.pg_version, " (the version of its images)");
  }
  if (!report.compared_with.empty()) out += cat(", new since ", report.compared_with);
  out += ": ";
  out += paint(style, tally(summary.errors, summary.warnings, notes_shown ? summary.notes : 0));
  if (summary.suppressed) out += cat(", ", summary.suppressed, " suppressed");
  if (summary.known) out += cat(", ", summary.known, " known before");
  if (summary.notes && !notes_shown) {
    out += paint(Style::dim, cat(" (", count(summary.notes, "note"), " hidden, --verbose shows ",
                                 summary.notes == 1 ? "it" : "them", ")"));
  }
  out += '\n';
  if (summary.histories == 0) {
    out += "No migrations were found: name their folder, or their tool with --tool.\n";
  }
  return out;
}

}  // namespace migguard::report
