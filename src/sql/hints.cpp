// Tells other dialects and templates by the word at which PostgreSQL's parser stopped.
#include <algorithm>
#include <array>
#include <sql/hints.hpp>
#include <sql/scan.hpp>
#include <util/text.hpp>

namespace migguard::sql {
namespace {

struct Sign {
  std::string_view text;  // in lower case
  std::string_view hint;
};

// By the word where the parser stopped.
constexpr std::array stopped_at = {
    Sign{"auto_increment",
         "AUTO_INCREMENT is MySQL's; PostgreSQL says GENERATED ALWAYS AS IDENTITY"},
    Sign{"autoincrement",
         "AUTOINCREMENT is SQLite's; PostgreSQL says GENERATED ALWAYS AS IDENTITY"},
    Sign{"engine", "ENGINE = ... is MySQL's or ClickHouse's"},
    Sign{"charset", "CHARSET is MySQL's"},
    Sign{"unsigned", "UNSIGNED is MySQL's; PostgreSQL's integers are signed"},
    Sign{"modify", "MODIFY is MySQL's; PostgreSQL says ALTER COLUMN ... TYPE"},
    Sign{"change", "CHANGE is MySQL's; PostgreSQL says RENAME COLUMN and ALTER COLUMN"},
    Sign{"duplicate", "ON DUPLICATE KEY is MySQL's; PostgreSQL says ON CONFLICT"},
    Sign{"clustered", "CLUSTERED is SQL Server's"},
    Sign{"nonclustered", "NONCLUSTERED is SQL Server's"},
};

// By the first word of the statement.
constexpr std::array begins_with = {
    Sign{"pragma", "PRAGMA is SQLite's"},
    Sign{"delimiter", "DELIMITER is a command of MySQL's client"},
    Sign{"use", "USE is MySQL's or SQL Server's; a PostgreSQL connection belongs to one database"},
    Sign{"go", "GO separates batches for SQL Server's tools"},
    Sign{"describe", "DESCRIBE is MySQL's"},
    Sign{"exec", "EXEC is SQL Server's; PostgreSQL says CALL or SELECT"},
    Sign{"print", "PRINT is SQL Server's"},
};

template <std::size_t count>
std::string_view find(const std::array<Sign, count>& signs, std::string_view word) {
  const auto sign = std::find_if(signs.begin(), signs.end(),
                                 [&](const Sign& each) { return same_word(word, each.text); });
  return sign == signs.end() ? std::string_view() : sign->hint;
}

std::string_view template_hint(std::string_view from) {
  if (from.starts_with("${"))
    return "`${...}` is a placeholder that a tool fills in before it runs the file";
  if (from.starts_with("#{"))
    return "`#{...}` is a placeholder that a tool fills in before it runs the file";
  if (from.starts_with("{{") || from.starts_with("{%")) {
    return "`{{ ... }}` belongs to a template that is filled in before the file is run";
  }
  if (from.starts_with("<%"))
    return "`<% ... %>` belongs to a template that is filled in before the file is run";
  return "";
}

}  // namespace

void explain(Problem& problem, std::string_view text) {
  const std::string_view from = text.substr(std::min<std::size_t>(problem.span.begin, text.size()));
  // Words such as users_${env} swallow the `$`.
  const std::size_t word_end =
      problem.span.end > problem.span.begin ? problem.span.end - 1 : problem.span.begin;
  for (const std::string_view place :
       {from, text.substr(std::min(word_end, text.size())),
        text.substr(problem.span.begin > 0 ? problem.span.begin - 1 : 0)}) {
    if (const std::string_view hint = template_hint(place); !hint.empty()) {
      problem.kind = ProblemKind::template_;
      problem.hint = hint;
      return;
    }
  }
  if (from.starts_with('`')) {
    problem.hint = "backticks quote names in MySQL and SQLite; PostgreSQL uses double quotes";
  } else if (from.starts_with('[')) {
    problem.hint = "square brackets quote names in SQL Server; PostgreSQL uses double quotes";
  } else if (from.starts_with('\\')) {
    problem.hint = "a backslash outside of quotes begins a command of psql";
  } else if (from.starts_with('#')) {
    problem.hint = "# begins a comment in MySQL; PostgreSQL uses --";
  } else {
    Token token;
    if (Scanner scanner(text, problem.span.begin); scanner.next_word(token)) {
      problem.hint = find(stopped_at, text.substr(token.begin, token.end - token.begin));
    }
    if (Scanner scanner(text, problem.statement.begin);
        problem.hint.empty() && scanner.next_word(token)) {
      problem.hint = find(begins_with, text.substr(token.begin, token.end - token.begin));
    }
  }
}

}  // namespace migguard::sql
