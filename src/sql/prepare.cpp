// Files as people and tools leave them: encodings, merge conflicts, limits, psql's commands and
// data, Drizzle's breakpoints.
#include <algorithm>
#include <array>
#include <cstring>
#include <sql/prepare.hpp>
#include <sql/scan.hpp>
#include <util/text.hpp>

namespace migguard::sql {
namespace {

Span span_of(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

bool begins_line(std::string_view text, std::size_t at) { return at == 0 || text[at - 1] == '\n'; }

// The end of the line, its line end not included.
std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

std::size_t next_line(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

// ---------------------------------------------------------------- encodings

bool is_utf16(std::string_view text, bool has_nul) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  if (text.size() < 8 || !has_nul) return false;
  // Without a mark: ASCII with every other byte NUL.
  const std::string_view head =
      text.substr(0, std::min<std::size_t>(text.size(), 64) & ~std::size_t{1});
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0';
  return (zeros[0] == 0 && zeros[1] == head.size() / 2) ||
         (zeros[1] == 0 && zeros[0] == head.size() / 2);
}

// What kind of binary file this is, by its first bytes; empty where it is none of these.
std::string_view known_binary(std::string_view text) {
  struct Magic {
    std::string_view bytes;
    std::string_view kind;
  };
  static constexpr std::array magics = {
      Magic{"PGDMP", "an archive of pg_dump, not SQL text"},
      Magic{"\x1f\x8b", "compressed with gzip"},
      Magic{std::string_view("PK\x03\x04", 4), "a zip archive"},
      Magic{"\x28\xb5\x2f\xfd", "compressed with zstd"},
      Magic{std::string_view("SQLite format 3\0", 16), "an SQLite database"},
      Magic{"\x7f"
            "ELF",
            "a program"},
      Magic{"%PDF-", "a PDF document"},
      Magic{"\x89PNG", "an image"},
  };
  for (const Magic& magic : magics) {
    if (text.starts_with(magic.bytes)) return magic.kind;
  }
  return "";
}

// Whether a tenth of a file's beginning is control characters that no text is made of.
bool is_binary(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  const auto control = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && !(byte >= '\t' && byte <= '\r') && byte != 0x1b;
  }));
  return control >= 32 && control * 10 >= head.size();
}

void report_nul_bytes(Reading& reading, std::size_t first) {
  std::string& copy = reading.editable();
  std::replace(copy.begin() + static_cast<std::ptrdiff_t>(first), copy.end(), '\0', ' ');
  const Span place = span_of(first, first + 1);
  reading.script.problems.push_back(
      {ProblemKind::nul_byte, place, place, "NUL byte in SQL text",
       "a server or client reads the text only up to it; migguard reads on"});
}

void report_invalid_utf8(Reading& reading, std::size_t first) {
  const Span place = span_of(first, first + 1);
  reading.script.problems.push_back(
      {ProblemKind::invalid_utf8, place, place, "invalid byte sequence for encoding \"UTF8\"",
       "the file is in another encoding, such as Latin-1 or Windows-1252"});
}

// ---------------------------------------------------------------- merge conflicts

// The first line from `at` on that begins with seven times the character, alone or followed by a
// space.
Span marker_line(std::string_view text, std::size_t at, char character) {
  const std::string marker(7, character);
  for (; (at = text.find(marker, at)) != std::string_view::npos; ++at) {
    const std::string_view rest = text.substr(at + marker.size(), 1);
    if (begins_line(text, at) && (is_blank(rest) || rest.empty()))
      return span_of(at, line_end(text, at));
    // A long run of the character is looked at once.
    const std::size_t run = text.find_first_not_of(character, at);
    if (run == std::string_view::npos) break;
    at = run;
  }
  return {};
}

void blank_conflict_markers(Reading& reading) {
  for (std::size_t at = 0;;) {
    const std::string_view text = reading.text();
    const Span ours = marker_line(text, at, '<');
    if (ours == Span{}) return;
    const Span middle = marker_line(text, ours.end, '=');
    if (middle == Span{}) return;
    const Span theirs = marker_line(text, middle.end, '>');
    if (theirs == Span{}) return;
    const Span base = marker_line(text.substr(0, middle.begin), ours.end, '|');
    if (reading.script.conflict_marker == Span{}) reading.script.conflict_marker = ours;
    for (const Span line : {ours, base, middle, theirs}) reading.blank(line);
    at = theirs.end;
  }
}

// ---------------------------------------------------------------- limits

bool is_operator(char c) { return std::strchr("~!@#^&|`?+-*/%<>=", c) != nullptr && c != '\0'; }

