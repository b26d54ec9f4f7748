// `migguard man`: the manual page, made of what the commands say of themselves.
#include <cli/command.hpp>
#include <migguard/version.hpp>
#include <util/text.hpp>

#include <string>
#include <string_view>

namespace migguard::cli {
namespace {

// Text for roff: what would be taken for an escape or a request is not.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && (text[at] == '.' || text[at] == '\'')) out += "\\&";
    if (text[at] == '\\') {
      out += "\\e";
    } else if (text[at] == '-') {
      out += "\\-";
    } else if (text[at] == '`') {
      out += "\\(ga";
    } else {
      out += text[at];
    }
  }
  return out;
}

// Prose, in which code between backticks is bold.
std::string prose(std::string_view text) {
  std::string out;
  bool code = false;
  for (const std::string_view piece : split(text, '`')) {
    out += code && !piece.empty() ? cat("\\fB", roff(piece), "\\fR") : roff(piece);
    code = !code;
  }
  return out;
}

std::string example(std::string_view text) {
  return cat(".PP\n.nf\n.RS 4\n", roff(trim(text)), "\n.RE\n.fi\n");
}

std::string flag(const FlagHelp& each) {
  std::string out = cat(".TP\n\\fB", roff(each.name), "\\fR");
  if (!each.value.empty()) out += cat(" \\fI", roff(each.value), "\\fR");
  out += cat("\n", prose(each.help));
  if (!each.choices.empty()) {
    out += " (";
    for (const std::string_view choice : each.choices)
      out += cat(choice == each.choices.front() ? "" : ", ", "\\fB", roff(choice), "\\fR");
    out += ')';
  }
  return out + "\n";
}

std::string command(const Command& each) {
  std::string out = cat(".SS migguard ", each.name, " \\fR[\\fIFLAG\\fR...] \\fI",
                        roff(each.arguments), "\\fR\n", prose(each.description), "\n");
  for (const FlagHelp& known : flags_of(each)) out += flag(known);
  out += example(each.examples);
  for (const Subcommand& one : each.subcommands)
    out += cat(".PP\n\\fBmigguard ", each.name, " ", one.name, "\\fR \\fI", roff(one.arguments),
               "\\fR\n.PP\n", prose(one.description), "\n", example(one.examples));
  return out;
}

std::string manual() {
  std::string out = cat(".TH MIGGUARD 1 \"\" \"migguard ", version, "\" \"User Commands\"\n");
  out += cat(".SH NAME\nmigguard \\- PostgreSQL migration safety linter\n",
             ".SH SYNOPSIS\n\\fBmigguard\\fR \\fICOMMAND\\fR [\\fIFLAG\\fR...] ",
             "[\\fIARGUMENT\\fR...]\n", ".SH DESCRIPTION\n",
             prose("Finds what a PostgreSQL migration would destroy, block or break, before it "
                   "runs, and what is wrong with the history it belongs to. No database and no "
                   "network are needed, and nothing of the project is executed."),
             "\n.SH COMMANDS\n");
  for (const Command* each : commands()) out += command(*each);
  out += ".SH EXIT STATUS\n";
  out += ".TP\n0\nnothing at or above \\fB\\-\\-fail\\-on\\fR was found\n.TP\n1\nfindings\n";
  out += ".TP\n2\nmigguard could not do its job\n";
  out += ".SH FILES\n";
  out += cat(".TP\n\\fImigguard.json\\fR\n",
             prose("the configuration, found by walking up from the path linted"),
             "\n.TP\n\\fImigguard\\-baseline.json\\fR\n",
             prose("the findings that are accepted, written by `migguard baseline`"), "\n");
  out += ".SH ENVIRONMENT\n";
  out +=
      cat(".TP\n\\fBNO_COLOR\\fR, \\fBCLICOLOR\\fR, \\fBCLICOLOR_FORCE\\fR\n",
          prose("whether text is coloured, where `--color` does not say"),
          "\n.TP\n\\fBCOLUMNS\\fR\n", prose("the width of text, where no terminal tells it"), "\n");
  return out + ".SH SEE ALSO\n\\fBpsql\\fR(1), \\fBpg_dump\\fR(1)\n";
}

Result<Answer> run_manual(const Options&, const Environment&) {
  Answer answer;
  answer.documents.push_back({manual()});
  return answer;
}

}  // namespace

const Command manual_command{
    .name = "man",
    .arguments = "",
    .max_arguments = 0,
    .summary = "print the manual page",
    .description = "Prints the manual page, with every command and flag, as roff.",
    .examples = R"(
migguard man | man -l -
migguard man > ~/.local/share/man/man1/migguard.1
)",
    .run = run_manual,
};

}  // namespace migguard::cli
