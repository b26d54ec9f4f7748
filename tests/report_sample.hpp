// One report for the tests of all formats: hostile text, long lines, wide characters, findings with
// one cause.
#pragma once

#include <lint/lint.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace migguard::test {

// The span of the first place where a piece of text stands.
inline Span span_of(const SourceFile& source, std::string_view piece) {
  const auto begin = static_cast<std::uint32_t>(source.text.find(piece));
  return {begin, begin + static_cast<std::uint32_t>(piece.size())};
}

inline Finding finding(std::string_view rule, std::string_view family, Severity severity,
                       const SourceFile& source, Span span, std::string message) {
  Finding out;
  out.rule = rule;
  out.family = family;
  out.severity = severity;
  out.source = &source;
  out.span = span;
  out.message = std::move(message);
  return out;
}

inline lint::Report sample_report() {
  lint::Report report;
  report.project = std::make_unique<Project>();
  Project& project = *report.project;
  project.root = ".";
  const auto add_file = [&](std::string path, std::string text) -> const SourceFile& {
    return project.files.emplace_back(std::move(path), std::move(text));
  };

  const SourceFile& journal = add_file("drizzle/meta/_journal.json", "{\"entries\": []}\n");
  const SourceFile& first = add_file(
      "drizzle/0001_init.sql", "CREATE TABLE invoices (\n  id int PRIMARY KEY,\n  total int\n);\n");
  const SourceFile& second = add_file("drizzle/0003_flat_hulk.sql",
                                      "-- tidy up\nDROP TABLE invoices;\nALTER TABLE "
                                      "customers\n\tADD COLUMN 名前 varchar(10)\n\t\tNOT NULL\n"
                                      "\t\tDEFAULT 'x'\n\t\tCOLLATE \"C\"\n\t\tUNIQUE;\n");
  const SourceFile& third = add_file(
      "drizzle/0004_\x1b[2Jevil.sql",
      "UPDATE a SET b = '\x1b[31m\xe2\x80\xae' ; " + std::string(200, '-').replace(0, 3, "/*x") +
          "*/ " + "CREATE INDEX bad\xff ON a (b); SELECT '" + std::string(150, 'y') + "';\r\n");
  const SourceFile& fourth = add_file("drizzle/0005_stray.sql", "SELECT 1;\n");
  const SourceFile& fifth = add_file("drizzle/0006_stray.sql", "");

  History history;
  history.tool = Tool::drizzle;
  history.folder = "drizzle";
  history.marker = &journal;
  history.evidence = "drizzle/meta/_journal.json is Drizzle's journal";
  for (const SourceFile* each : {&first, &second, &third}) {
    Migration migration;
    migration.source = each;
    history.migrations.push_back(std::move(migration));
  }
  project.histories.push_back(std::move(history));

  auto& findings = report.findings;
  findings.push_back(finding("truncate", "destructive", Severity::error, first,
                             span_of(first, "total int"), "this empties a table"));
  findings.back().status = Status::suppressed;
  findings.back().status_reason = "asked for";
  findings.push_back(
      finding("drop-table", "destructive", Severity::error, second,
              span_of(second, "DROP TABLE invoices"),
              "this drops table invoices and every row in it")
          .because("once the migration commits, only a backup brings the rows back")
          .try_("rename the table now and drop it in a later release, when no code that runs "
                "reads or writes it any more:\nALTER TABLE invoices RENAME TO invoices_dropped;\n"
                "then, in a later release:\nDROP TABLE invoices_dropped;")
          .label(first, span_of(first, "CREATE TABLE invoices"), "made here")
          .with("table", "invoices"));
  findings.push_back(
      finding("add-unique-column", "locks", Severity::warning, second,
              span_of(second,
                      "ADD COLUMN 名前 varchar(10)\n\t\tNOT NULL\n\t\tDEFAULT 'x'\n\t\t"
                      "COLLATE \"C\"\n\t\tUNIQUE"),
              "this reads the whole table customers to build an index, and nobody can write "
              "meanwhile")
          .because("the index is built under an ACCESS EXCLUSIVE lock")
          .try_("add the column first, then\nCREATE UNIQUE INDEX CONCURRENTLY ON customers (名前);")
          .with("column", "名前")
          .with("table", "customers"));
  findings.push_back(finding("varchar-with-limit", "schema", Severity::note, second,
                             span_of(second, "varchar(10)"), "a limit is hard to change later"));
  findings.push_back(finding("control-characters", "input", Severity::warning, third,
                             span_of(third, "'\x1b[31m\xe2\x80\xae'"),
                             "this text holds \x1b[31mescapes"));
  findings.push_back(
      finding("create-index-locks-writes", "locks", Severity::error, third,
              span_of(third, "CREATE INDEX bad\xff ON a (b)"),
              "this blocks every write to table a while the index is built")
          .because("CREATE INDEX holds a SHARE lock to its end")
          .try_("build it without the lock:\nCREATE INDEX CONCURRENTLY bad ON a (b);"));
  for (const SourceFile* each : {&fourth, &fifth}) {
    findings.push_back(
        finding("drizzle-orphan-sql", "history", Severity::error, *each, {},
                cat(each->path, " is not in the journal, so it never runs"))
            .because("drizzle-orm applies what the journal lists and nothing else")
            .try_("delete the files, or generate them anew with `npx drizzle-kit generate`")
            .about(each->path)
            .under("drizzle-orphan-sql:drizzle/meta/_journal.json"));
  }
  lint::Summary& summary = report.summary;
  summary.histories = 1;
  summary.migrations = 3;
  summary.statements = 7;
  summary.rules = 31;
  summary.not_understood = 0;
  summary.errors = 4;
  summary.warnings = 2;
  summary.notes = 1;
  summary.suppressed = 1;
  return report;
}

}  // namespace migguard::test
