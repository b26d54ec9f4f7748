// Takes shell text apart and matches the commands of migration tools in it.
#include <algorithm>
#include <array>
#include <project/shell.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr std::string_view blanks = " \t\r\n";

struct Pattern {
  Tool tool;
  RunnerAction action;
  std::string_view name;
  std::string_view first;   // a word behind the name; ending in `:`: the beginning of one
  std::string_view second;  // another behind that; may be empty
  bool suffixed = false;    // the name may go on: `typeorm-ts-node-commonjs`
  bool anywhere = false;    // other words may stand before `first`
};

// Supabase's `db push` applies migrations; Prisma's and Drizzle's push changes the database without
// any.
constexpr Pattern patterns[] = {
    {Tool::prisma, RunnerAction::migrate, "prisma", "migrate", "deploy"},
    {Tool::prisma, RunnerAction::dev, "prisma", "migrate", "dev"},
    {Tool::prisma, RunnerAction::dev, "prisma", "migrate", "reset"},
    {Tool::prisma, RunnerAction::other, "prisma", "migrate", "resolve"},
    {Tool::prisma, RunnerAction::other, "prisma", "migrate", "status"},
    {Tool::prisma, RunnerAction::push, "prisma", "db", "push"},
    {Tool::drizzle, RunnerAction::migrate, "drizzle-kit", "migrate", ""},
    {Tool::drizzle, RunnerAction::push, "drizzle-kit", "push", ""},
    {Tool::drizzle, RunnerAction::generate, "drizzle-kit", "generate", ""},
    {Tool::drizzle, RunnerAction::other, "drizzle-kit", "up", ""},
    {Tool::supabase, RunnerAction::migrate, "supabase", "db", "push"},
    {Tool::supabase, RunnerAction::dev, "supabase", "db", "reset"},
    {Tool::supabase, RunnerAction::migrate, "supabase", "migration", "up"},
    {Tool::flyway, RunnerAction::migrate, "flyway", "migrate", ""},
    {Tool::golang_migrate, RunnerAction::migrate, "migrate", "-path", ""},
    {Tool::goose, RunnerAction::migrate, "goose", "up", "", false, true},
    {Tool::dbmate, RunnerAction::migrate, "dbmate", "up", ""},
    {Tool::dbmate, RunnerAction::migrate, "dbmate", "migrate", ""},
    {Tool::sqlx, RunnerAction::migrate, "sqlx", "migrate", "run"},
    {Tool::node_pg_migrate, RunnerAction::migrate, "node-pg-migrate", "up", "", false, true},
    {Tool::diesel, RunnerAction::migrate, "diesel", "migration", "run"},
    {Tool::sql_migrate, RunnerAction::migrate, "sql-migrate", "up", ""},
    {Tool::atlas, RunnerAction::migrate, "atlas", "migrate", "apply"},
    {Tool::alembic, RunnerAction::migrate, "alembic", "upgrade", "", false, true},
    {Tool::django, RunnerAction::migrate, "manage.py", "migrate", ""},
    {Tool::rails, RunnerAction::migrate, "rails", "db:migrate", ""},
    {Tool::rails, RunnerAction::migrate, "rake", "db:migrate", ""},
    {Tool::knex, RunnerAction::migrate, "knex", "migrate:", ""},
    {Tool::typeorm, RunnerAction::migrate, "typeorm", "migration:run", "", true},
    {Tool::sequelize, RunnerAction::migrate, "sequelize", "db:migrate", "", true},
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The words of one command, from `at` on.
class Words {
 public:
  Words(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  // The next word, without blanks around; empty at the end.
  std::string_view next() {
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(blanks, at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

bool is_this(std::string_view word, std::string_view expected) {
  if (!word.starts_with(expected)) return false;
  return expected.ends_with(':') || word.size() == expected.size() ||
         !is_word(word[expected.size()]);
}

// The next word that is no option, unless an option is what is looked for.
std::string_view next_argument(Words& words, std::string_view expected) {
  std::string_view word = words.next();
  while (word.starts_with('-') && !expected.starts_with('-')) word = words.next();
  return word;
}

// Whether the words behind the tool's name are the pattern's. `at`: behind the name.
bool goes_on_as(const Pattern& pattern, std::string_view command, std::size_t at) {
  if (at < command.size() && (command[at] == '@' || (pattern.suffixed && command[at] == '-'))) {
    at = std::min(command.find_first_of(blanks, at), command.size());  // a version, a suffix
  }
  if (at == command.size() || blanks.find(command[at]) == std::string_view::npos) return false;
  Words words(command, at);
  std::string_view word = next_argument(words, pattern.first);
  // No command line has more words, and a hostile one must not cost the square of its length.
  constexpr int most_words = 40;
  for (int i = 0; pattern.anywhere && i < most_words && !is_this(word, pattern.first); ++i) {
    word = words.next();
  }
  if (!is_this(word, pattern.first)) return false;
  return pattern.second.empty() || is_this(next_argument(words, pattern.second), pattern.second);
}

bool accepts_data_loss(const Pattern& pattern, std::string_view command) {
  if (command.find("--accept-data-loss") != std::string_view::npos) return true;
  if (pattern.tool != Tool::drizzle || pattern.action != RunnerAction::push) return false;
  Words words(command, 0);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    if (is_this(word, "--force")) return true;
  }
  return false;
}

// `echo "run prisma migrate deploy first"` runs nothing.
bool only_prints(std::string_view command) {
  std::string_view word = Words(command, 0).next();
  while (!word.empty() && !is_word(word.front())) word.remove_prefix(1);
  return word == "echo" || word == "printf";
}

// What belongs to a command that begins at `at`: to the end, or to a quote around it that closes.
std::string_view extent(std::string_view command, std::size_t at) {
  std::size_t end = command.size();
  if (at > 0 && (command[at - 1] == '"' || command[at - 1] == '\'')) {
    end = std::min(command.find(command[at - 1], at), end);
  }
  for (std::size_t i = at; i < end; ++i) {
    if (command[i] != '"' && command[i] != '\'') continue;
    const std::size_t closing = command.find(command[i], i + 1);
    if (closing >= end) {
      end = i;
    } else {
      i = closing;
    }
  }
  return trim(command.substr(at, end - at));
}

void match_command(const CommandText& text, std::size_t begin, std::size_t end,
                   std::vector<RunnerCommand>& found) {
  const std::string_view command = text.text().substr(begin, end - begin);
  if (only_prints(command)) return;
  for (const Pattern& pattern : patterns) {
    for (std::size_t at = command.find(pattern.name); at != std::string_view::npos;
         at = command.find(pattern.name, at + 1)) {
      if (at > 0 && is_word(command[at - 1])) continue;
      if (!goes_on_as(pattern, command, at + pattern.name.size())) continue;
      const std::string_view whole = extent(command, at);
      RunnerCommand result;
      result.tool = pattern.tool;
      result.action = pattern.action;
      result.span = {text.offset(begin + at), text.offset(begin + at + whole.size() - 1) + 1};
      result.text = whole;
      result.accepts_data_loss = accepts_data_loss(pattern, whole);
      found.push_back(std::move(result));
      break;
    }
  }
}

}  // namespace

void CommandText::add(std::string_view text, Span range) {
  for (std::size_t at = range.begin; at < range.end && at < text.size(); ++at) push(text[at], at);
}

void CommandText::add_escaped(std::string_view text, Span range) {
  for (std::size_t at = range.begin; at < range.end && at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 >= range.end || at + 1 >= text.size()) {
      push(text[at], at);
      continue;
    }
    const char c = text[++at];
    push(c == 'n' ? '\n' : c == 't' ? '\t' : c, at);
  }
}

void CommandText::add_separator(char c) {
  if (!text_.empty()) push(c, offsets_.back());
}

void CommandText::add_script(std::string_view text, Span range) {
  const std::size_t end = std::min<std::size_t>(range.end, text.size());
  for (std::size_t at = range.begin; at < end;) {
    const std::size_t newline = std::min(text.find('\n', at), end);
    std::string_view line = text.substr(at, newline - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!trim(line).starts_with('#')) {
      const bool goes_on = line.ends_with('\\');
      if (goes_on) line.remove_suffix(1);
      // A comment behind a command: a hash behind a blank, outside quotes.
      char quote = '\0';
      for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == '\0' && c == '#' && i > 0 && (line[i - 1] == ' ' || line[i - 1] == '\t')) {
          break;
        }
        if (c == quote) {
          quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
          quote = c;
        }
        push(c, at + i);
      }
      add_separator(goes_on ? ' ' : '\n');
    }
    at = newline + 1;
  }
}

std::vector<RunnerCommand> match_commands(const CommandText& text) {
  std::vector<RunnerCommand> found;
  const std::string_view all = text.text();
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find_first_of(";|&\n", begin), all.size());
    match_command(text, begin, end, found);
    begin = end + 1;
  }
  return found;
}

bool may_hold_commands(std::string_view text) {
  constexpr std::array<std::string_view, 12> names = {
      "migrate", "prisma", "drizzle-kit", "supabase",  "goose",   "dbmate",
      "sqlx",    "flyway", "typeorm",     "sequelize", "alembic", "diesel"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return text.find(name) != std::string_view::npos;
  });
}

}  // namespace migguard::project