// Cheap, and on the safe side: it may say yes where a look at the tokens says no.
bool may_nest_deeply(std::string_view text) {
  std::uint32_t open = 0;
  for (std::size_t at = 0; (at = text.find('*', at)) != std::string_view::npos; ++at) {
    if (at > 0 && text[at - 1] == '/') {
      if (++open > deepest_comment) return true;
    } else if (at + 1 < text.size() && text[at + 1] == '/') {
      open -= open > 0;
      ++at;
    }
  }
  return false;
}

bool may_have_long_operator(std::string_view text) {
  constexpr std::size_t step = longest_operator_run / 2;
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!is_operator(text[at])) continue;
    std::size_t begin = at;
    while (begin > 0 && is_operator(text[begin - 1])) --begin;
    std::size_t end = at;
    while (end < text.size() && is_operator(text[end])) ++end;
    at = end;
    if (end - begin <= longest_operator_run) continue;
    // Rulers are drawn in comments.
    const std::size_t near = begin > step ? begin - step : 0;
    const std::string_view before = text.substr(near, begin - near);
    const std::size_t dashes = before.rfind("--");
    const bool in_comment =
        dashes != std::string_view::npos && before.find('\n', dashes) == std::string_view::npos;
    const std::string_view run = text.substr(begin, 2);
    if (!in_comment && run != "--" && run != "/*") return true;
  }
  return false;
}

}  // namespace

Span prepare_encoding(Reading& reading) {
  const std::string_view text = reading.source.text;
  const Span whole = span_of(0, text.size());
  const auto refuse = [&](ProblemKind kind, std::string message, std::string hint) {
    const Span place = span_of(0, std::min<std::size_t>(text.size(), 2));
    reading.script.problems.push_back({kind, place, whole, std::move(message), std::move(hint)});
    return Span{};
  };
  const std::size_t nul = text.find('\0');
  if (is_utf16(text, nul < text.size())) {
    return refuse(ProblemKind::utf16, "the file is UTF-16, which PostgreSQL does not read",
                  "save it as UTF-8");
  }
  const std::size_t invalid = invalid_utf8(text);
  std::string_view binary = known_binary(text);
  if (binary.empty() && (nul < text.size() || invalid < text.size()) && is_binary(text))
    binary = "a binary file";
  if (!binary.empty())
    return refuse(ProblemKind::binary, "the file is not text", cat("it looks like ", binary));
  reading.script.has_bom = text.starts_with("\xef\xbb\xbf");
  if (nul < text.size()) report_nul_bytes(reading, nul);
  if (invalid < text.size()) report_invalid_utf8(reading, invalid);
  blank_conflict_markers(reading);
  return {reading.script.has_bom ? 3U : 0U, whole.end};
}

void prepare_limits(Reading& reading, Span range) {
  const std::string_view text = reading.text(range);
  if (!may_nest_deeply(text) && !may_have_long_operator(text)) return;

  std::vector<Span> blanks;
  const auto refuse = [&](Span place, Span statement, std::string message) {
    reading.script.problems.push_back(
        {ProblemKind::too_deep, place, statement, std::move(message), ""});
    blanks.push_back(statement);
  };
  std::size_t statement = range.begin;
  Span too_long{};
  Scanner scanner(std::string_view(reading.text()).substr(0, range.end), range.begin);
  const auto end_statement = [&](std::size_t end) {
    if (too_long != Span{}) {
      refuse(too_long, span_of(statement, end),
             cat("a run of ", too_long.end - too_long.begin,
                 " operator characters is too long to be SQL"));
    }
    too_long = {};
  };
  for (Token token; scanner.next(token);) {
    if (token.kind == TokenKind::block_comment && token.depth > deepest_comment) {
      refuse(token.span(), token.span(), cat("comments nested ", token.depth, " deep"));
    } else if (token.kind == TokenKind::symbol) {
      if (reading.text()[token.begin] == ';') {
        end_statement(token.begin);
        statement = token.end;
      } else if (token.end - token.begin > longest_operator_run && too_long == Span{}) {
        too_long = token.span();
      }
    }
  }
  end_statement(range.end);
  for (const Span blank : blanks) reading.blank(blank);
}

// ---------------------------------------------------------------- psql

