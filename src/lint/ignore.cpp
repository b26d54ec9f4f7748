#include <lint/ignore.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace migguard::lint {
namespace {

constexpr std::string_view marker = "migguard:";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// A position in the text that only moves forward, up to `end`.
struct Reader {
  std::string_view text;
  std::size_t at;
  std::size_t end;
  void skip_space() {
    while (at < end && is_space(text[at])) ++at;
  }
  std::string_view name() {
    const std::size_t begin = at;
    while (at < end && is_name(text[at])) ++at;
    return text.substr(begin, at - begin);
  }
  bool take(char c) {
    skip_space();
    if (at >= end || text[at] != c) return false;
    ++at;
    return true;
  }
};

// The statement that a comment speaks of: the one around it, the one before it on the same line,
// the next one.
const Statement* covered(std::string_view text, List<Statement> statements, Span comment) {
  const auto next =
      std::partition_point(statements.begin(), statements.end(),
                           [&](const Statement& each) { return each.span.begin < comment.begin; });
  if (next != statements.begin()) {
    const Statement& before = *(next - 1);
    if (comment.begin < before.span.end) return &before;
    const std::string_view between = text.substr(before.span.end, comment.begin - before.span.end);
    if (between.find('\n') == std::string_view::npos) return &before;
  }
  return next == statements.end() ? nullptr : &*next;
}

// The first millisecond since 1970 behind a day, `2027-03-31`; none where there is no such day.
std::optional<std::int64_t> end_of_day(std::string_view text) {
  const auto number = [&](std::size_t begin, std::size_t size) {
    int value = 0;
    const char* first = text.data() + begin;
    const auto [end, error] = std::from_chars(first, first + size, value);
    return error == std::errc() && end == first + size ? value : -1;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1970 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const auto behind = std::chrono::sys_days(date) + std::chrono::days(1);
  return std::chrono::duration_cast<std::chrono::milliseconds>(behind.time_since_epoch()).count();
}

Span to_span(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

std::vector<IgnoreComment> read_ignore_comments(const SourceFile& source, const Script& script,
                                                std::int64_t now) {
  std::vector<IgnoreComment> directives;
  const std::string_view text = source.text;
  for (const CommentToken& comment : script.comments) {
    // Only a comment that begins with the marker is a directive; prose may speak of migguard.
    std::size_t begin = comment.span.begin + 2;
    std::size_t end = std::min<std::size_t>(comment.span.end, text.size());
    if (comment.block && end >= 2 && text.substr(end - 2, 2) == "*/") end -= 2;
    while (begin < end && (is_space(text[begin]) || text[begin] == '*' || text[begin] == '-'))
      ++begin;
    if (text.substr(begin, end - begin).substr(0, marker.size()) != marker) continue;

    IgnoreComment directive;
    while (end > begin && is_space(text[end - 1])) --end;
    directive.span = to_span(begin, end);
    Reader reader{text, begin + marker.size(), end};
    reader.skip_space();
    const std::string_view verb = reader.name();
    directive.file = verb == "ignore-file";
    if (verb != "ignore" && verb != "ignore-file") {
      directive.mistake =
          cat("`", verb,
              "` is no directive: write `migguard: ignore RULE: reason` or `migguard: "
              "ignore-file RULE: reason`");
      directives.push_back(std::move(directive));
      continue;
    }
    do {
      reader.skip_space();
      const std::size_t name_begin = reader.at;
      const std::string_view name = reader.name();
      if (name.empty()) break;
      directive.rules.push_back({name, to_span(name_begin, reader.at)});
    } while (reader.take(','));
    if (directive.rules.empty()) directive.mistake = "it names no rule to ignore";
    const std::size_t behind_rules = reader.at;
    reader.skip_space();
    if (reader.name() == "until") {
      reader.skip_space();
      directive.until = reader.name();
      const auto end_of_it = end_of_day(directive.until);
      if (!end_of_it && directive.mistake.empty())
        directive.mistake = "`until` needs a day such as 2027-03-31";
      directive.ran_out = end_of_it && now >= *end_of_it;
    } else {
      reader.at = behind_rules;
    }
    if (reader.take(':')) {
      reader.skip_space();
      directive.reason = text.substr(reader.at, reader.end - reader.at);
    } else {
      reader.skip_space();
      if (reader.at < reader.end && directive.mistake.empty()) {
        directive.mistake = "put a colon before the reason, and commas between rules";
      }
    }
    if (!directive.file) {
      if (const Statement* statement = covered(text, script.statements, comment.span)) {
        directive.statement = statement->span;
      } else {
        directive.covers_nothing = true;
      }
    }
    directives.push_back(std::move(directive));
  }
  return directives;
}

}  // namespace migguard::lint
