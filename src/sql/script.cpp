// SQL files to scripts. A file that PostgreSQL's parser takes as it is costs one parse of its own
// bytes; all else (psql's commands, broken statements, huge files) is looked at only when it turns
// up.
#include <algorithm>
#include <memory>
#include <migguard/version.hpp>
#include <optional>
#include <sql/prepare.hpp>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <sql/recover.hpp>
#include <sql/scan.hpp>
#include <sql/script.hpp>

namespace migguard::sql {
namespace {

// A parse tree takes 13 to 22 times the memory of its text: beyond this size a file is parsed in
// chunks.
constexpr std::size_t largest_whole = std::size_t{4} << 20;
constexpr std::size_t chunk_size = std::size_t{1} << 20;
// Places in a file are 32 bits wide, and signed in the parser.
constexpr std::size_t largest_file = std::size_t{1} << 30;

// Whether no marker stands inside a statement or a comment, as far as can be told without looking
// at tokens.
bool between_statements(const RawParse& tree, std::string_view text, Span range,
                        const Breakpoints& breakpoints) {
  std::size_t next = 0;
  std::size_t gap = range.begin;  // where the previous statement ends
  for (const std::uint32_t marker : breakpoints.all) {
    for (; next < tree.size(); ++next) {
      const RawStmt& statement = tree[next];
      const std::size_t begin =
          range.begin + static_cast<std::size_t>(std::max(statement.stmt_location, 0));
      if (begin > marker) break;
      gap =
          statement.stmt_len > 0 ? begin + static_cast<std::size_t>(statement.stmt_len) : range.end;
    }
    if (marker < gap || text.substr(gap, marker - gap).find("/*") != std::string_view::npos)
      return false;
  }
  return true;
}

// The parser needs a NUL byte after the text.
class Terminated {
 public:
  Terminated(const Reading& reading, Span range) {
    if (range.end == reading.text().size()) {
      view_ = reading.text(range);
    } else {
      copy_ = reading.text(range);
      view_ = copy_;
    }
  }
  std::string_view view() const { return view_; }

 private:
  std::string copy_;
  std::string_view view_;
};

// Lowers the range if the parser takes it whole; says where it stopped otherwise.
std::optional<std::size_t> try_to_accept(Reading& reading, Span range) {
  const Terminated text(reading, range);
  const RawParse tree(text.view());
  if (!tree.good()) return range.begin + tree.refusal().offset;
  reading.accept(tree, range.begin, text.view().size());
  return std::nullopt;
}

void read_whole(Reading& reading, Span range, const Breakpoints& breakpoints,
                bool breakpoints_done) {
  std::optional<std::size_t> refused_at;
  bool changed = false;
  {
    const Terminated text(reading, range);
    const RawParse tree(text.view());
    if (tree.good()) {
      changed = !breakpoints_done &&
                !between_statements(tree, reading.text(), range, breakpoints) &&
                prepare_breakpoints(reading, range, breakpoints);
      if (!changed) return reading.accept(tree, range.begin, text.view().size());
      breakpoints_done = true;
    } else {
      refused_at = range.begin + tree.refusal().offset;
    }
  }
  if (!breakpoints_done) changed = prepare_breakpoints(reading, range, breakpoints);
  changed = prepare_psql(reading, range) || changed;
  if (changed) refused_at = try_to_accept(reading, range);
  if (refused_at) recover(reading, range, range.end, refused_at);
}

// The end of the last statement that ends within chunk_size bytes, or of the first one where it is
// longer.
std::uint32_t chunk_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  Scanner scanner(text, begin);
  for (Token token; scanner.next_word(token);) {
    if (token.end - begin > chunk_size && end > begin) return static_cast<std::uint32_t>(end);
    if (token.kind == TokenKind::symbol && text[token.begin] == ';') end = token.end;
  }
  return static_cast<std::uint32_t>(text.size());
}

void read_in_chunks(Reading& reading, Span range, const Breakpoints& breakpoints,
                    bool breakpoints_done) {
  if (!breakpoints_done) prepare_breakpoints(reading, range, breakpoints);
  bool prepared = false;
  std::string buffer;
  for (std::uint32_t at = range.begin; at < range.end;) {
    const Span chunk{at, chunk_end(std::string_view(reading.text()).substr(0, range.end), at)};
    buffer = reading.text(chunk);
    std::size_t refused_at = 0;
    {
      const RawParse tree(buffer);
      if (tree.good()) {
        reading.accept(tree, chunk.begin, buffer.size());
        at = chunk.end;
        continue;
      }
      refused_at = chunk.begin + tree.refusal().offset;
    }
    if (!prepared) {
      prepared = true;
      if (prepare_psql(reading, {at, range.end})) continue;
    }
    at = static_cast<std::uint32_t>(recover(reading, {at, range.end}, chunk.end, refused_at));
  }
}

void read(Reading& reading, Span range) {
  Breakpoints breakpoints;
  bool breakpoints_done = true;
  if (reading.options.drizzle_breakpoints) {
    breakpoints = find_breakpoints(reading.text(), range);
    reading.script.breakpoints += static_cast<std::uint32_t>(breakpoints.all.size());
    breakpoints_done = breakpoints.all.empty();
    if (breakpoints.text_follows) {
      prepare_breakpoints(reading, range, breakpoints);
      breakpoints_done = true;
    }
  }
  const bool huge = range.end - range.begin > largest_whole;
  (huge ? read_in_chunks : read_whole)(reading, range, breakpoints, breakpoints_done);
}

// Searched for by its rarest character.
bool mentions_directives(std::string_view text) {
  constexpr std::string_view word = "migguard:";
  for (std::size_t at = 0; (at = text.find(':', at)) != std::string_view::npos; ++at) {
    if (text.substr(0, at + 1).ends_with(word)) return true;
  }
  return false;
}

// Comments of the whole file: a directive at its top may stand before the ranges that are read.
void collect_comments(Reading& reading) {
  const std::string_view text = reading.text();
  if (!mentions_directives(text)) return;
  std::vector<std::uint32_t> ends = reading.restarts;
  ends.push_back(static_cast<std::uint32_t>(text.size()));
  std::sort(ends.begin(), ends.end());
  std::size_t begin = reading.script.has_bom ? 3 : 0;
  for (const std::uint32_t end : ends) {
    Scanner scanner(text.substr(0, end), begin);
    for (Token token; scanner.next(token);) {
      if (token.comment()) {
        reading.script.comments.push_back({token.span(), token.kind == TokenKind::block_comment});
      }
    }
    begin = end;
  }
}

}  // namespace