namespace {

// Whether psql sends the statement that stands before the command: \g, \gset and their kin.
bool sends_statement(std::string_view command) {
  static constexpr std::array<std::string_view, 7> names = {
      "g", "gx", "gset", "gexec", "gdesc", "watch", "crosstabview"};
  return std::find(names.begin(), names.end(), command) != names.end();
}

std::string_view command_name(std::string_view text, std::size_t backslash) {
  std::size_t end = backslash + 1;
  while (end < text.size() &&
         ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z')))
    ++end;
  return text.substr(backslash + 1, end - backslash - 1);
}

// psql's way through a script (src/fe_utils/psqlscan.l, src/bin/psql/mainloop.c).
class PsqlPass {
 public:
  PsqlPass(Reading& reading, Span range)
      : reading_(reading),
        text_(std::string_view(reading.editable()).substr(0, range.end)),
        scanner_(text_, range.begin) {}

  bool run() {
    for (Token token; scanner_.next_word(token);) {
      const std::string_view word = text_.substr(token.begin, token.end - token.begin);
      if (token.kind == TokenKind::symbol && word == "\\") {
        if (!command(token.begin)) ++words_;
      } else if (token.kind == TokenKind::symbol && word == ";") {
        if (copy_ == Copy::from_stdin) waiting_.push_back(token.begin);
        // psql sends `a\; b;` as one, and then what both read.
        if (token.begin != held_back_) data_of_waiting(token.end);
        words_ = 0;
        copy_ = Copy::no;
      } else {
        follow_copy(token, word);
        ++words_;
      }
    }
    return changed_;
  }

 private:
  enum class Copy { no, copy, from, from_stdin };

  void data_of_waiting(std::size_t end_of_statement) {
    for (const std::size_t semicolon : waiting_) {
      data(semicolon, end_of_statement);
      end_of_statement = data_end_;
    }
    waiting_.clear();
  }

  void follow_copy(const Token& token, std::string_view word) {
    if (words_ == 0)
      copy_ = token.kind == TokenKind::word && same_word(word, "copy") ? Copy::copy : Copy::no;
    // FROM STDOUT is the same to the grammar (copy_file_name in gram.y).
    if (copy_ == Copy::from && token.kind == TokenKind::word &&
        (same_word(word, "stdin") || same_word(word, "stdout")))
      copy_ = Copy::from_stdin;
    else if (copy_ == Copy::from)
      copy_ = Copy::copy;
    if (copy_ == Copy::copy && token.kind == TokenKind::word && same_word(word, "from"))
      copy_ = Copy::from;
  }

  // A backslash outside of quotes and comments. False where psql would not take it for a command
  // either.
  bool command(std::size_t backslash) {
    std::string& copy = reading_.editable();
    if (backslash + 1 < text_.size() && text_[backslash + 1] == ';') {
      copy[backslash] = ' ';
      held_back_ = backslash + 1;
      scanner_.seek(held_back_);
      return changed_ = true;
    }
    std::size_t begin = backslash;
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '\t')) --begin;
    const std::string_view name = command_name(text_, backslash);
    const bool sends = sends_statement(name);
    if (!begins_line(text_, begin) && words_ > 0 && !sends) return false;
    const std::size_t end = line_end(text_, backslash);
    const std::string_view line = text_.substr(backslash, end - backslash);
    const bool data_follows = name == "copy" && contains_ignoring_case(line, " from stdin");
    reading_.blank(span_of(backslash, end));
    if (sends && words_ > 0) {
      copy[backslash] = ';';
      words_ = 0;
      copy_ = Copy::no;
    }
    scanner_.seek(end);
    if (data_follows) data(end, end);
    return changed_ = true;
  }

  // The data begins on the line after the statement and ends with the line `\.`. Without that line
  // the file was written for another client, and what follows is SQL.
  void data(std::size_t semicolon, std::size_t end_of_statement) {
    data_end_ = end_of_statement;
    const std::size_t begin = next_line(text_, end_of_statement);
    if (begin >= no_end_after_) return;
    std::size_t end = begin;
    while (end < text_.size()) {
      if (text_[end] == '\\' && text_.substr(end, line_end(text_, end) - end) == "\\.") break;
      end = next_line(text_, end);
    }
    if (end >= text_.size()) {
      no_end_after_ = begin;
      return;
    }
    if (semicolon < end_of_statement) {
      reading_.copy_data.push_back({static_cast<std::uint32_t>(semicolon), span_of(begin, end)});
    }
    reading_.blank(span_of(begin, end + 2));
    data_end_ = end + 2;
    scanner_.seek(data_end_);
    changed_ = true;
  }

  Reading& reading_;
  std::string_view text_;
  Scanner scanner_;
  std::size_t words_ = 0;  // of the statement so far
  Copy copy_ = Copy::no;
  std::vector<std::size_t> waiting_;  // semicolons of COPY statements whose data is to come
  std::size_t held_back_ = std::string_view::npos;  // a semicolon that sends nothing yet: `\;`
  std::size_t data_end_ = 0;
  std::size_t no_end_after_ = std::string_view::npos;
  bool changed_ = false;
};

}  // namespace

