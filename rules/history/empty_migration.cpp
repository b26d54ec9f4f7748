// A migration without a statement: it counts as applied, and cannot be filled in later.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// Whether a text holds nothing but white space, semicolons and comments. Commands of psql are
// something.
bool is_blank(std::string_view text) {
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at, 2);
    if (rest == "--") {
      at = std::min(text.find('\n', at), text.size());
    } else if (rest == "/*") {
      std::size_t depth = 0;
      for (; at < text.size(); ++at) {
        const std::string_view pair = text.substr(at, 2);
        if (pair == "/*") {
          ++depth;
          ++at;
        } else if (pair == "*/") {
          ++at;
          if (--depth == 0) break;
        }
      }
      if (depth > 0) return false;  // never ends: an error, not emptiness
      ++at;
    } else if (std::string_view(" \t\r\n\f\v;").find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      return false;
    }
  }
  return true;
}

bool is_blank(const Migration& migration) {
  const std::string_view text = migration.source->text;
  if (migration.ranges.empty()) return is_blank(text);
  return std::all_of(migration.ranges.begin(), migration.ranges.end(), [&](Span range) {
    return range.begin <= text.size() &&
           is_blank(text.substr(range.begin, range.end - range.begin));
  });
}

// `-- No-op in PostgreSQL`: beside another database's history, it keeps the numbers in step.
bool says_so(std::string_view text) {
  std::string words;
  for (const char c : text) words += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return words.find("no-op") != words.npos || words.find("noop") != words.npos ||
         words.find("intentionally") != words.npos;
}

void check(Context& ctx, const History& history) {
  if (!judges_order(history)) return;
  for (const Migration& migration : history.migrations) {
    const Script& script = migration.script;
    if (!migration.listed && !history.drizzle) continue;  // the tool passes it by
    if (!script.parsed || !script.statements.empty() || !script.problems.empty() ||
        !is_blank(migration))
      continue;
    Finding& finding =
        ctx.report(*migration.source, {}, "this migration does nothing, and counts as applied")
            .because("what is written into it later never runs where it has been applied")
            .try_(cat("write its SQL before it is released, or delete it",
                      history.tool == Tool::drizzle ? ":\nnpx drizzle-kit drop" : ""))
            .about(migration.id);
    if (says_so(migration.source->text)) finding.as(Severity::note);
  }
}

constexpr ExampleFile custom[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", "-- Custom SQL migration file, put your code below! --"}};
constexpr ExampleFile prisma[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", "-- This is an empty migration.\n"}};
constexpr ExampleFile section[] = {
    {"migrations/00001_users.sql", "-- +goose Up\n\n-- +goose Down\nDROP TABLE users;\n"},
    {"migrations/00002_orders.sql", "-- +goose Up\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile commented[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", "-- a /* comment\nSELECT 1; /* another */\n"}};
constexpr ExampleFile include[] = {{"migrations/001_users.sql", "\\i users.sql\n"},
                                   {"migrations/002_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = custom}, {.files = prisma}, {.files = section}};
constexpr Example good[] = {
    {.files = commented}, {.files = include}, {.files = examples::prisma_of_two}};

}  // namespace

extern constexpr Rule empty_migration{
    .severity = Severity::warning,
    .summary = "A migration without a statement counts as applied and can never be filled in",
    .why =
        "Tools record a migration by name, number or time. One that was applied while it was empty "
        "is never run again, so that SQL written into it later reaches new databases only. "
        "`drizzle-kit generate --custom` and `prisma migrate dev --create-only` start with such a "
        "file.",
    .instead = "Fill it before it is merged, or delete it with its entry.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
