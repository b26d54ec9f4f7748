// Escapes are character references rather than backslashes: CommonMark takes a reference for no
// markup anywhere (section 2.5), in table cells and inside HTML, too.
#include <report/markdown_text.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether a host would make a link of what begins with the character at `at`, although there is no
// markup: https://, www., GH-12.
bool begins_link(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at), behind = text.substr(at + 1);
  const auto after = [&](std::string_view word) {
    return before.size() >= word.size() &&
           starts_with_ignoring_case(before.substr(before.size() - word.size()), word);
  };
  switch (text[at]) {
    case ':':
      return behind.starts_with('/');
    case '.':
      return after("www");
    case '-':
      return after("gh") && !behind.empty() && is_digit(behind.front());
    default:
      return false;
  }
}

// One line of printable text. Hosts look for `@name` and `#12` in what was rendered, so that
// references do not help: an element between the sign and the name does.
std::string escape(std::string_view text) {
  constexpr std::string_view markup = "&<>`*_[]|~\\$", block_markup = "#+-=";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char each = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    // Between letters an underscore begins nothing, and names are full of them.
    const bool within_name = each == '_' && at > 0 && is_word(text[at - 1]) && is_word(next);
    const bool begins_block =
        at == 0 && (is_digit(each) || block_markup.find(each) != std::string_view::npos);
    if (each == '\n' || each == '\r') {
      if (!out.ends_with(' ')) out += ' ';
    } else if (each == '@' || (each == '#' && is_digit(next))) {
      out += cat("<span>", each, "</span>");
    } else if ((markup.find(each) != std::string_view::npos && !within_name) || begins_block ||
               begins_link(text, at)) {
      out += cat("&#", static_cast<int>(each), ";");
    } else {
      out += each;
    }
  }
  return out;
}

}  // namespace

std::string_view language_of(std::string_view code) {
  const bool sql = (code.front() >= 'A' && code.front() <= 'Z') || code.starts_with("-- ");
  return sql ? "sql" : "";
}

std::string markdown_prose(std::string_view text) {
  const std::string safe = printable(trim(text), true);
  std::string out;
  std::string_view rest = safe;
  while (true) {
    const std::size_t open = rest.find('`');
    const std::size_t close = open == std::string_view::npos ? open : rest.find('`', open + 1);
    if (close == std::string_view::npos) return out + escape(rest);
    out += escape(rest.substr(0, open));
    out += cat("<code>", escape(rest.substr(open + 1, close - open - 1)), "</code>");
    rest.remove_prefix(close + 1);
  }
}

std::string markdown_code(std::string_view text) {
  return cat("<code>", escape(printable(text)), "</code>");
}

std::string markdown_block(std::string_view code, std::string_view language) {
  std::string safe = printable(code, true);
  std::erase(safe, '\r');
  while (safe.ends_with('\n')) safe.pop_back();
  std::size_t longest = 0, run = 0;
  for (const char each : safe) {
    run = each == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(longest + 1, 3), '`');
  return cat(fence, language, "\n", safe, "\n", fence, "\n");
}

std::string markdown_help(std::string_view help) {
  std::string out;
  for (const HelpPart& part : help_parts(help)) {
    if (!out.empty()) out += '\n';
    out += part.code ? markdown_block(part.text, language_of(trim(part.text)))
                     : cat(markdown_prose(part.text), "\n");
  }
  return out;
}

}  // namespace migguard::report