bool prepare_psql(Reading& reading, Span range) {
  const std::string_view text = reading.text(range);
  if (text.find('\\') == std::string_view::npos) return false;
  return PsqlPass(reading, range).run();
}

// ---------------------------------------------------------------- Drizzle

Breakpoints find_breakpoints(std::string_view text, Span range) {
  Breakpoints found;
  text = text.substr(0, range.end);
  for (std::size_t at = range.begin;
       (at = text.find(breakpoint_marker, at)) != std::string_view::npos;) {
    found.all.push_back(static_cast<std::uint32_t>(at));
    at += breakpoint_marker.size();
    found.text_follows = found.text_follows || !is_blank(text.substr(at, line_end(text, at) - at));
  }
  return found;
}

bool prepare_breakpoints(Reading& reading, Span range, const Breakpoints& breakpoints) {
  if (breakpoints.all.empty()) return false;
  std::string& copy = reading.editable();
  Scanner scanner(std::string_view(copy).substr(0, range.end), range.begin);
  bool changed = false;
  // The rest of a line is scanned again after each of its markers: no line of a migration needs it
  // often.
  std::size_t budget = std::size_t{4} * (range.end - range.begin) + (std::size_t{1} << 16);
  auto marker = breakpoints.all.begin();
  for (Token token; marker != breakpoints.all.end() && scanner.next(token);) {
    while (marker != breakpoints.all.end() && *marker < token.begin) ++marker;
    if (marker == breakpoints.all.end() || *marker >= token.end) continue;
    if (token.kind == TokenKind::line_comment) {
      if (token.end - *marker > budget) continue;
      budget -= token.end - *marker;
      // The line end closes the comment that the marker may stand in: what follows on its line is
      // SQL to Drizzle.
      copy.replace(*marker, breakpoint_marker.size(), breakpoint_marker.size(), ' ');
      copy[*marker] = '\n';
      copy[*marker + 1] = ';';
      scanner.seek(*marker + 1);
      changed = true;
      ++marker;
    } else {
      for (; marker != breakpoints.all.end() && *marker < token.end; ++marker) {
        reading.script.breakpoints_in_literals.push_back(
            span_of(*marker, *marker + breakpoint_marker.size()));
      }
    }
  }
  return changed;
}

// ---------------------------------------------------------------- variables and templates

bool replace_variables(std::string& statement, Span& placeholder) {
  struct Template {
    std::string_view open;
    std::string_view close;
    char filler;  // an identifier's character, or a space where the construct yields no text
  };
  // Longer openings first.
  static constexpr std::array templates = {Template{"<%=", "%>", '_'}, Template{"<%", "%>", ' '},
                                           Template{"{{", "}}", '_'},  Template{"{%", "%}", ' '},
                                           Template{"${", "}", '_'},   Template{"#{", "}", '_'},
                                           Template{"{", "}", '_'}};
  constexpr std::size_t longest = 200;

  bool changed = false;
  int brackets = 0;
  Token before;
  Scanner scanner(statement);
  for (Token token; scanner.next_word(token);) {
    const std::string_view text = statement;
    const char first = text[token.begin];
    // A `$` may be the end of the word before it: users_${env}.
    const bool dollar_word = token.kind == TokenKind::word && text[token.end - 1] == '$';
    if (token.kind == TokenKind::symbol || dollar_word) {
      const std::size_t begin = dollar_word ? token.end - 1 : token.begin;
      const auto open = std::find_if(templates.begin(), templates.end(), [&](const Template& each) {
        return text.substr(begin).starts_with(each.open);
      });
      if (open != templates.end()) {
        const std::size_t from = begin + open->open.size();
        const std::size_t close =
            text.substr(0, std::min(text.size(), from + longest)).find(open->close, from);
        if (close != std::string_view::npos) {
          const std::size_t end = close + open->close.size();
          if (placeholder == Span{}) placeholder = span_of(begin, end);
          statement.replace(begin, end - begin, end - begin, open->filler);
          scanner.seek(end);
          changed = true;
          continue;
        }
      }
      if (first == '[') ++brackets;
      if (first == ']') --brackets;
      const char next = token.end < text.size() ? text[token.end] : '\0';
      const bool name_follows = next == '_' || next == '"' || next == '\'' ||
                                (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
      // 'key':value is JSON_OBJECT's, a[1:n] a slice.
      const bool other_use =
          brackets > 0 || (before.kind == TokenKind::string && before.end == token.begin);
      if (text.substr(token.begin, token.end - token.begin) == ":" && name_follows && !other_use) {
        statement[token.begin] = next == '"' || next == '\'' ? ' ' : '_';
        changed = true;
      }
    }
    before = token;
  }
  return changed;
}

}  // namespace migguard::sql
