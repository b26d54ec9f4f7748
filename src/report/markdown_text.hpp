// Text from a linted project as Markdown, in which it stays text: no markup, no links, nobody
// mentioned. For comments on GitHub and GitLab, and for the help in SARIF.
#pragma once

#include <string>
#include <string_view>

namespace migguard::report {

// One line; what stands between backticks becomes code. Fit for table cells and headings.
std::string markdown_prose(std::string_view text);

// A line as code. Fit for table cells and headings.
std::string markdown_code(std::string_view text);

// A block of code, ending with a line end.
std::string markdown_block(std::string_view code, std::string_view language = "");

// What to call the language of a help's code. SQL begins with a keyword in capitals or a comment;
// what else stands in a help is for a shell or a file, and has no name.
std::string_view language_of(std::string_view code);

// A help or a remedy: paragraphs of prose and blocks of code, ending with a line end.
std::string markdown_help(std::string_view help);

}  // namespace migguard::report
