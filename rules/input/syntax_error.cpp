// SQL that PostgreSQL's parser refuses, and files that are no SQL text: what was not checked is
// never passed over.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <map>

namespace migguard::rules {
namespace {

// More than this many in one file are one trouble.
constexpr std::size_t most_findings = 10;
// The parser sums up what goes beyond.
constexpr std::size_t most_counted = 20;

// From the first conflict marker to the end of the last: another rule's.
Span conflict(const Migration& migration) {
  const Span marker = migration.script.conflict_marker;
  if (marker == Span{}) return {};
  const std::string_view text = migration.source->text;
  std::size_t last = text.rfind("\n>>>>>>>");
  last = last == std::string_view::npos ? text.size()
                                        : std::min(text.find('\n', last + 1), text.size());
  return {marker.begin, std::max(marker.end, static_cast<std::uint32_t>(last))};
}

bool touches(Span a, Span b) { return a.begin < b.end && b.begin < a.end; }

std::string reason(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::syntax:
    case ProblemKind::unterminated:
      return "the server refuses the statement and with it the migration, and nothing in the "
             "statement was checked";
    case ProblemKind::nul_byte:
      return "programs written in C stop reading there, so that the rest may never run";
    case ProblemKind::invalid_utf8:
      return "a database in UTF-8 refuses text that is not";
    case ProblemKind::utf16:
      return "the server takes UTF-8 and its relatives; it reads every other byte as a NUL";
    case ProblemKind::template_:
      return "what the server will get is known only after the placeholder is filled in, so this "
             "was checked with a name in its place";
    case ProblemKind::too_deep:
      return "PostgreSQL's parser needs memory or time out of all proportion for it, and it was "
             "not checked";
    case ProblemKind::too_large:
    case ProblemKind::binary:
    case ProblemKind::unreadable:
      return "nothing in the file was checked";
  }
  return {};
}

std::string remedy(const Problem& problem, const std::string& path) {
  switch (problem.kind) {
    case ProblemKind::syntax:
      return problem.hint.empty() ? "correct the statement; psql shows the same message"
                                  : cat("correct the statement: ", problem.hint);
    case ProblemKind::unterminated:
      return problem.hint.empty() ? "close the quote or comment"
                                  : cat("close the quote or comment: ", problem.hint);
    case ProblemKind::nul_byte:
      return cat("delete the NUL byte:\ntr -d '\\000' < ", shell_word(path), " > cleaned.sql");
    case ProblemKind::invalid_utf8:
      return cat("save the file as UTF-8:\niconv -f WINDOWS-1252 -t UTF-8 ", shell_word(path),
                 " > converted.sql");
    case ProblemKind::utf16:
      return cat("save the file as UTF-8:\niconv -f UTF-16 -t UTF-8 ", shell_word(path),
                 " > converted.sql");
    case ProblemKind::template_:
      return "lint the SQL that the template yields, or name the file in `ignore` of migguard.json";
    case ProblemKind::too_deep:
      return "write the statement flatter, or as several";
    case ProblemKind::too_large:
      return "split the file; data belongs into COPY, outside of migrations";
    case ProblemKind::binary:
      return "move the file out of the migrations; pg_restore turns an archive into SQL";
    case ProblemKind::unreadable:
      return "make the file readable";
  }
  return {};
}

void report(Context& ctx, const SourceFile& source, const Problem& problem, std::string message) {
  Finding& finding = ctx.report(source, problem.span, std::move(message))
                         .because(reason(problem.kind))
                         .try_(remedy(problem, source.path));
  if (!problem.hint.empty()) finding.with("hint", problem.hint);
}

std::string unread(std::size_t count, std::size_t all) {
  return count > most_counted ? cat("more than ", most_counted,
                                    " statements of this file cannot be read; the first: ")
                              : cat(count, " of ", all, " statements cannot be read; the first: ");
}

void check_file(Context& ctx, const Migration& migration, bool markers_reported) {
  const Script& script = migration.script;
  std::vector<const Problem*> problems;
  const Span merged = markers_reported ? conflict(migration) : Span{};
  for (const Problem& each : script.problems) {
    if (touches(each.span, merged) || touches(each.statement, merged)) continue;
    problems.push_back(&each);
  }
  if (problems.empty()) return;
  std::stable_sort(problems.begin(), problems.end(), [](const Problem* a, const Problem* b) {
    return a->span.begin < b->span.begin;
  });

  // What is of no use as a whole, and another dialect, is one finding for the file.
  const auto broken = static_cast<std::size_t>(
      std::count_if(problems.begin(), problems.end(), [](const Problem* each) {
        return each->kind == ProblemKind::syntax || each->kind == ProblemKind::unterminated;
      }));
  const std::size_t all = script.statements.size() + broken;
  if ((broken > 2 && 2 * broken > all) || problems.size() > most_findings) {
    report(ctx, *migration.source, *problems.front(),
           cat(unread(problems.size(), std::max(all, problems.size())), problems.front()->message));
    return;
  }
  // The same hint again is the same cause.
  std::map<std::pair<ProblemKind, std::string_view>, std::size_t> alike;
  const auto cause = [](const Problem& each) {
    return std::pair(each.kind, std::string_view(each.hint));
  };
  for (const Problem* each : problems) ++alike[cause(*each)];
  for (const Problem* each : problems) {
    const bool one_cause = !each->hint.empty() || each->kind != ProblemKind::syntax;
    std::size_t& count = alike[cause(*each)];
    if (count == 0) continue;  // said
    std::string message = each->message;
    if (one_cause) {
      if (count > 1) message += cat(", and ", count - 1, " more like it in this file");
      count = 0;
    }
    report(ctx, *migration.source, *each, std::move(message));
  }
}

void check(Context& ctx, const History& history) {
  for (const auto* list : {&history.migrations, &history.rollbacks}) {
    for (const Migration& migration : *list) check_file(ctx, migration, judges_files(history));
  }
}

constexpr std::string_view conflict_text =
    "<<<<<<< HEAD\n"
    "CREATE TABLE orders (id bigint,\n=======\n"
    "CREATE TABLE lines (id bigint,\n>>>>>>> feature\n  note text);\n";
constexpr ExampleFile conflicted[] = {
    {"migrations/001_users.sql", "CREATE TABLE users (id bigint);\n"},
    {"migrations/002_orders.sql", conflict_text}};
constexpr Example bad[] = {
    {"CREATE TABEL users (id bigint);"},
    {"CREATE TABLE `users` (`id` int AUTO_INCREMENT);"},
    {"SELECT 'never closed;"},
    {"ALTER TABLE users ADD COLUMN name text,;\nCREATE TABLE orders (id bigint);"}};
constexpr Example good[] = {{"CREATE TABLE users (id bigint);"},
                            {"\\connect shop\nCOPY users FROM stdin;\n1\tnot 'SQL\n\\.\nSELECT 1;"},
                            {"-- only a comment; SELEC\n"},
                            {.files = conflicted}};

}  // namespace

extern constexpr Rule syntax_error{
    .severity = Severity::error,
    .summary = "PostgreSQL cannot read this SQL, and neither could migguard",
    .why =
        "The message is the one of PostgreSQL's own parser. Only the statement it stands in is "
        "left out; the rest of the file is checked. psql's commands and variables, COPY data and "
        "the tools' markers are no errors. Where most of a file cannot be read (another database's "
        "dialect, a template) that is one finding for the file.",
    .instead =
        "Correct the statement. For SQL of another database, or a template, name the files in "
        "`ignore` of migguard.json, or the dialect in `migrations`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