std::vector<CommentToken> comments_of(std::string_view text) {
  std::vector<CommentToken> comments;
  if (!mentions_directives(text)) return comments;
  Scanner scanner(text);
  for (Token token; scanner.next(token);) {
    if (token.comment())
      comments.push_back({token.span(), token.kind == TokenKind::block_comment});
  }
  return comments;
}

Script parse(const SourceFile& source, const ParseOptions& options) {
  const Stopwatch all(options.timings, &Timings::parse);
  Script script;
  script.parsed = true;
  if (!options.memory) {
    script.memory = std::make_unique<std::pmr::monotonic_buffer_resource>(
        std::clamp<std::size_t>(source.text.size() * 4, 1024, std::size_t{1} << 20));
  }
  if (source.text.size() > largest_file) {
    script.problems.push_back(
        {ProblemKind::too_large, {0, 1}, {0, 1}, "the file is larger than 1 GB", ""});
    return script;
  }

  // Kept from file to file: to grow it anew for each costs as much as to lower some of them.
  thread_local std::vector<Op> ops;
  Reading reading{.source = source, .options = options, .script = script, .ops = ops,
                  .memory = options.memory ? *options.memory : *script.memory};
  const Span whole = prepare_encoding(reading);
  if (whole.begin < whole.end) {
    prepare_limits(reading, whole);
    if (options.ranges.empty()) read(reading, whole);
    for (Span range : options.ranges) {
      range = {std::clamp(range.begin, whole.begin, whole.end),
               std::clamp(range.end, whole.begin, whole.end)};
      if (range.begin < range.end) read(reading, range);
    }
    collect_comments(reading);
  }

  Statement* statements = static_cast<Statement*>(reading.memory.allocate(
      reading.statements.size() * sizeof(Statement) + 1, alignof(Statement)));
  std::uninitialized_copy(reading.statements.begin(), reading.statements.end(), statements);
  script.statements = {statements, reading.statements.size()};
  std::stable_sort(script.problems.begin(), script.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.span.begin < b.span.begin; });
  return script;
}

std::string token_text(std::string_view statement) {
  std::string out = "1:";
  Scanner scanner(statement);
  for (Token token; scanner.next_word(token);) {
    const std::string_view text = statement.substr(token.begin, token.end - token.begin);
    if (text == ";") continue;
    if (out.size() > 2) out += ' ';
    const std::size_t begin = out.size();
    out += text;
    if (token.kind != TokenKind::word) continue;
    for (std::size_t i = begin; i < out.size(); ++i) {
      if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] + 32);
    }
  }
  return out;
}

std::string parser_version() { return std::string(migguard::parser_version); }

}  // namespace migguard::sql
