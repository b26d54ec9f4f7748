// Compiles globs to a nondeterministic automaton and runs all its threads abreast (Thompson's
// construction). The finer points follow git's wildmatch.c.
#include <algorithm>
#include <array>
#include <optional>
#include <util/glob.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

namespace migguard {
namespace {

using Operation = Glob::Operation;
using Range = std::pair<char32_t, char32_t>;

// A byte that is no part of valid UTF-8 must not be taken for the code point of that number.
constexpr char32_t raw_byte_base = 0x110000;

// What ends the literal beginning of a pattern (is_glob_special in git's ctype.c).
constexpr std::string_view git_special = "*?[\\";

// In bytes. No path is that long; a longer pattern matches nothing.
constexpr std::size_t longest_pattern = std::size_t{1} << 14;
// Beyond this a bracket counts as unclosed: each of many is looked for its end.
constexpr std::size_t longest_set = 256;

CodePoint character_at(std::string_view text, std::size_t at, GlobDialect dialect) {
  if (dialect == GlobDialect::gitignore) return {static_cast<unsigned char>(text[at]), 1, true};
  CodePoint point = decode(text, at);
  if (!point.valid) point.value += raw_byte_base;
  return point;
}

// The ranges of `[:name:]` in ASCII, none for an unknown name.
std::optional<std::vector<Range>> class_named(std::string_view name) {
  struct Class {
    std::string_view name;
    std::vector<Range> ranges;
  };
  static const std::array<Class, 12> classes{{
      {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
      {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
      {"blank", {{' ', ' '}, {'\t', '\t'}}},
      {"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
      {"digit", {{'0', '9'}}},
      {"graph", {{0x21, 0x7e}}},
      {"lower", {{'a', 'z'}}},
      {"print", {{0x20, 0x7e}}},
      {"punct", {{0x21, 0x2f}, {0x3a, 0x40}, {0x5b, 0x60}, {0x7b, 0x7e}}},
      {"space", {{'\t', '\r'}, {' ', ' '}}},
      {"upper", {{'A', 'Z'}}},
      {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
  }};
  const auto found = std::ranges::find(classes, name, &Class::name);
  if (found == classes.end()) return std::nullopt;
  return found->ranges;
}

class Compiler {
 public:
  Compiler(std::string_view pattern, GlobDialect dialect) : pattern_(pattern), dialect_(dialect) {
    if (dialect == GlobDialect::config) find_braces();
  }

  void run() {
    while (at_ < pattern_.size()) {
      switch (pattern_[at_]) {
        case '*':
          stars();
          break;
        case '?':
          ++at_;
          emit(Operation::in_name);
          break;
        case '[':
          bracket();
          break;
        case '{':
          open_brace();
          break;
        case ',':
          comma();
          break;
        case '}':
          close_brace();
          break;
        case '\\':
          escaped();
          break;
        default:
          character();
      }
    }
    emit(Operation::accept);
  }

  std::vector<Glob::Instruction> program;
  std::vector<Glob::Set> sets;

 private:
  // An alternation being compiled.
  struct Alternation {
    std::size_t fork;                // of the alternative at hand: where the next one starts
    std::vector<std::size_t> jumps;  // from the end of each alternative to the end of all
  };

  std::size_t emit(Operation operation, char32_t value = 0) {
    program.push_back({operation, value, 0});
    return program.size() - 1;
  }
  void land_here(std::size_t instruction) {
    program[instruction].target = static_cast<std::uint32_t>(program.size());
  }

  char peek(std::size_t at) const { return at < pattern_.size() ? pattern_[at] : '\0'; }
  bool is_brace(std::size_t at) const {
    return std::binary_search(braces_.begin(), braces_.end(), at);
  }

  // Braces that have their partner; the others stand for themselves.
  void find_braces() {
    std::vector<std::size_t> open;
    for (std::size_t at = 0; at < pattern_.size(); ++at) {
      if (pattern_[at] == '\\') {
        ++at;
      } else if (pattern_[at] == '[') {
        if (const std::optional<std::size_t> end = bracket_end(at)) at = *end - 1;
      } else if (pattern_[at] == '{') {
        open.push_back(at);
      } else if (pattern_[at] == '}' && !open.empty()) {
        braces_.push_back(open.back());
        braces_.push_back(at);
        open.pop_back();
      }
    }
    std::ranges::sort(braces_);
  }

  void character() {
    const CodePoint point = character_at(pattern_, at_, dialect_);
    at_ += point.size;
    emit(Operation::character, point.value);
  }

  void escaped() {
    ++at_;
    if (at_ < pattern_.size()) return character();
    emit(Operation::fail);
  }

  bool at_left_boundary() const {
    if (at_ == 0 || pattern_[at_ - 1] == '/') return true;
    // git compares the literal beginning by itself (match_pathname in dir.c), so that a `**` after
    // it stands at the beginning of what wildmatch.c sees.
    if (dialect_ == GlobDialect::gitignore) return at_ == pattern_.find_first_of(git_special);
    return !alternations_.empty() && (pattern_[at_ - 1] == '{' || pattern_[at_ - 1] == ',');
  }
  bool is_right_boundary(std::size_t at) const {
    if (at >= pattern_.size() || pattern_[at] == '/') return true;
    if (pattern_[at] == '\\' && peek(at + 1) == '/') return true;
    return !alternations_.empty() && (pattern_[at] == ',' || pattern_[at] == '}');
  }

  void stars() {
    const std::size_t end = std::min(pattern_.find_first_not_of('*', at_), pattern_.size());
    const bool across = end - at_ > 1 && at_left_boundary() && is_right_boundary(end);
    at_ = end;
    if (!across) return repeat(Operation::in_name);
    if (peek(end) != '/') return repeat(Operation::any);
    // `**/` matches no directory at all, too.
    const std::size_t none = emit(Operation::fork);
    repeat(Operation::any);
    emit(Operation::character, '/');
    land_here(none);
    ++at_;
  }

  void repeat(Operation operation) {
    const std::size_t begin = emit(Operation::fork);
    emit(operation);
    const std::size_t back = emit(Operation::jump);
    program[back].target = static_cast<std::uint32_t>(begin);
    land_here(begin);
  }

  // The end of the set that opens at `at`, behind its bracket; none where it is never closed.
  std::optional<std::size_t> bracket_end(std::size_t at) const { return read_set(at, nullptr); }

  void bracket() {
    Glob::Set set;
    if (const std::optional<std::size_t> end = read_set(at_, &set)) {
      at_ = *end;
      sets.push_back(std::move(set));
      emit(Operation::set, static_cast<char32_t>(sets.size() - 1));
    } else if (dialect_ == GlobDialect::gitignore) {
      at_ = pattern_.size();
      emit(Operation::fail);
    } else {
      character();
    }
  }

  std::optional<std::size_t> read_set(std::size_t at, Glob::Set* set) const {
    const std::size_t limit =
        dialect_ == GlobDialect::config ? at + longest_set : std::string_view::npos;
    ++at;
    const bool negated = peek(at) == '!' || peek(at) == '^';
    if (negated) ++at;
    if (set) set->negated = negated;
    const auto add = [&](char32_t first, char32_t last) {
      if (set) set->ranges.emplace_back(first, last);
    };
    char32_t previous = 0;  // what a following `-` would start from; 0: nothing
    for (bool first = true; at < pattern_.size() && at < limit; first = false) {
      const char c = pattern_[at];
      if (c == ']' && !first) return at + 1;
      if (c == '-' && previous != 0 && at + 1 < pattern_.size() && pattern_[at + 1] != ']') {
        ++at;
        if (pattern_[at] == '\\' && ++at == pattern_.size()) return std::nullopt;
        const CodePoint last = character_at(pattern_, at, dialect_);
        add(previous, last.value);
        at += last.size;
        previous = 0;
        continue;
      }
      if (c == '[' && peek(at + 1) == ':') {
        const std::size_t close = pattern_.find(']', at + 2);
        if (close == std::string_view::npos) return std::nullopt;
        if (close > at + 2 && pattern_[close - 1] == ':') {
          const auto ranges = class_named(pattern_.substr(at + 2, close - 1 - (at + 2)));
          if (!ranges) return std::nullopt;
          for (const auto& [from, to] : *ranges) add(from, to);
          at = close + 1;
          previous = 0;
          continue;
        }
      }
      if (c == '\\' && ++at == pattern_.size()) return std::nullopt;
      const CodePoint point = character_at(pattern_, at, dialect_);
      add(point.value, point.value);
      at += point.size;
      previous = point.value;
    }
    return std::nullopt;
  }

  void open_brace() {
    if (!is_brace(at_)) return character();
    ++at_;
    alternations_.push_back({emit(Operation::fork), {}});
  }

  void comma() {
    if (alternations_.empty()) return character();
    ++at_;
    Alternation& alternation = alternations_.back();
    alternation.jumps.push_back(emit(Operation::jump));
    land_here(alternation.fork);
    alternation.fork = emit(Operation::fork);
  }

  void close_brace() {
    if (!is_brace(at_)) return character();
    ++at_;
    Alternation& alternation = alternations_.back();
    // The last alternative has no next one.
    const std::size_t jump = emit(Operation::jump);
    land_here(alternation.fork);
    emit(Operation::fail);
    land_here(jump);
    for (const std::size_t earlier : alternation.jumps) land_here(earlier);
    alternations_.pop_back();
  }

  std::string_view pattern_;
  GlobDialect dialect_;
  std::size_t at_ = 0;
  std::vector<std::size_t> braces_;  // sorted
  std::vector<Alternation> alternations_;
};

bool holds(const Glob::Set& set, char32_t value) {
  const auto in = [&](const Range& range) { return range.first <= value && value <= range.second; };
  return value != '/' && std::ranges::any_of(set.ranges, in) != set.negated;
}

// The instructions that wait for a character, each at most once.
class Threads {
 public:
  explicit Threads(std::size_t size) : seen_(size, 0) {}

  void clear() {
    waiting.clear();
    ++generation_;
  }

  // Follows forks and jumps from an instruction to those that wait.
  void add(const std::vector<Glob::Instruction>& program, std::uint32_t start) {
    pending_.push_back(start);
    while (!pending_.empty()) {
      const std::uint32_t at = pending_.back();
      pending_.pop_back();
      if (seen_[at] == generation_) continue;
      seen_[at] = generation_;
      switch (program[at].operation) {
        case Operation::fork:
          pending_.push_back(program[at].target);
          pending_.push_back(at + 1);
          break;
        case Operation::jump:
          pending_.push_back(program[at].target);
          break;
        case Operation::fail:
          break;
        default:
          waiting.push_back(at);
      }
    }
  }

  std::vector<std::uint32_t> waiting;

 private:
  std::vector<std::size_t> seen_;
  std::vector<std::uint32_t> pending_;
  std::size_t generation_ = 1;
};

}  // namespace

Glob::Glob(std::string_view pattern, GlobDialect dialect) : dialect_(dialect) {
  literal_ = pattern.find_first_of(git_special) == std::string_view::npos &&
             (dialect == GlobDialect::gitignore || pattern.find('{') == std::string_view::npos);
  if (literal_) {
    text_ = pattern;
    return;
  }
  if (pattern.size() > longest_pattern) {
    program_.push_back({Operation::fail, 0, 0});
    return;
  }
  Compiler compiler(pattern, dialect);
  compiler.run();
  program_ = std::move(compiler.program);
  sets_ = std::move(compiler.sets);
}

bool Glob::matches(std::string_view path) const {
  if (literal_) return path == text_;
  Threads now(program_.size());
  Threads next(program_.size());
  now.add(program_, 0);
  for (std::size_t at = 0; at < path.size() && !now.waiting.empty();) {
    const CodePoint point = character_at(path, at, dialect_);
    at += point.size;
    next.clear();
    for (const std::uint32_t index : now.waiting) {
      const Instruction& instruction = program_[index];
      const bool taken =
          instruction.operation == Operation::any ||
          (instruction.operation == Operation::character && point.value == instruction.value) ||
          (instruction.operation == Operation::in_name && point.value != '/') ||
          (instruction.operation == Operation::set && holds(sets_[instruction.value], point.value));
      if (taken) next.add(program_, index + 1);
    }
    std::swap(now, next);
  }
  return std::ranges::any_of(now.waiting, [&](std::uint32_t index) {
    return program_[index].operation == Operation::accept;
  });
}

bool glob_match(std::string_view pattern, std::string_view path) {
  return Glob(pattern).matches(path);
}

}  // namespace migguard
